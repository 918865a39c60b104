//! What a job is. The jobs of the base stand under `jobs`, those of a wing in that wing.

use std::time::Duration;

use async_trait::async_trait;
use base_core::time::{DAY_US, Moment, next_daily};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::Worker;

/// Why a run failed. Its text is kept with the job and never holds a secret.
pub type JobError = Box<dyn std::error::Error + Send + Sync>;

/// What a run has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing is left to do for now.
    All,
    /// There is more to do: it runs again at once.
    More,
}

/// When a job runs. A time that was missed, because the site was closed, is made good once.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// This long after the last run began.
    Every(Duration),
    /// When the clocks of a zone show a time.
    Daily(Time, TimeZone),
    /// So many days after the last run, when the clocks of a zone show a time.
    Days(u32, Time, TimeZone),
    /// Again and again on one node, with this pause whenever there was nothing more to do. For jobs whose look whether
    /// there is something to do is cheap and only reads: the node holds the lease meanwhile.
    Continuous(Duration),
}

/// A job. It runs on one node at a time, but on any; it may be cut off at any moment.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// Its name in the database; never changed.
    fn name(&self) -> &'static str;

    /// When it runs.
    fn schedule(&self) -> Schedule;

    /// Longest run; then it is cut off and counts as failed.
    fn run_max(&self) -> Duration {
        Duration::from_mins(10)
    }

    /// One run. A failed run is tried again, see [`crate::Pace`].
    async fn run(&self, worker: &Worker) -> Result<Done, JobError>;
}

impl Schedule {
    /// When a job that nobody knows yet runs first.
    pub(crate) fn first_after(&self, now: Moment) -> Moment {
        match self {
            Self::Every(_) | Self::Continuous(_) => now,
            Self::Daily(time, zone) | Self::Days(_, time, zone) => next_daily(now, *time, zone),
        }
    }

    /// When it runs again after a run that began at `started` and left nothing to do.
    pub(crate) fn next_after(&self, started: Moment) -> Moment {
        match self {
            Self::Every(pause) | Self::Continuous(pause) => started.plus_us(micros(*pause)),
            Self::Daily(time, zone) => next_daily(started, *time, zone),
            // From the end of the day before: a run that began a little late does not move the next by a day.
            Self::Days(days, time, zone) => next_daily(started.plus_us((i64::from(*days) - 1) * DAY_US), *time, zone),
        }
    }

    /// Where a run that is yet to come belongs, as the schedule may have changed since it was planned. What is due stays
    /// due.
    pub(crate) fn corrected(&self, planned: Moment, now: Moment) -> Moment {
        match self {
            _ if planned <= now => planned,
            Self::Daily(..) => self.next_after(now),
            Self::Every(_) | Self::Continuous(_) | Self::Days(..) => planned.min(self.next_after(now)),
        }
    }
}

/// A span in microseconds.
pub(crate) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use base_core::time::{MINUTE_US, parse_time_of_day};

    use super::*;

    #[test]
    fn a_schedule_that_changed_moves_what_is_to_come_and_not_what_is_due() {
        let now = Moment::parse("2026-11-20T12:00:00Z").expect("a time");
        let six = Schedule::Daily(parse_time_of_day("18:00").expect("a time"), TimeZone::UTC);
        let due = now.plus_us(-3 * DAY_US);
        assert_eq!(six.corrected(due, now), due);
        assert_eq!(six.corrected(now.plus_us(DAY_US), now), Moment::parse("2026-11-20T18:00:00Z").expect("a time"));
        let weekly = Schedule::Days(7, parse_time_of_day("02:20").expect("a time"), TimeZone::UTC);
        assert_eq!(weekly.first_after(now), Moment::parse("2026-11-21T02:20:00Z").expect("a time"));
        let started = Moment::parse("2026-11-21T02:20:03Z").expect("a time");
        assert_eq!(weekly.next_after(started), Moment::parse("2026-11-28T02:20:00Z").expect("a time"));
        let minutely = Schedule::Every(Duration::from_mins(1));
        assert_eq!(minutely.corrected(now.plus_us(DAY_US), now), now.plus_us(MINUTE_US));
        assert_eq!(minutely.corrected(now.plus_us(1), now), now.plus_us(1));
    }
}
