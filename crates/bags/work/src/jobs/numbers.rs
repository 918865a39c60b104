//! Gives bills from before numbers were compared in one form the key in which they are looked for.

use std::time::Duration;

use async_trait::async_trait;
use bags_store::bill;
use base_jobs::{Done, Job, JobError, Schedule, Worker};

/// The pause between two runs: none but the first after an update finds anything.
const PAUSE: Duration = Duration::from_hours(24);

/// The job.
pub struct Numbers;

#[async_trait]
impl Job for Numbers {
    fn name(&self) -> &'static str {
        "bill_numbers"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(PAUSE)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        bill::compose_keys(&worker.db).await?;
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bags_rules::bill::BillNumber;
    use bags_rules::scan::{Action, Details, Scan};
    use bags_store::scratch::decompose_number;
    use base_core::area::Scope;
    use tallyhouse_support::{TestClock, assert_counts_are_true, desk, each_database, outcomes, scan, system};

    use super::*;
    use crate::jobs::tests::worker;

    fn create(number: &str) -> Scan {
        let scan = Scan { bill: Some(number.into()), ..scan(Action::BillCreate, "", None) };
        scan.with(Details { capacity: Some(3), ..Details::default() })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_number_in_two_forms_is_found_again_and_two_bills_stay_two() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let (desk, _tasks) = desk(&test.db, clock.clone());
            let on_bill =
                |parent: &str, bill: &str| Scan { bill: Some(bill.into()), ..scan(Action::BillLink, parent, None) };
            let scans = vec![
                scan(Action::Parent, "SB00001", None),
                create("caf\u{e9}"),
                on_bill("SB00001", "caf\u{e9}"),
                create("चावल-१"),
            ];
            outcomes(&desk, &system(), scans).await;
            let odd = "CAFE\u{301}";
            decompose_number(&test.db, "CAF\u{c9}", "cafe\u{301}", odd).await.expect("it is written");
            // Somebody who did not find it made it once more.
            assert_eq!(outcomes(&desk, &system(), vec![create("caf\u{e9}")]).await, ["bill_created"]);
            Numbers.run(&worker(&test.db, clock.clone())).await.expect("it runs");
            let mut reader = test.db.read().await.expect("a reader");
            for (number, parents) in [("caf\u{e9}", 0), ("caf\u{e9} (2)", 1), ("चावल-१", 0)] {
                let key = BillNumber::kept(number).expect("a number").key();
                let found = bill::find(reader.conn(), &key, &Scope::All).await.expect("an answer");
                let found = found.unwrap_or_else(|| panic!("{number} on {}", test.db.name()));
                assert_eq!((found.number.as_str(), found.parents), (number, parents), "{}", test.db.name());
            }
            drop(reader);
            assert_counts_are_true(&test.db).await;
            Numbers.run(&worker(&test.db, clock)).await.expect("it runs again");
        }
    }
}
