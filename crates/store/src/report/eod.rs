//! The report at the end of a day: its bills, and which day went already.

use tallyhouse_core::report::BillLine;
use tallyhouse_core::time::Moment;

use super::bills::{self, BillCursor, BillFilter, Whose};
use crate::db::Conn;
use crate::error::StoreError;

/// Bills that are read at once.
const PAGE: u32 = 1000;

/// Every bill that was created from one moment until before another. For one day: some hundred.
pub async fn bills(mut conn: Conn<'_>, from: Moment, until: Moment) -> Result<Vec<BillLine>, StoreError> {
    let filter = BillFilter { from, until, person: Whose::All, status: None };
    let mut all: Vec<BillLine> = Vec::new();
    loop {
        let cursor = all.last().map(|last| BillCursor { created_at: last.created_at, key: last.key.clone() });
        let page = bills::page(conn.again(), &filter, cursor.as_ref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}
