//! Lists of bills, paged by cursor to the very end.
//!
//! Invariant: a page is an ordered piece of an index. Where no index answers the filters, only a limited number of
//! bills is looked at; the page then says so, and its cursor continues after the last one that was looked at.

use bags_rules::bill::BillKey;
use base_core::area::Scope;
use base_core::time::Moment;
use base_db::query::Query;
use base_db::{Conn, StoreError};

use super::filter::{BillCursor, BillFilter};
use super::line::{BillLine, BillLineRow};
use super::text::{self, Text};
use super::walk;

/// Most bills that one page looks at to find those that fit.
pub const LOOKED_AT_MAX: u32 = 2_000;

/// A page of bills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillPage {
    /// The bills, in the order that was asked for.
    pub bills: Vec<BillLine>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<BillCursor>,
    /// How many bills were looked at, when the limit was reached before the page was full.
    pub looked_at: Option<u32>,
}

/// One page of up to `limit` bills after `cursor`.
pub async fn list(
    mut conn: Conn<'_>,
    filter: &BillFilter,
    scope: &Scope,
    cursor: Option<&BillCursor>,
    limit: u32,
) -> Result<BillPage, StoreError> {
    let mut filter = filter.clone();
    match scope {
        Scope::All => {}
        Scope::Area(own) if filter.area.as_ref().is_none_or(|asked| asked == own) => filter.area = Some(own.clone()),
        Scope::Area(_) | Scope::Nothing => return Ok(BillPage::default()),
    }
    let text = match &filter.text {
        Some(wanted) => Some(text::look_for(conn.reborrow(), wanted).await?),
        None => None,
    };
    if matches!(&text, Some(Text::Only(keys)) if keys.is_empty()) {
        return Ok(BillPage::default());
    }
    let walk = walk::Walk::new(&filter, text.as_ref(), cursor);
    let (mut end, mut looked_at) = (None, None);
    if walk.leaves_out() {
        let found: Vec<(String, i64)> = select_query!(conn, walk.end_of(LOOKED_AT_MAX), (String, i64));
        end =
            found.into_iter().next().map(|(key, at)| BillCursor { created_at: Moment(at), key: BillKey::stored(&key) });
    }
    let query: Query = walk.page(end.as_ref(), limit + 1);
    let rows = select_packed!(conn, query, BillLineRow);
    let mut bills = rows.into_iter().map(BillLineRow::into_line).collect::<Result<Vec<_>, _>>()?;
    let mut next = end;
    if bills.len() > limit as usize {
        bills.truncate(limit as usize);
        next = bills.last().map(|last| BillCursor { created_at: last.created_at, key: last.key.clone() });
    } else if next.is_some() {
        looked_at = Some(LOOKED_AT_MAX);
    }
    Ok(BillPage { bills, next, looked_at })
}
