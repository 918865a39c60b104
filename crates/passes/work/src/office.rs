//! What the office of passes does by itself, and what can be checked of it.

mod archive;
mod checks;
mod erase;

use std::sync::Arc;

use base_core::setting::{Declared, Kind};
use base_jobs::Job;
pub use checks::all as checks;
use jiff::tz::TimeZone;

/// How many days after its end the guests of a closed event are erased by themselves; 0 for never.
pub const ERASE_AFTER_DAYS: Declared =
    Declared::new("passes.erase_after_days", Kind::Number { min: 0, max: 3_650 }, "0");

/// What a setting says at present.
pub type Number = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Every job of the office, at a site with these clocks.
pub fn jobs(zone: TimeZone, erase_after_days: Number) -> Vec<Arc<dyn Job>> {
    vec![Arc::new(archive::Archive { zone }), Arc::new(erase::Erase { after_days: erase_after_days })]
}
