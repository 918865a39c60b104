//! Leaves an ERP alone for a while that did not answer several times in a row, so that it is not asked by everybody while it
//! comes back.

use base_core::time::{Moment, SECOND_US};

/// Failures in a row after which nobody asks for a while.
const FAILURES_MAX: u32 = 3;
/// The first pause; it doubles with every try that fails.
const PAUSE_FIRST_US: i64 = 2 * SECOND_US;
/// The longest pause.
const PAUSE_MAX_US: i64 = 30 * SECOND_US;

/// What is known of the last answers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    /// Nobody asks before this moment.
    until: Option<Moment>,
}

impl Breaker {
    /// True if somebody may ask now. After a pause only one does: the others wait for what they hear.
    pub(crate) fn may_ask(&mut self, now: Moment) -> bool {
        match self.until {
            Some(until) if now < until => false,
            Some(_) => {
                self.until = Some(now.plus_us(self.pause_us()));
                true
            }
            None => true,
        }
    }

    /// True while nobody asks.
    pub(crate) fn is_paused(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// It answered.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It did not.
    pub(crate) fn failed(&mut self, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES_MAX {
            self.until = Some(now.plus_us(self.pause_us()));
        }
    }

    fn pause_us(&self) -> i64 {
        let doublings = self.failures.saturating_sub(FAILURES_MAX).min(8);
        (PAUSE_FIRST_US << doublings).min(PAUSE_MAX_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_three_failures_it_is_left_alone_for_longer_and_longer_and_one_tries() {
        let mut breaker = Breaker::default();
        let at = |seconds: i64| Moment(1 + seconds * SECOND_US);
        for _ in 0..2 {
            breaker.failed(at(0));
            assert!(breaker.may_ask(at(0)));
        }
        breaker.failed(at(0));
        assert!(!breaker.may_ask(at(1)) && breaker.is_paused(at(1)));
        assert!(breaker.may_ask(at(2)), "one tries");
        assert!(!breaker.may_ask(at(2)), "and nobody else meanwhile");
        breaker.failed(at(2));
        assert!(!breaker.may_ask(at(5)), "the pause has doubled");
        assert!(breaker.may_ask(at(6)));
        for _ in 0..20 {
            breaker.failed(at(10));
        }
        assert!(!breaker.may_ask(at(39)) && breaker.may_ask(at(40)), "thirty seconds at most");
        breaker.succeeded();
        assert!(breaker.may_ask(at(40)) && !breaker.is_paused(at(40)));
    }
}
