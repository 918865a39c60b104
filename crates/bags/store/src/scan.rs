//! Scans: every one that was answered, with its answer, so that the same scan always gets the same answer.

use bags_rules::bill::BillKey;
use bags_rules::change::Stamp;
use bags_rules::code::Code;
use bags_rules::outcome::Outcome;
use bags_rules::scan::Action;
use base_core::account::AccountId;
use base_core::area::Area;
use base_core::time::Moment;
use uuid::Uuid;

#[macro_use]
mod line;
mod history;
mod list;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError};
pub use history::{latest, of_code};
pub use line::{ScanDetail, ScanLine, find};
pub use list::{Cursor, Page, Results, ScanFilter, list, plans};

static ANSWERED: Batch = Batch::list("select scan_id, fingerprint, answer from scans where scan_id in (", ")");
static INSERT: Batch = Batch::rows(
    "with r (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, bill, outcome,
        answer) as (values ",
    13,
    ") insert into scans (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, bill,
        outcome, answer)
     select scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, bill, outcome, answer
     from r where scan_id is not null on conflict (scan_id) do nothing",
);
static UNDONE: Batch = Batch::rows(
    "with r (scan_id, undone_at, undone_by) as (values ",
    3,
    ") update scans set undone_at = r.undone_at, undone_by = r.undone_by from r where scans.scan_id = r.scan_id",
);

/// A scan that was answered before.
#[derive(Debug, sqlx::FromRow)]
pub struct Answered {
    /// Its id.
    pub scan_id: String,
    /// What it asked for, in 64 bits.
    pub fingerprint: i64,
    /// The answer as it was given, JSON.
    pub answer: String,
}

/// A scan with its answer, to be stored.
#[derive(Debug)]
pub struct ScanRecord {
    /// Its id.
    pub scan_id: Uuid,
    /// What it asked for, in 64 bits.
    pub fingerprint: i64,
    /// When it was decided.
    pub at: Moment,
    /// When the sender says it was scanned.
    pub client_at: Moment,
    /// Who scanned.
    pub account: Option<AccountId>,
    /// The area it counts in.
    pub area: Option<Area>,
    /// The station.
    pub station: Option<String>,
    /// What was asked for.
    pub action: Action,
    /// The code.
    pub code: String,
    /// The parent concerned.
    pub parent: Option<Code>,
    /// The bill that was named.
    pub bill: Option<BillKey>,
    /// Its outcome.
    pub outcome: Outcome,
    /// The answer, JSON.
    pub answer: String,
}

/// Which of these scans were answered before.
pub async fn answered(mut conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
    Ok(select_in!(conn, ANSWERED, Answered, ids))
}

/// Collects scans with their answers.
pub fn gather<'s>(records: &'s [ScanRecord], writes: &mut Writes<'s>) {
    writes.add(&INSERT, records, |scan| {
        [
            scan.scan_id.to_string().into(),
            scan.fingerprint.into(),
            scan.at.0.into(),
            scan.client_at.0.into(),
            scan.account.into(),
            scan.area.as_ref().map(Area::as_str).into(),
            scan.station.as_deref().into(),
            scan.action.name().into(),
            scan.code.as_str().into(),
            scan.parent.as_ref().map(Code::as_str).into(),
            scan.bill.as_ref().map(BillKey::as_str).into(),
            scan.outcome.code().into(),
            scan.answer.as_str().into(),
        ]
    });
}

/// Marks scans whose links were undone (X3).
pub async fn mark_undone(mut conn: Conn<'_>, undone: &[(Uuid, Stamp)]) -> Result<(), StoreError> {
    let _marked = execute_rows!(conn, UNDONE, undone, |scan| [
        scan.0.to_string() => String,
        scan.1.at.0 => i64,
        scan.1.by => i64,
    ]);
    Ok(())
}

/// The answers that one person got to these scans, in their order.
pub async fn answers_to(db: &Db, person: AccountId, scan_ids: &[&str]) -> Result<Vec<String>, StoreError> {
    static ANSWERS: Batch =
        Batch::list("select account_id, answer from scans where scan_id in (", ") order by scan_id");
    let mut reader = db.read().await?;
    let rows = select_in!(reader.conn(), ANSWERS, (Option<i64>, String), scan_ids);
    Ok(rows.into_iter().filter(|(by, _)| *by == Some(person)).map(|(_, answer)| answer).collect())
}

/// When the sender said that a scan happened, for a client that sends an id again without the time.
pub async fn client_at(db: &Db, scan_id: Uuid) -> Result<Option<Moment>, StoreError> {
    const CLIENT_AT: &str = "select client_at from scans where scan_id = $1";
    let mut reader = db.read().await?;
    let found: Option<i64> = on!(reader.conn(), c => sqlx::query_scalar(CLIENT_AT)
        .bind(scan_id.to_string()).fetch_optional(&mut **c).await?);
    Ok(found.map(Moment))
}

/// The number of the newest scan, zero before the first: how fast it grows shows how much is scanned.
pub async fn newest(db: &Db) -> Result<i64, StoreError> {
    const NEWEST: &str = "select coalesce(max(seq), 0) from scans";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(NEWEST).fetch_one(&mut **c).await?))
}
