//! Bills created in a range of days: sums, and the bills themselves, newest first; and one bill with its parents.

use bags_rules::bag::BagStatus;
use bags_rules::bill::{BillKey, BillStatus, BillTexts};
use bags_rules::report::{BillLine, BillSums, BillTotals};
use base_core::account::AccountId;
use base_core::area::{Area, Scope};
use base_core::time::{DAY_US, Moment};
use base_db::query::Query;
use base_db::{Conn, StoreError};

use super::quarters::read_quarters;

/// A range of at least so many days is long, see [`BillFilter::is_long`].
const LONG_US: i64 = 31 * DAY_US;

/// Which bills. Whose they are is a required field, so that nobody sees the bills of others because it was forgotten.
#[derive(Clone, Copy, Debug)]
pub struct BillFilter {
    /// Created at or after.
    pub from: Moment,
    /// Created before.
    pub until: Moment,
    /// Whose they are.
    pub person: Whose,
    /// Their status; `None` is any.
    pub status: Option<BillStatus>,
}

/// Whose bills are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// Those that one person created.
    Of(AccountId),
}

/// The end of a page: the next page has what is older.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillCursor {
    /// When the last bill of the page was created.
    pub created_at: Moment,
    /// Its key.
    pub key: String,
}

#[derive(sqlx::FromRow)]
struct BillRow {
    key: String,
    bill: String,
    created_at: i64,
    created_by: Option<String>,
    status: String,
    capacity: i64,
    parents: i64,
    children: i64,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    person: Option<String>,
    status: String,
    bills: i64,
    parents: i64,
    children: i64,
    capacity: i64,
    full: i64,
    empty: i64,
}

fn status_of(text: &str) -> Result<BillStatus, StoreError> {
    BillStatus::parse(text).ok_or_else(|| StoreError::Unreadable { what: "status of a bill", value: text.into() })
}

impl BillRow {
    fn into_line(self) -> Result<BillLine, StoreError> {
        Ok(BillLine {
            status: status_of(&self.status)?,
            key: self.key,
            number: self.bill,
            created_at: Moment(self.created_at),
            created_by: self.created_by,
            capacity: self.capacity,
            parents: self.parents,
            children: self.children,
        })
    }
}

impl BillFilter {
    /// True for a range so long that reading the index of people and statuses from end to end, in the order of the
    /// groups, costs less than sorting the bills of the range into groups.
    fn is_long(&self) -> bool {
        self.person == Whose::All && self.until.since_us(self.from) > LONG_US
    }

    /// Adds its conditions except the last moment, which the caller adds, because a cursor may replace it.
    fn narrow(&self, query: &mut Query) {
        query.bind(" where b.created_at >= ?", [self.from.0.into()]);
        self.narrow_further(query);
    }

    fn narrow_further(&self, query: &mut Query) {
        if let Whose::Of(account) = self.person {
            query.bind(" and b.created_by = ?", [account.into()]);
        }
        if let Some(status) = self.status {
            query.bind(" and b.status = ?", [status.name().into()]);
        }
    }

    fn sums(&self) -> Query {
        let mut query = Query::new(
            "select a.called as person, g.* from (
                select b.created_by as account, b.status, count(*) as bills,
                    cast(sum(b.parents) as bigint) as parents, cast(sum(b.children) as bigint) as children,
                    cast(sum(b.capacity) as bigint) as capacity,
                    cast(sum(case when b.parents > 0 and b.parents >= b.capacity then 1 else 0 end) as bigint) as \"full\",
                    cast(sum(case when b.parents = 0 then 1 else 0 end) as bigint) as empty
                from bills b",
        );
        let days = if self.is_long() {
            // The plus sign keeps SQLite from using the index by day.
            " where +b.created_at >= ? and +b.created_at < ?"
        } else {
            " where b.created_at >= ? and b.created_at < ?"
        };
        query.bind(days, [self.from.0.into(), self.until.0.into()]);
        self.narrow_further(&mut query);
        query.push(" group by b.created_by, b.status) g left join accounts a on a.id = g.account order by 1, 3");
        query
    }

    fn quarters(&self) -> Query {
        let mut query = Query::new(
            "select string_agg(cast(g.quarter + g.n as text), ',') from (
                select b.created_at / 900000000 * 900000000 as quarter, count(*) as n from bills b",
        );
        self.narrow(&mut query);
        query.bind(" and b.created_at < ?", [self.until.0.into()]).push(" group by 1) g");
        query
    }

    fn page(&self, cursor: Option<&BillCursor>, limit: u32) -> Query {
        let mut query = Query::new(
            "select b.key, b.bill, b.created_at, a.called as created_by, b.status, b.capacity, b.parents, b.children
            from bills b left join accounts a on a.id = b.created_by",
        );
        self.narrow(&mut query);
        let (at, key) = cursor.map_or((self.until, ""), |cursor| (cursor.created_at, cursor.key.as_str()));
        query.bind(" and (b.created_at, b.key) < (?, ?)", [at.0.into(), key.into()]);
        query.bind(" order by b.created_at desc, b.key desc limit ?", [i64::from(limit).into()]);
        query
    }
}

/// The sums of the bills, by person and status.
pub async fn sums(mut conn: Conn<'_>, filter: &BillFilter) -> Result<Vec<BillSums>, StoreError> {
    let rows = select_query!(conn, filter.sums(), SumRow);
    let group = |row: SumRow| {
        let SumRow { bills, parents, children, capacity, full, empty, .. } = row;
        Ok(BillSums {
            status: status_of(&row.status)?,
            person: row.person,
            totals: BillTotals { bills, parents, children, capacity, full, empty },
        })
    };
    rows.into_iter().map(group).collect()
}

