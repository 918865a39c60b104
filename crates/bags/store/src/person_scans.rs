//! What each person scanned, by the quarter of an hour and in total: for activity and reports, written with the scans
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};

static ADD_QUARTERS: Batch = Batch::rows(
    "with r (account_id, quarter, parents, children, bills, others, refused, last_at) as (values ",
    8,
    ") insert into person_scans (account_id, quarter, parents, children, bills, others, refused, last_at)
     select account_id, quarter, parents, children, bills, others, refused, last_at from r
     where account_id is not null
     on conflict (account_id, quarter) do update set parents = person_scans.parents + excluded.parents,
        children = person_scans.children + excluded.children, bills = person_scans.bills + excluded.bills,
        others = person_scans.others + excluded.others, refused = person_scans.refused + excluded.refused,
        last_at = case when excluded.last_at > person_scans.last_at then excluded.last_at else person_scans.last_at end",
);
static ADD_TOTALS: Batch = Batch::rows(
    "with r (account_id, parents, children, bills, others, refused, last_at) as (values ",
    7,
    ") insert into person_totals (account_id, parents, children, bills, others, refused, last_at)
     select account_id, parents, children, bills, others, refused, last_at from r
     where account_id is not null
     on conflict (account_id) do update set parents = person_totals.parents + excluded.parents,
        children = person_totals.children + excluded.children, bills = person_totals.bills + excluded.bills,
        others = person_totals.others + excluded.others, refused = person_totals.refused + excluded.refused,
        last_at = case when excluded.last_at > person_totals.last_at then excluded.last_at else person_totals.last_at end",
);

/// What people scanned, to be added to what is stored.
#[derive(Debug, Default)]
pub struct PeopleScans {
    quarters: BTreeMap<(AccountId, Moment), PersonScans>,
    totals: BTreeMap<AccountId, PersonScans>,
}

/// Scans of one person.
#[derive(Clone, Copy, Debug, Default)]
struct PersonScans {
    /// Parents chosen or registered.
    parents: i64,
    /// Children linked or moved.
    children: i64,
    /// Parents put on bills or taken off.
    bills: i64,
    /// Corrections.
    others: i64,
    /// Refused.
    refused: i64,
    /// The newest of them.
    last_at: Moment,
}

impl PeopleScans {
    /// Counts one scan. An outcome that does not count as a scan is ignored.
    pub fn count(&mut self, account: AccountId, outcome: Outcome, at: Moment) {
        let Some(counter) = Counter::of_scan(outcome) else { return };
        self.quarters.entry((account, at.quarter())).or_default().count(counter, 1, at);
        self.totals.entry(account).or_default().count(counter, 1, at);
    }
}

impl PersonScans {
    fn count(&mut self, counter: Counter, n: i64, at: Moment) {
        let sum = match counter {
            Counter::ScansParent => &mut self.parents,
            Counter::ScansChild => &mut self.children,
            Counter::ScansBill => &mut self.bills,
            Counter::ScansRefused => &mut self.refused,
            _ => &mut self.others,
        };
        *sum += n;
        self.last_at = self.last_at.max(at);
    }

    /// In the order of the columns of the statements above.
    fn values(&self) -> [i64; 6] {
        [self.parents, self.children, self.bills, self.others, self.refused, self.last_at.0]
    }
}

/// Collects what is added to the stored counts, with people in a fixed order, so that nodes that add for the same
/// people cannot deadlock.
pub fn gather(people: &PeopleScans, writes: &mut Writes<'_>) {
    writes.add(&ADD_QUARTERS, &people.quarters, |((account, quarter), scans)| {
        let [parents, children, bills, others, refused, last_at] = scans.values();
        [*account, quarter.0, parents, children, bills, others, refused, last_at].map(Into::into)
    });
    writes.add(&ADD_TOTALS, &people.totals, |(account, scans)| {
        let [parents, children, bills, others, refused, last_at] = scans.values();
        [*account, parents, children, bills, others, refused, last_at].map(Into::into)
    });
}

/// Dispatchers of a scope who scanned since a moment.
pub async fn active_dispatchers(mut conn: Conn<'_>, scope: &Scope, since: Moment) -> Result<i64, StoreError> {
    const ACTIVE: &str = "select count(distinct p.account_id) from person_scans p
        join accounts a on a.id = p.account_id
        join account_roles r on r.account_id = a.id and r.role = 'dispatcher'
        where a.realm = 'staff' and p.quarter >= $1 and p.last_at >= $2 and ($3 = 1 or a.area = $4)";
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(0),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    Ok(on!(conn, c => sqlx::query_scalar(ACTIVE)
        .bind(since.quarter().0).bind(since.0).bind(everywhere).bind(area).fetch_one(&mut **c).await?))
}

/// People whose quarters do not add up to their totals, or whose totals do not match their scans. Empty, unless
/// something is broken.
pub async fn wrong(mut conn: Conn<'_>) -> Result<Vec<AccountId>, StoreError> {
    const APART: &str = "select coalesce(t.account_id, q.account_id) as account_id from person_totals t full join (
            select account_id, sum(parents) as parents, sum(children) as children, sum(bills) as bills,
                sum(others) as others, sum(refused) as refused, max(last_at) as last_at
            from person_scans group by account_id) q on q.account_id = t.account_id
        where t.account_id is null or q.account_id is null or t.parents <> q.parents or t.children <> q.children
            or t.bills <> q.bills or t.others <> q.others or t.refused <> q.refused or t.last_at <> q.last_at";
    const TOTALS: &str = "select account_id, parents, children, bills, others, refused from person_totals";
    const SCANS: &str = "select account_id, outcome, count(*) as n, max(at) as last_at from scans
        where account_id is not null group by account_id, outcome";
    let apart: Vec<AccountId> = on!(conn, c => sqlx::query_scalar(APART).fetch_all(&mut **c).await?);
    let totals: Vec<(AccountId, i64, i64, i64, i64, i64)> =
        on!(conn, c => sqlx::query_as(TOTALS).fetch_all(&mut **c).await?);
    let scans: Vec<(AccountId, String, i64, i64)> = on!(conn, c => sqlx::query_as(SCANS).fetch_all(&mut **c).await?);
    let mut counted = BTreeMap::<AccountId, PersonScans>::new();
    for (account, outcome, n, last_at) in scans {
        if let Some(kind) = Outcome::parse(&outcome).and_then(Counter::of_scan) {
            counted.entry(account).or_default().count(kind, n, Moment(last_at));
        }
    }
    let mut stored = BTreeMap::<AccountId, [i64; 5]>::new();
    for (account, parents, children, bills, others, refused) in totals {
        stored.insert(account, [parents, children, bills, others, refused]);
    }
    let people: BTreeSet<AccountId> = stored.keys().chain(counted.keys()).copied().collect();
    let is_wrong = |person: &AccountId| {
        let should = counted.get(person).map(PersonScans::values).unwrap_or_default();
        stored.get(person).copied().unwrap_or_default() != should[..5]
    };
    Ok(people.into_iter().filter(is_wrong).chain(apart).collect::<BTreeSet<AccountId>>().into_iter().collect())
}
