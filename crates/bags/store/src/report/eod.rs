//! The report at the end of a day: its bills, and the last day whose report was sent.

use bags_rules::report::BillLine;
use base_core::report::parse_date;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::setting;
use jiff::civil::Date;

use super::bills::{self, BillCursor, BillFilter, Whose};

/// Bills that are read at once.
const PAGE: u32 = 1000;

/// Every bill that was created from one moment until before another. For one day: some hundred.
pub async fn bills(mut conn: Conn<'_>, from: Moment, until: Moment) -> Result<Vec<BillLine>, StoreError> {
    let filter = BillFilter { from, until, person: Whose::All, status: None };
    let mut all: Vec<BillLine> = Vec::new();
    loop {
        let cursor = all.last().map(|last| BillCursor { created_at: last.created_at, key: last.key.clone() });
        let page = bills::page(conn.reborrow(), &filter, cursor.as_ref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

const LAST_DAY: &str = "reports.eod_last_day";

/// The last day that the schedule has handled.
pub async fn last_day(conn: Conn<'_>) -> Result<Option<Date>, StoreError> {
    Ok(setting::get(conn, LAST_DAY).await?.as_deref().and_then(parse_date))
}

/// Claims a day for the schedule. True for exactly one of several callers, once its transaction is committed; other
/// callers wait for that. False for days before one that was claimed. It has no audit entry of its own: the report sent
/// for that day has one.
pub async fn take_day(mut conn: Conn<'_>, day: Date, at: Moment) -> Result<bool, StoreError> {
    const BEGIN: &str =
        "insert into settings (name, value, updated_at) values ($1, '', $2) on conflict (name) do nothing";
    const TAKE: &str = "update settings set value = $2, updated_at = $3 where name = $1 and value < $2";
    execute!(conn, BEGIN, LAST_DAY, at.0);
    // `YYYY-MM-DD` sorts as days do.
    let taken = execute!(conn, TAKE, LAST_DAY, day.to_string(), at.0);
    Ok(taken == 1)
}
