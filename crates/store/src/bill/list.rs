//! Lists of bills, paged by cursor to the very end.
//!
//! Invariant: a page is an ordered piece of an index. Where the filters are those of no index, so many bills are looked
//! at and no more; the page then says so, and its cursor goes on behind the last one that was looked at.

use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::{Area, Scope};
use tallyhouse_core::bill::{BillKey, BillStatus};
use tallyhouse_core::time::Moment;

use super::text::{self, Text};
use super::{read_status, walk};
use crate::db::Conn;
use crate::error::StoreError;
use crate::query::Query;

/// Most bills that one page looks at to find those that fit.
pub const LOOKED_AT_MAX: u32 = 2_000;

/// A bill as lists and pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// What makes its number one.
    pub key: BillKey,
    /// Its number as it was typed.
    pub number: String,
    /// What it is for.
    pub description: String,
    /// How many parents it shall hold.
    pub capacity: i64,
    /// Where it stands.
    pub status: BillStatus,
    /// How many parents are on it.
    pub parents: i64,
    /// How many children those hold.
    pub children: i64,
    /// When it was created.
    pub created_at: Moment,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Moment>,
    /// By whom.
    pub completed_by: Option<String>,
}

/// Which statuses are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// New or processing.
    Open,
    /// Just this one.
    One(BillStatus),
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BillOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By number.
    Number,
}

/// Which bills are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillFilter {
    /// Only these statuses.
    pub status: Option<StatusFilter>,
    /// Only numbers that hold this text, or begin with it when it is shorter than three signs.
    pub text: Option<String>,
    /// Created at this moment or later.
    pub from: Option<Moment>,
    /// Created before this moment.
    pub until: Option<Moment>,
    /// Created by this person.
    pub created_by: Option<AccountId>,
    /// Only bills that hold a parent of this area.
    pub area: Option<Area>,
    /// In which order.
    pub order: BillOrder,
}

/// Where a page begins: behind this bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillCursor {
    /// When it was created.
    pub created_at: Moment,
    /// Which it is.
    pub key: BillKey,
}

/// A page of bills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillPage {
    /// The bills, in the order that was asked for.
    pub bills: Vec<BillLine>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<BillCursor>,
    /// How many bills were looked at, when that was all that may be and the page is not full.
    pub looked_at: Option<u32>,
}

packed_row! {
    pub(super) struct BillLineRow {
        key: String,
        bill: String,
        description: String,
        capacity: i64,
        status: String,
        parents: i64,
        children: i64,
        created_at: i64,
        completed_at: Option<i64>,
        creator: Option<String>,
        completer: Option<String>,
    }
}

impl BillLineRow {
    pub(super) fn into_line(self) -> Result<BillLine, StoreError> {
        Ok(BillLine {
            key: BillKey::stored(&self.key),
            number: self.bill,
            description: self.description,
            capacity: self.capacity,
            status: read_status(&self.status)?,
            parents: self.parents,
            children: self.children,
            created_at: Moment(self.created_at),
            created_by: self.creator,
            completed_at: self.completed_at.map(Moment),
            completed_by: self.completer,
        })
    }
}

/// One page of up to `limit` bills behind `cursor`.
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
        Some(wanted) => Some(text::look_for(conn.again(), wanted).await?),
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
