//! What the numbers of an earlier system are here. They stand in old bookmarks, programs and printed addresses.
//!
//! Invariant: a number leads to the very thing that had it there, or to nothing.

use base_db::{Conn, StoreError};

/// What had a number in the earlier system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierKind {
    /// A person: their account here.
    User,
    /// A bill: its number here.
    Bill,
    /// A scan: its id here.
    Scan,
}

impl EarlierKind {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bill => "bill",
            Self::Scan => "scan",
        }
    }
}

/// Where a number leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To this.
    To(String),
    /// To nothing: what had it was gone there, or did not come over.
    Gone,
    /// To several things: more than one earlier system came over.
    Several,
    /// The number is none of the earlier system: it came over with lower ones only, or not at all.
    Foreign,
}

/// Where a number of the earlier system leads.
pub async fn lead(mut conn: Conn<'_>, kind: EarlierKind, number: i64) -> Result<Lead, StoreError> {
    const LEAD: &str = "select m.up_to, e.ours from earlier_marks m
        left join earlier_ids e on e.source = m.source and e.kind = m.kind and e.earlier_id = $2
        where m.kind = $1";
    let rows: Vec<(i64, Option<String>)> =
        on!(conn, c => sqlx::query_as(LEAD).bind(kind.name()).bind(number).fetch_all(&mut **c).await?);
    let is_theirs = rows.iter().any(|(up_to, _)| number <= *up_to);
    let mut found: Vec<String> = rows.into_iter().filter_map(|(_, ours)| ours).collect();
    found.sort_unstable();
    found.dedup();
    Ok(match (found.pop(), found.is_empty()) {
        (Some(one), true) => Lead::To(one),
        (Some(_), false) => Lead::Several,
        (None, _) if is_theirs => Lead::Gone,
        (None, _) => Lead::Foreign,
    })
}

/// The place in the history of the scan with an id.
pub async fn scan_with(mut conn: Conn<'_>, id: &str) -> Result<Option<i64>, StoreError> {
    const SEQ: &str = "select seq from scans where scan_id = $1";
    Ok(on!(conn, c => sqlx::query_scalar(SEQ).bind(id).fetch_optional(&mut **c).await?))
}

/// Notes what a number of a source is here, where something is, and that the source was imported up to it.
pub async fn remember(
    mut conn: Conn<'_>,
    (source, kind): (&str, EarlierKind),
    number: i64,
    ours: Option<&str>,
) -> Result<(), StoreError> {
    const ID: &str = "insert into earlier_ids (source, kind, earlier_id, ours) values ($1, $2, $3, $4)
        on conflict (source, kind, earlier_id) do nothing";
    const MARK: &str = "insert into earlier_marks (source, kind, up_to) values ($1, $2, $3)
        on conflict (source, kind) do update set up_to =
            case when earlier_marks.up_to > excluded.up_to then earlier_marks.up_to else excluded.up_to end";
    if let Some(ours) = ours {
        execute!(conn, ID, source, kind.name(), number, ours);
    }
    execute!(conn, MARK, source, kind.name(), number);
    Ok(())
}
