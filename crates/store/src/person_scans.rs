//! What each person scanned, by the quarter of an hour and in all: for activity and reports, written with the scans
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::Scope;
use tallyhouse_core::counter::Counter;
use tallyhouse_core::outcome::Outcome;
use tallyhouse_core::time::Moment;

use crate::batch::Batch;
use crate::db::Conn;
use crate::error::StoreError;
use crate::writes::Writes;

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
    /// Counts one scan. An outcome that is not counted as a scan is left out.
    pub fn count(&mut self, account: AccountId, outcome: Outcome, at: Moment) {
        let Some(counter) = Counter::of_scan(outcome) else { return };
        self.quarters.entry((account, at.quarter())).or_default().count(counter, at);
        self.totals.entry(account).or_default().count(counter, at);
    }
}

impl PersonScans {
    fn count(&mut self, counter: Counter, at: Moment) {
        let n = match counter {
            Counter::ScansParent => &mut self.parents,
            Counter::ScansChild => &mut self.children,
            Counter::ScansBill => &mut self.bills,
            Counter::ScansRefused => &mut self.refused,
            _ => &mut self.others,
        };
        *n += 1;
        self.last_at = self.last_at.max(at);
    }

    /// As the statements above name them.
    fn values(&self) -> [i64; 6] {
        [self.parents, self.children, self.bills, self.others, self.refused, self.last_at.0]
    }
}

/// Gathers what is added to what was counted, each person in the same order: nodes that add for the same people do not
/// wait for each other in a ring.
pub(crate) fn gather(people: &PeopleScans, writes: &mut Writes<'_>) {
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
        where p.quarter >= $1 and p.last_at >= $2 and ($3 = 1 or a.area = $4)";
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(0),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    Ok(on!(conn, c => sqlx::query_scalar(ACTIVE)
        .bind(since.quarter().0).bind(since.0).bind(everywhere).bind(area).fetch_one(&mut **c).await?))
}

/// People whose figures are not what their scans say. Empty, unless something is broken.
pub async fn wrong(db: &crate::Db) -> Result<Vec<i64>, StoreError> {
    const QUARTERS: &str = "select account_id, cast(sum(parents + children + bills + others + refused) as bigint) as n
        from person_scans group by account_id";
    const TOTALS: &str = "select account_id, parents + children + bills + others + refused as n from person_totals";
    const SCANS: &str = "select account_id, outcome, count(*) as n from scans
        where account_id is not null group by account_id, outcome";
    let mut reader = db.read().await?;
    let quarters: Vec<(i64, i64)> = on!(reader.conn(), c => sqlx::query_as(QUARTERS).fetch_all(&mut **c).await?);
    let totals: Vec<(i64, i64)> = on!(reader.conn(), c => sqlx::query_as(TOTALS).fetch_all(&mut **c).await?);
    let scans: Vec<(i64, String, i64)> = on!(reader.conn(), c => sqlx::query_as(SCANS).fetch_all(&mut **c).await?);
    let is_counted = |outcome: &str| Outcome::parse(outcome).and_then(Counter::of_scan).is_some();
    let mut counted = BTreeMap::<i64, i64>::new();
    for (account, _, n) in scans.iter().filter(|(_, outcome, _)| is_counted(outcome)) {
        *counted.entry(*account).or_default() += n;
    }
    let of_people = |sums: Vec<(i64, i64)>| sums.into_iter().filter(|(_, n)| *n != 0).collect::<BTreeMap<i64, i64>>();
    let (quarters, totals) = (of_people(quarters), of_people(totals));
    let people: BTreeSet<i64> = quarters.keys().chain(totals.keys()).chain(counted.keys()).copied().collect();
    let is_right = |person: &i64| {
        let n = counted.get(person);
        quarters.get(person) == n && totals.get(person) == n
    };
    Ok(people.into_iter().filter(|person| !is_right(person)).collect())
}
