//! A large site, written in a few statements, for measurements and tests of query plans. The rows are like those that
//! years of work leave behind, and every figure equals a recount.
//!
//! Only for scratch databases: it expects empty tables.

use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use base_core::account::AccountId;
use base_core::audit::Origin;
use base_core::time::{DAY_US, Moment};
use base_db::{Db, StoreError};
use base_records::audit::OriginId;

/// The size of a site.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Parents; each has thirty children, apart from one in forty that has fewer.
    pub parents: i64,
    /// Bills. The first hundred have fifty parents, in a small site fewer do; the others have one, as long as there are
    /// parents left.
    pub bills: i64,
    /// Days over which the work is spread, ending at `until`.
    pub days: i64,
}

/// The accounts that did the work. Their ids are consecutive.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// The first of them.
    pub first: AccountId,
    /// How many there are.
    pub count: i64,
}

impl Sizes {
    /// A site with about so many bags.
    pub fn of_bags(bags: i64) -> Self {
        Self { parents: bags / 31 + 1, bills: 60_000.min(bags / 31 + 1), days: 360 }
    }

    /// How many bills have fifty parents.
    fn large_bills(self) -> i64 {
        100.min(self.parents / 100)
    }

    /// How many microseconds lie between two parents.
    fn pace_us(self) -> i64 {
        self.days * DAY_US / self.parents.max(1)
    }
}

/// Codes are `SB` and `KID` with seven and nine digits. `$1` is how many, `$2` the first time, `$3` the time between
/// two.
const PARENTS: &str =
    "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < $1)
    insert into bags (code, kind, area, children, status, placed, created_at, created_by, updated_at)
    select 'SB' || substr(cast(10000000 + i as text), 2), 'parent',
        case i % 10 when 0 then 'lucknow' when 1 then 'indore' when 2 then 'jaipur' when 3 then 'hisar'
            when 4 then 'sri_ganganagar' when 5 then 'sangaria' when 6 then 'bathinda' when 7 then 'raipur'
            when 8 then 'ranchi' else 'akola' end,
        case when i % 40 = 7 then 28 else 30 end, case when i % 40 = 7 then 'in_progress' else 'completed' end,
        0, $2 + i * $3, $4 + i % $5, $2 + i * $3
    from n";
const CHILDREN: &str =
    "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < $1)
    insert into bags (code, kind, area, children, status, placed, created_at, created_by, updated_at)
    select 'KID' || substr(cast(1000000000 + i as text), 2), 'child',
        case i / 30 % 10 when 0 then 'lucknow' when 1 then 'indore' when 2 then 'jaipur' when 3 then 'hisar'
            when 4 then 'sri_ganganagar' when 5 then 'sangaria' when 6 then 'bathinda' when 7 then 'raipur'
            when 8 then 'ranchi' else 'akola' end,
        0, 'pending', case when i / 30 % 40 = 7 and i % 30 >= 28 then 0 else 1 end,
        $2 + i / 30 * $3 + i % 30 + 1, $4 + i / 30 % $5, $2 + i / 30 * $3 + i % 30 + 1
    from n";
const LINKS: &str = "insert into links (child, parent, linked_at, linked_by)
    select code, 'SB' || substr(cast(10000000 + cast(substr(code, 4) as bigint) / 30 as text), 2), created_at, created_by
    from bags where kind = 'child' and placed = 1 order by code";
const BILLS: &str = "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < $1)
    insert into bills (key, bill, description, capacity, status, parents, children, created_at, created_by, updated_at)
    select 'BILL-' || substr(cast(1000000 + i as text), 2), 'Bill-' || substr(cast(1000000 + i as text), 2),
        'Lorry ' || cast(i % 37 as text), case when i < $6 then 50 else 1 end,
        case when i % 20 = 3 then 'processing' else 'completed' end, 0, 0, $2 + i * $3, $4 + i % $5, $2 + i * $3
    from n";
const ON_BILLS: &str = "insert into bill_parents (parent, bill, linked_at, linked_by)
    select p.code, b.key, p.created_at + 60000000, p.created_by from bags p
    join bills b on b.key = 'BILL-' || substr(cast(1000000 + case
            when cast(substr(p.code, 3) as bigint) < $1 * 50 then cast(substr(p.code, 3) as bigint) / 50
            else cast(substr(p.code, 3) as bigint) - $1 * 49 end as text), 2)
    where p.kind = 'parent'";
/// What follows from the rows above, statement by statement.
const FOLLOWS: [&str; 7] = [
    "update bags set placed = 1 where kind = 'parent' and code in (select parent from bill_parents)",
    "update bills set parents = (select count(*) from bill_parents p where p.bill = bills.key),
        children = (select coalesce(cast(sum(b.children) as bigint), 0) from bill_parents p
            join bags b on b.code = p.parent where p.bill = bills.key)",
    "insert into bill_areas (area, created_at, bill, parents)
        select b.area, i.created_at, i.key, count(*) from bill_parents p join bags b on b.code = p.parent
        join bills i on i.key = p.bill group by b.area, i.created_at, i.key",
    "insert into scans (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, outcome,
            answer)
        select 'p-' || code, 0, created_at, created_at, created_by, area, 'dock-1', 'parent', code, null,
            'parent_created', '{}'
        from bags where kind = 'parent' order by created_at, code",
    "insert into scans (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, outcome,
            answer)
        select 'c-' || l.child, 0, l.linked_at, l.linked_at, l.linked_by, b.area, 'dock-1', 'child', l.child, l.parent,
            'linked', '{}'
        from links l join bags b on b.code = l.child order by l.linked_at, l.child",
    "insert into scans (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, parent, outcome,
            answer)
        select 'r-' || l.child, 0, l.linked_at + 1, l.linked_at + 1, l.linked_by, b.area, 'dock-1', 'child', l.child,
            l.parent, 'duplicate', '{}'
        from links l join bags b on b.code = l.child where substr(l.child, 12) = '7' order by l.linked_at, l.child",
    "insert into scans (scan_id, fingerprint, at, client_at, account_id, area, station, action, code, bill, outcome,
            answer)
        select 'b-' || p.parent, 0, p.linked_at, p.linked_at, p.linked_by, b.area, 'desk', 'bill_link', p.parent,
            p.bill, 'bill_linked', '{}'
        from bill_parents p join bags b on b.code = p.parent order by p.linked_at, p.parent",
];
const SEARCH: &str = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 10)
    insert into code_tails (what, tail, code)
    select what, substr(code, n.i), code
    from (select 'bag' as what, code from bags union all select 'bill', key from bills) c cross join n
    where n.i <= length(code) - 2 order by 1, 2, 3";
