//! How often something happened in the last minute, without keeping when each was.

use std::sync::{Mutex, PoisonError};

use base_core::time::{Moment, SECOND_US};

/// The seconds of a minute.
const SECONDS: usize = 60;
/// The same as a span of time.
const SPAN_S: i64 = 60;

/// Counts what happens, by second. What is counted is rare, so one lock is enough.
pub struct PerMinute(Mutex<[(i64, u64); SECONDS]>);

impl Default for PerMinute {
    fn default() -> Self {
        Self(Mutex::new([(i64::MIN, 0); SECONDS]))
    }
}

impl PerMinute {
    /// Counts one.
    pub fn count(&self, now: Moment) {
        let second = now.0.div_euclid(SECOND_US);
        let at = usize::try_from(second.rem_euclid(SPAN_S)).unwrap_or_default();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_second = &mut counts[at];
        *of_second = if of_second.0 == second { (second, of_second.1 + 1) } else { (second, 1) };
    }

    /// How many there were in the minute up to now.
    pub fn in_last_minute(&self, now: Moment) -> u64 {
        let second = now.0.div_euclid(SECOND_US);
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |(at, _): &&(i64, u64)| *at > second - SPAN_S && *at <= second;
        counts.iter().filter(recent).map(|(_, n)| n).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_a_minute_no_longer_counts() {
        let counted = PerMinute::default();
        let at = |seconds: i64| Moment(seconds * SECOND_US + 7);
        assert_eq!(counted.in_last_minute(at(0)), 0);
        for second in [100, 100, 130, 159] {
            counted.count(at(second));
        }
        assert_eq!([159, 160, 189, 190, 218, 219].map(|s| counted.in_last_minute(at(s))), [4, 2, 2, 1, 1, 0]);
        counted.count(at(220));
        assert_eq!(counted.in_last_minute(at(220)), 1, "the place of second 100 is used again");
    }
}
