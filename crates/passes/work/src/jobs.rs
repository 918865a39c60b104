//! The jobs of this wing.

mod archive;
mod erase;

use std::sync::Arc;

use base_core::setting::{Declared, Kind};
use base_jobs::Job;
use jiff::tz::TimeZone;

/// How many days after its end the guests of a closed event are erased by themselves; 0 for never.
pub const ERASE_AFTER_DAYS: Declared =
    Declared::new("passes.erase_after_days", Kind::Number { min: 0, max: 3_650 }, "0");

/// What a setting says at present.
pub type Number = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Every job of this wing, at a site with these clocks.
pub fn all(zone: TimeZone, erase_after_days: Number) -> Vec<Arc<dyn Job>> {
    vec![Arc::new(archive::Archive { zone }), Arc::new(erase::Erase { after_days: erase_after_days })]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base_core::time::Clock;
    use base_db::Db;
    use base_jobs::{Pace, Worker};

    /// A worker.
    pub fn worker(db: &Db, clock: Arc<dyn Clock>) -> Worker {
        Worker { db: db.clone(), clock, node: "one".into(), pace: Pace::default() }
    }
}
