//! Adding the earlier audit trail to ours, each entry with its own time.

use std::collections::BTreeMap;

use base_core::audit::Origin;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::audit::{INSERT, ORIGINS, OriginId};

use super::import::{Brought, Import, count};
use crate::rules;
use crate::rules::{EarlierEntry, KeptEntry};

/// The user agent of imported entries: the earlier system did not record one.
const AGENT: &str = "TraitorTrack";

/// What the person or bill of an entry is called here.
fn here(import: &Import<'_>, row: &EarlierEntry) -> Option<String> {
    let id = row.entity_id?;
    match row.entity_type.as_deref()?.trim().to_lowercase().as_str() {
        "user" => import.people.get(&id).map(|someone| someone.name.clone()),
        "bill" => import.bills.get(&id).cloned(),
        _ => None,
    }
}

pub(super) async fn bring(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[EarlierEntry],
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let mut kept: Vec<(OriginId, KeptEntry)> = Vec::with_capacity(rows.len());
    let mut origins: BTreeMap<OriginId, String> = BTreeMap::new();
    for row in rows {
        match rules::entry(&EarlierEntry { entity_here: here(import, row), ..row.clone() }) {
            Ok(entry) => {
                let origin = Origin { address: entry.address.clone(), agent: AGENT.into(), ..Origin::default() };
                let id = OriginId::of(&origin);
                origins.entry(id).or_insert(origin.address);
                kept.push((id, entry));
            }
            Err(finding) => {
                brought.leave_out(finding);
            }
        }
    }
    brought.brought = count(kept.len());
    let origins: Vec<(OriginId, String)> = origins.into_iter().collect();
    let _new = execute_rows!(conn, ORIGINS, &origins, |row| [
        row.0.bytes() => &[u8],
        row.1.as_str() => &str,
        AGENT => &str,
    ]);
    let _written = execute_rows!(conn, INSERT, &kept, |row| [
        row.1.at.0 => i64,
        Realm::Staff.name() => &str,
        import.account(row.1.user_id) => i64,
        row.1.action.as_str() => &str,
        row.1.entity_type.as_str() => &str,
        row.1.entity.as_str() => &str,
        row.1.before.as_deref() => &str,
        row.1.after.as_deref() => &str,
        row.0.bytes() => &[u8],
        row.1.request_id.as_str() => &str,
        None::<&str> => &str,
    ]);
    Ok(brought)
}