/// How many bills were created in each quarter of an hour.
pub async fn quarters(mut conn: Conn<'_>, filter: &BillFilter) -> Result<Vec<(Moment, i64)>, StoreError> {
    let rows = select_query!(conn, filter.quarters(), (Option<String>,));
    Ok(read_quarters(rows.into_iter().next().and_then(|row| row.0)))
}

/// The bills, newest first, up to `limit` after a cursor.
pub async fn page(
    mut conn: Conn<'_>,
    filter: &BillFilter,
    cursor: Option<&BillCursor>,
    limit: u32,
) -> Result<Vec<BillLine>, StoreError> {
    let rows = select_query!(conn, filter.page(cursor, limit), BillRow);
    rows.into_iter().map(BillRow::into_line).collect()
}

/// One bill for its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneBill {
    /// The bill.
    pub line: BillLine,
    /// What people wrote about it.
    pub texts: BillTexts,
    /// When it was completed.
    pub completed_at: Option<Moment>,
    /// Who completed it.
    pub completed_by: Option<String>,
    /// Every parent on it that the scope covers, in the order in which they were added.
    pub parents: Vec<BillParent>,
}

/// A parent on a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillParent {
    /// Its code.
    pub code: String,
    /// Its area.
    pub area: Option<Area>,
    /// Children in it.
    pub children: i64,
    /// Its status.
    pub status: BagStatus,
    /// When it was put on the bill.
    pub linked_at: Moment,
    /// Who put it there.
    pub linked_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OneRow {
    #[sqlx(flatten)]
    bill: BillRow,
    description: String,
    destination: String,
    vehicle_number: String,
    completed_at: Option<i64>,
    completed_by: Option<String>,
}

type ParentRow = (String, Option<String>, i64, String, i64, Option<String>);

/// The bill under a key with its parents of a scope, which are never more than its capacity. `None` when there is none,
/// or none with a parent of the scope.
pub async fn one(mut conn: Conn<'_>, key: &BillKey, scope: &Scope) -> Result<Option<OneBill>, StoreError> {
    const BILL: &str = "select b.key, b.bill, b.created_at, a.called as created_by, b.status, b.capacity, b.parents,
            b.children, b.description, b.destination, b.vehicle_number, b.completed_at, c.called as completed_by
        from bills b left join accounts a on a.id = b.created_by left join accounts c on c.id = b.completed_by
        where b.key = $1 and ($2 = '*' or exists (select 1 from bill_areas r where r.bill = b.key and r.area = $2))";
    const PARENTS: &str = "select p.parent, b.area, b.children, b.status, p.linked_at, a.called as linked_by
        from bill_parents p join bags b on b.code = p.parent left join accounts a on a.id = p.linked_by
        where p.bill = $1 and ($2 = '*' or b.area = $2) order by p.linked_at, p.parent";
    let area = match scope {
        Scope::Nothing => return Ok(None),
        Scope::All => "*",
        Scope::Area(area) => area.as_str(),
    };
    let found: Option<OneRow> =
        on!(conn, c => sqlx::query_as(BILL).bind(key.as_str()).bind(area).fetch_optional(&mut **c).await?);
    let Some(row) = found else { return Ok(None) };
    let parents: Vec<ParentRow> =
        on!(conn, c => sqlx::query_as(PARENTS).bind(key.as_str()).bind(area).fetch_all(&mut **c).await?);
    let parent = |(code, area, children, status, linked_at, linked_by): ParentRow| {
        let status =
            BagStatus::parse(&status).ok_or(StoreError::Unreadable { what: "status of a bag", value: status })?;
        let area = area.as_deref().map(Area::new);
        Ok(BillParent { code, area, children, status, linked_at: Moment(linked_at), linked_by })
    };
    Ok(Some(OneBill {
        line: row.bill.into_line()?,
        texts: BillTexts {
            description: row.description,
            destination: row.destination,
            vehicle_number: row.vehicle_number,
        },
        completed_at: row.completed_at.map(Moment),
        completed_by: row.completed_by,
        parents: parents.into_iter().map(parent).collect::<Result<_, StoreError>>()?,
    }))
}

/// A child on a bill, by its parent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BillChild {
    /// The code of its parent.
    pub parent: String,
    /// Its code.
    pub code: String,
}

/// Every child of the parents on a bill that the scope covers: parents in the order in which they were put on it, and
/// children in the order in which they were packed.
pub async fn children(mut conn: Conn<'_>, key: &BillKey, scope: &Scope) -> Result<Vec<BillChild>, StoreError> {
    const CHILDREN: &str = "select l.parent, l.child as code
        from bill_parents p join bags b on b.code = p.parent join links l on l.parent = p.parent
        where p.bill = $1 and ($2 = '*' or b.area = $2) order by p.linked_at, p.parent, l.linked_at, l.child";
    let area = match scope {
        Scope::Nothing => return Ok(Vec::new()),
        Scope::All => "*",
        Scope::Area(area) => area.as_str(),
    };
    Ok(on!(conn, c => sqlx::query_as(CHILDREN).bind(key.as_str()).bind(area).fetch_all(&mut **c).await?))
}

/// The statements of this file that are put together at run time, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for person in [Whose::All, Whose::Of(1)] {
        for status in [None, Some(BillStatus::New)] {
            for until in [Moment(9), Moment(9 + LONG_US)] {
                let filter = BillFilter { from: Moment(0), until, person, status };
                let queries = [filter.sums(), filter.quarters(), filter.page(None, 50)];
                texts.extend(queries.map(|query| query.text().to_owned()));
            }
        }
    }
    texts
}
