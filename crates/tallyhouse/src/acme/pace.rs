//! How long to wait after a failure. Authorities count what fails: who asks too often has to wait for hours.

use base_core::time::{HOUR_US, MINUTE_US, Moment};
use serde::{Deserialize, Serialize};

/// What failed in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How often.
    pub count: u32,
    /// When the last time, in microseconds since 1970.
    pub at: i64,
    /// Why, the last time.
    pub why: String,
}

impl Failures {
    /// When it may be tried again.
    pub fn again_at(&self) -> Moment {
        let pause_us = match self.count {
            0 => 0,
            1 => MINUTE_US,
            2 => 5 * MINUTE_US,
            3 => 20 * MINUTE_US,
            4 => HOUR_US,
            _ => 4 * HOUR_US,
        };
        Moment(self.at).plus_us(pause_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_four_hours_and_five_failures_take_more_than_an_hour() {
        let at = |count, at: Moment| Failures { count, at: at.0, why: String::new() }.again_at();
        assert_eq!(at(0, Moment(7)), Moment(7));
        let mut now = Moment(0);
        for count in 1..=4 {
            now = at(count, now);
        }
        assert!(now.0 > HOUR_US, "an authority lets five fail in an hour");
        assert_eq!(at(99, Moment(0)), Moment(4 * HOUR_US));
    }
}
