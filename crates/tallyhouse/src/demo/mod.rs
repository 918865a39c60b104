//! A realistic site for people who look at Tallyhouse for the first time: a month of work in a few areas.
//!
//! Invariant: every bag and every scan comes in through the desk, under the rules and with a clock that is set to the
//! moment of each scan, so that times, history and figures are right, as in a real site.

mod bills;
pub mod customers;
mod passes;
mod people;
mod plan;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::ensure;
use bags_work::DeskParts;
use base_core::audit::Origin;
use base_core::entropy;
use base_core::realm::Realm;
use base_core::time::{Clock, Moment};
use base_records::account;
pub use people::DemoPeople;

use crate::site::Site;

/// A clock that stays at the time it was set to.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

/// Fills an empty site with people and a month of scans, and gives the people with the password they share.
pub async fn prepare(site: &Site) -> anyhow::Result<DemoPeople> {
    ensure!(account::is_empty(&site.db, Realm::Staff).await?, "this database is in use; a demo needs an empty one");
    let mut people = people::create(site).await?;
    people.customers = customers::create(site, &people.password).await?;
    let now = site.now();
    let batches = plan::month(now, &site.config.bags, &people);
    let clock = Arc::new(SetClock(AtomicI64::new(now.0)));
    // Nobody is written to about invented bills.
    let parts = DeskParts { clock: clock.clone(), mailing: None, ..site.desk_parts() };
    let (desk, tasks) = bags_work::open(&parts);
    for batch in batches {
        clock.0.store(batch.at.0, Ordering::SeqCst);
        let person = &people.people[batch.person];
        let origin = Origin {
            realm: Realm::Staff,
            actor: Some(person.id),
            address: "127.0.0.1".into(),
            agent: "demo".into(),
            request_id: entropy::new_id(&*site.entropy, batch.at).to_string(),
            station: Some(batch.station),
        };
        desk.submit(person.actor(), Arc::new(origin), batch.scans).await?;
    }
    drop(desk);
    tasks.finish().await;
    passes::create(site, &people, &clock).await?;
    Ok(people)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bags_rules::bill::BillStatus;
    use bags_rules::counter::Counter;
    use bags_store::bill::{BillFilter, BillLine};
    use bags_store::{bill, counter, scan};
    use base_core::area::Scope;
    use base_core::time::{DAY_US, HOUR_US};
    use base_records::audit;
    use tallyhouse_support::{assert_counts_are_true, each_database};

    use super::*;
    use crate::site::tests::site;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_demo_has_a_true_month_of_everything() {
        for test in each_database().await {
            let site = site(test.db.clone());
            let people = prepare(&site).await.expect("an empty site");
            assert!(people.people.iter().filter(|person| person.area.is_some()).count() >= 6);
            assert_counts_are_true(&site.db).await;

            let mut reader = site.db.read().await.expect("a reader");
            let totals = counter::totals(reader.conn(), &Scope::All).await.expect("totals");
            let parents = [Counter::ParentsPending, Counter::ParentsInProgress, Counter::ParentsCompleted];
            for counter in parents.into_iter().chain([Counter::ScansOther, Counter::ScansRefused]) {
                assert!(totals[&counter] >= 10, "{counter:?}: {}", totals[&counter]);
            }
            assert_eq!(parents.iter().map(|counter| totals[counter]).sum::<i64>(), 200);
            for counter in [Counter::BillsNew, Counter::BillsProcessing, Counter::BillsCompleted] {
                assert!(totals[&counter] >= 2, "{counter:?}: {}", totals[&counter]);
            }
            assert!(totals[&Counter::ParentsBilled] >= 60, "{}", totals[&Counter::ParentsBilled]);
            let everything = BillFilter::default();
            let found = bill::list(reader.conn(), &everything, &Scope::All, None, 100).await.expect("bills").bills;
            let open = |line: &&BillLine| line.status == BillStatus::Processing;
            assert!(found.iter().filter(open).any(|line| line.parents == line.capacity), "full, or reopened");
            assert!(found.iter().filter(open).any(|line| line.parents < line.capacity), "being filled");
            assert!(found.iter().any(|line| line.children < line.parents * 30), "with a short parent");
            let reopened = audit::latest(&site.db, 100_000).await.expect("the trail");
            let reopened = reopened.iter().filter(|line| {
                line.action == "update_bill" && line.before.as_deref() == Some("{\"status\":\"completed\"}")
            });
            assert!(reopened.count() >= 2, "reopened");

            let now = site.now();
            let (from, until) = (now.plus_us(-31 * DAY_US), now.plus_us(HOUR_US));
            let quarters = counter::scans_between(reader.conn(), &Scope::All, from, until).await.expect("quarters");
            let days: BTreeMap<i64, i64> = quarters.iter().map(|(at, _, n)| (at.0 / DAY_US, *n)).collect();
            assert!(days.len() >= 24, "scans on {} days", days.len());
            let all: i64 = quarters.iter().map(|(_, _, n)| n).sum();
            let scans = [
                Counter::ScansParent,
                Counter::ScansChild,
                Counter::ScansBill,
                Counter::ScansOther,
                Counter::ScansRefused,
            ];
            assert_eq!(all, scans.iter().map(|counter| totals[counter]).sum::<i64>(), "none lies outside the month");
            let latest = scan::latest(reader.conn(), &Scope::All, 1).await.expect("scans");
            assert!(now.since_us(latest[0].at) < HOUR_US && latest[0].at <= now);
        }
    }
}
