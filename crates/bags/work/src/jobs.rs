//! The jobs of this wing: one file for each, and the list of them.

mod eod;
mod numbers;
mod removed;
mod search;

use std::sync::Arc;

use bags_rules::rules::Rules;
use base_jobs::Job;

use crate::eod::Sender;

/// Every job of this wing. Reports are sent only where there is a way to send mail.
pub fn all(rules: Arc<Rules>, reports: Sender) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> =
        vec![Arc::new(search::Search), Arc::new(removed::Removed(rules)), Arc::new(numbers::Numbers)];
    if reports.outbox.is_open() {
        jobs.push(Arc::new(eod::Eod(reports)));
    }
    jobs
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use base_core::time::Clock;
    use base_db::Db;
    use base_jobs::{Pace, Worker};

    /// A worker under a name of its own, in a hurry.
    pub fn worker_named(name: &str, db: &Db, clock: Arc<dyn Clock>) -> Worker {
        let ms = Duration::from_millis;
        let pace = Pace {
            look: ms(20),
            lease: ms(600),
            retry_first: ms(50),
            retry_max: ms(200),
            closing: Duration::from_secs(5),
            ..Pace::default()
        };
        Worker { db: db.clone(), clock, node: name.into(), pace }
    }

    /// A worker.
    pub fn worker(db: &Db, clock: Arc<dyn Clock>) -> Worker {
        worker_named("one", db, clock)
    }
}