const ORIGIN: &str = "insert into origins (id, address, agent) values ($1, $2, $3)";
const TRAIL: &str =
    "insert into audit (at, realm, actor_id, action, entity_type, entity, after, origin_id, request_id, station)
        select at, $1, account_id,
            case outcome when 'parent_created' then 'create_bag' when 'duplicate' then 'scan_refused'
                else 'link_created' end,
            case outcome when 'bill_linked' then 'bill' else 'bag' end, coalesce(bill, code),
            '{\"parent\":\"' || coalesce(parent, code) || '\"}', $2, scan_id, station
        from scans order by seq";
const THINGS: &str = "insert into counters (name, area, quarter, shard, n)
    select case when kind = 'child' then 'children' else 'parents_' || status end, coalesce(area, ''), 0, 0, count(*)
        from bags group by 1, 2
    union all select 'links', coalesce(b.area, ''), 0, 0, count(*) from links l join bags b on b.code = l.parent
        group by 1, 2
    union all select 'parents_billed', coalesce(b.area, ''), 0, 0, count(*) from bill_parents p
        join bags b on b.code = p.parent group by 1, 2
    union all select 'bills_' || status, '', 0, 0, count(*) from bills group by 1, 2";
const SCANS: &str = "insert into counters (name, area, quarter, shard, n)
    select $1, coalesce(area, ''), 0, 0, count(*) from scans where outcome = $2 group by 2
    union all select $1, coalesce(area, ''), at / 900000000 * 900000000, 0, count(*) from scans where outcome = $2
        group by 2, 3";
const PEOPLE: &str = "insert into person_scans (account_id, quarter, parents, children, bills, others, refused, last_at)
    select account_id, at / 900000000 * 900000000,
        count(case when outcome = 'parent_created' then 1 end), count(case when outcome = 'linked' then 1 end),
        count(case when outcome = 'bill_linked' then 1 end), 0, count(case when outcome = 'duplicate' then 1 end), max(at)
    from scans where account_id is not null group by 1, 2";
const PEOPLE_TOTALS: &str = "insert into person_totals (account_id, parents, children, bills, others, refused, last_at)
    select account_id, cast(sum(parents) as bigint), cast(sum(children) as bigint), cast(sum(bills) as bigint),
        cast(sum(others) as bigint), cast(sum(refused) as bigint), max(last_at)
    from person_scans group by account_id";

/// One statement in a transaction of its own: in one for all, the log of a large site would be as large as its
/// database.
macro_rules! step {
    ($db:expr, $text:expr $(, $value:expr)* $(,)?) => {{
        let mut tx = $db.write().await?;
        execute!(tx.conn(), $text $(, $value)*);
        tx.commit().await?;
    }};
}

/// Fills an empty, migrated database. For a large one, open it with [`base_db::OpenOptions::bulk`]. `people` are the
/// accounts that did the work; their ids are consecutive.
pub async fn fill(db: &Db, sizes: Sizes, people: People, until: Moment) -> Result<(), StoreError> {
    let pace_us = sizes.pace_us();
    let start = until.0 - sizes.parents * pace_us;
    let bill_pace_us = sizes.days * DAY_US / sizes.bills.max(1);
    for (text, count) in [(PARENTS, sizes.parents), (CHILDREN, sizes.parents * 30)] {
        step!(db, text, count, start, pace_us, people.first, people.count);
    }
    step!(db, BILLS, sizes.bills, start, bill_pace_us, people.first, people.count, sizes.large_bills());
    step!(db, LINKS);
    step!(db, ON_BILLS, sizes.large_bills());
    for text in FOLLOWS {
        step!(db, text);
    }
    let origin = Origin { address: "127.0.0.1".into(), agent: "sample".into(), ..Origin::default() };
    let origin_id = OriginId::of(&origin);
    step!(db, ORIGIN, origin_id.bytes(), &origin.address, &origin.agent);
    step!(db, TRAIL, origin.realm.name(), origin_id.bytes());
    for text in [SEARCH, THINGS] {
        step!(db, text);
    }
    for outcome in [Outcome::ParentCreated, Outcome::Linked, Outcome::Duplicate, Outcome::BillLinked] {
        let Some(counter) = Counter::of_scan(outcome) else { continue };
        step!(db, SCANS, counter.name(), outcome.code());
    }
    step!(db, PEOPLE);
    step!(db, PEOPLE_TOTALS);
    if let Db::Postgres { writers, .. } = db {
        // As on a site that is years old; otherwise the server would do it during the measurement.
        sqlx::raw_sql("vacuum analyze").execute(writers).await?;
    }
    Ok(())
}
