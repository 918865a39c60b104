//! What the numbers of an earlier portal are here.
//!
//! Invariant: what is known is brought over no second time.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_db::batch::Batch;
use base_db::{Conn, StoreError};

/// What a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An account.
    Customer,
    /// An entry of the trail.
    Entry,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Entry => "entry",
        }
    }
}

static IDS: Batch = Batch::rows(
    "with r (source, kind, earlier_id, ours) as (values ",
    4,
    ") insert into portal_earlier_ids (source, kind, earlier_id, ours) select source, kind, earlier_id, ours from r
     where source is not null on conflict (source, kind, earlier_id) do nothing",
);

/// What is known of a source, by the number there: the account, or 0.
pub async fn known(mut conn: Conn<'_>, source: &str, kind: Kind) -> Result<BTreeMap<i64, AccountId>, StoreError> {
    const KNOWN: &str = "select earlier_id, ours from portal_earlier_ids where source = $1 and kind = $2";
    let rows: Vec<(i64, i64)> =
        on!(conn, c => sqlx::query_as(KNOWN).bind(source).bind(kind.name()).fetch_all(&mut **c).await?);
    Ok(rows.into_iter().collect())
}

/// Keeps what numbers are here.
pub async fn remember(mut conn: Conn<'_>, source: &str, kind: Kind, ids: &[(i64, i64)]) -> Result<(), StoreError> {
    let _new = execute_rows!(conn, IDS, ids, |row| [
        source => &str,
        kind.name() => &str,
        row.0 => i64,
        row.1 => i64,
    ]);
    Ok(())
}
