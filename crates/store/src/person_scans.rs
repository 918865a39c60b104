//! What each person scanned, by the quarter of an hour: for activity and reports, written with the scans themselves.

use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::Scope;
use tallyhouse_core::counter::Counter;
use tallyhouse_core::time::Moment;

use crate::batch::Batch;
use crate::db::Conn;
use crate::error::StoreError;
use crate::writes::Writes;

static ADD: Batch = Batch::rows(
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

/// Scans of one person in one quarter of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonScans {
    /// Parents chosen or registered.
    pub parents: i64,
    /// Children linked or moved.
    pub children: i64,
    /// Parents put on bills or taken off.
    pub bills: i64,
    /// Corrections.
    pub others: i64,
    /// Refused.
    pub refused: i64,
    /// The newest of them.
    pub last_at: Moment,
}

impl PersonScans {
    /// Counts one scan.
    pub fn count(&mut self, counter: Counter, at: Moment) {
        let n = match counter {
            Counter::ScansParent => &mut self.parents,
            Counter::ScansChild => &mut self.children,
            Counter::ScansBill => &mut self.bills,
            Counter::ScansRefused => &mut self.refused,
            _ => &mut self.others,
        };
        *n += 1;
        self.last_at = at;
    }
}

/// Gathers what is added to what was counted. Sorted by person and quarter.
pub(crate) fn gather<'p>(rows: &'p [((AccountId, Moment), PersonScans)], writes: &mut Writes<'p>) {
    writes.add(&ADD, rows, |((account, quarter), scans)| {
        [
            (*account).into(),
            quarter.0.into(),
            scans.parents.into(),
            scans.children.into(),
            scans.bills.into(),
            scans.others.into(),
            scans.refused.into(),
            scans.last_at.0.into(),
        ]
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
    const SUMS: &str = "select account_id, cast(sum(parents + children + bills + others + refused) as bigint) as n
        from person_scans group by account_id order by account_id";
    const SCANS: &str = "select account_id, outcome, count(*) as n from scans
        where account_id is not null group by account_id, outcome order by account_id";
    let mut reader = db.read().await?;
    let sums: Vec<(i64, i64)> = on!(reader.conn(), c => sqlx::query_as(SUMS).fetch_all(&mut **c).await?);
    let scans: Vec<(i64, String, i64)> = on!(reader.conn(), c => sqlx::query_as(SCANS).fetch_all(&mut **c).await?);
    let mut counted = std::collections::BTreeMap::<i64, i64>::new();
    for (account, outcome, n) in scans {
        let outcome = tallyhouse_core::outcome::Outcome::parse(&outcome);
        if outcome.and_then(Counter::of_scan).is_some() {
            *counted.entry(account).or_default() += n;
        }
    }
    let sums: std::collections::BTreeMap<i64, i64> = sums.into_iter().filter(|(_, n)| *n != 0).collect();
    let people = sums.keys().chain(counted.keys()).copied().collect::<std::collections::BTreeSet<i64>>();
    Ok(people.into_iter().filter(|person| sums.get(person) != counted.get(person)).collect())
}
