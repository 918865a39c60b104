//! A scan as history shows it.

use bags_rules::outcome::Outcome;
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::{Conn, StoreError};

/// A scan as history shows it.
#[derive(Clone, Debug)]
pub struct ScanLine {
    /// Its number; higher is later.
    pub seq: i64,
    /// When it was decided.
    pub at: Moment,
    /// When the sender says it was scanned.
    pub client_at: Moment,
    /// Who scanned.
    pub person: Option<String>,
    /// The station.
    pub station: Option<String>,
    /// What was asked for.
    pub action: String,
    /// The code.
    pub code: String,
    /// The parent concerned.
    pub parent: Option<String>,
    /// The number of the bill that was named, in capitals.
    pub bill: Option<String>,
    /// The area it counts in.
    pub area: Option<Area>,
    /// Its outcome.
    pub outcome: Outcome,
    /// When it was undone.
    pub undone_at: Option<Moment>,
    /// Who undid it.
    pub undone_by: Option<String>,
}

packed_row! {
    pub(super) struct ScanRow {
        seq: i64,
        at: i64,
        client_at: i64,
        person: Option<String>,
        station: Option<String>,
        action: String,
        code: String,
        parent: Option<String>,
        bill: Option<String>,
        area: Option<String>,
        outcome: String,
        undone_at: Option<i64>,
        undone_by: Option<String>,
    }
}

impl ScanRow {
    pub(super) fn into_line(self) -> Result<ScanLine, StoreError> {
        let outcome = Outcome::parse(&self.outcome)
            .ok_or_else(|| StoreError::Unreadable { what: "outcome of a scan", value: self.outcome.clone() })?;
        Ok(ScanLine {
            seq: self.seq,
            at: Moment(self.at),
            client_at: Moment(self.client_at),
            person: self.person,
            station: self.station,
            action: self.action,
            code: self.code,
            parent: self.parent,
            bill: self.bill,
            area: self.area.as_deref().map(Area::new),
            outcome,
            undone_at: self.undone_at.map(Moment),
            undone_by: self.undone_by,
        })
    }
}

/// What a [`ScanLine`] is read from, for `scans s`. The bill is looked up for each scan that is shown: with a join, all
/// bills would be read first wherever a plan is made without knowing how short the page is.
macro_rules! scan_columns {
    () => {
        "select s.seq, s.at, s.client_at, a.called as person, s.station, s.action, s.code, s.parent,
            coalesce((select i.bill from bills i where i.key = s.bill), s.bill) as bill, s.area,
            s.outcome, s.undone_at, u.called as undone_by"
    };
}
/// What a [`ScanLine`] needs besides its scan.
macro_rules! scan_joins {
    () => {
        " left join accounts a on a.id = s.account_id left join accounts u on u.id = s.undone_by "
    };
}
pub(super) const COLUMNS: &str = scan_columns!();
pub(super) const JOINS: &str = scan_joins!();

/// A scan with its answer.
#[derive(Clone, Debug)]
pub struct ScanDetail {
    /// The scan.
    pub line: ScanLine,
    /// The sender's own id for it.
    pub scan_id: String,
    /// The answer as it was given, JSON.
    pub answer: String,
}

/// One scan within a scope; `None` when there is none, or none that may be seen.
pub async fn find(mut conn: Conn<'_>, seq: i64, scope: &Scope) -> Result<Option<ScanDetail>, StoreError> {
    const FIND: &str = concat!(scan_columns!(), " from scans s", scan_joins!(), "where s.seq = $1");
    const ANSWER: &str = "select scan_id, answer from scans where seq = $1";
    let row: Option<ScanRow> = on!(conn, c => sqlx::query_as(FIND).bind(seq).fetch_optional(&mut **c).await?);
    let line = row.map(ScanRow::into_line).transpose()?.filter(|line| scope.covers(line.area.as_ref()));
    let Some(line) = line else { return Ok(None) };
    let (scan_id, answer): (String, String) =
        on!(conn, c => sqlx::query_as(ANSWER).bind(seq).fetch_one(&mut **c).await?);
    Ok(Some(ScanDetail { line, scan_id, answer }))
}
