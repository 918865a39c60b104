//! How the parts of a site are, by figures. The limits are those of the system before this one; all functions are pure.

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Healthy,
    /// Nothing is known of it.
    Unknown,
    /// It works, and somebody should look at it.
    Degraded,
    /// It does not do what it is for.
    Unhealthy,
}

impl State {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// The worst of several; healthy where there is none.
    pub fn worst(states: impl IntoIterator<Item = Self>) -> Self {
        states.into_iter().max().unwrap_or(Self::Healthy)
    }
}

/// The database, by the time of a query in microseconds and the share of its connections in use; `None` where it does not
/// answer.
pub fn database(query_us: Option<i64>, pool_percent: i64) -> State {
    match query_us {
        Some(us) if us < 100_000 && pool_percent < 80 => State::Healthy,
        Some(us) if us <= 500_000 && pool_percent < 95 => State::Degraded,
        _ => State::Unhealthy,
    }
}

/// The audit trail, by the time of a query in microseconds; `None` where it cannot be read.
pub fn audit_log(query_us: Option<i64>) -> State {
    match query_us {
        Some(us) if us < 200_000 => State::Healthy,
        Some(us) if us <= 500_000 => State::Degraded,
        _ => State::Unhealthy,
    }
}

/// A memory that saves queries, by its hits and misses. With few of both nothing can be said yet.
pub fn cache(hits: u64, misses: u64) -> State {
    const ASKED_MIN: u64 = 100;
    let asked = hits.saturating_add(misses);
    if asked < ASKED_MIN {
        return State::Unknown;
    }
    match hit_percent(hits, misses) {
        61.. => State::Healthy,
        30..=60 => State::Degraded,
        _ => State::Unhealthy,
    }
}

/// The share of hits, in whole percent; 0 where nothing was asked.
pub fn hit_percent(hits: u64, misses: u64) -> u64 {
    let asked = u128::from(hits) + u128::from(misses);
    u64::try_from((u128::from(hits) * 100).checked_div(asked).unwrap_or_default()).unwrap_or_default()
}

/// Sessions: whether their secrets are configured, and whether cookies go over TLS alone.
pub fn session(is_configured: bool, is_secure: bool) -> State {
    match (is_configured, is_secure) {
        (false, _) => State::Unhealthy,
        (true, false) => State::Degraded,
        (true, true) => State::Healthy,
    }
}

/// Mail: whether it is configured, and how long the oldest mail has been due, in minutes.
pub fn email(is_configured: bool, overdue_min: i64) -> State {
    const STUCK_MIN: i64 = 15;
    match (is_configured, overdue_min) {
        (false, _) => State::Degraded,
        (true, STUCK_MIN..) => State::Unhealthy,
        (true, _) => State::Healthy,
    }
}

/// Backups: the hours since the newest and since the newest that was restored for a trial, against what is due; `None` where
/// there is none. Nothing is known where backups are not made by this program.
pub fn backup(every_hours: Option<i64>, age_h: Option<i64>, proved_h: Option<i64>, is_trial_bad: bool) -> State {
    let Some(every) = every_hours else { return State::Unknown };
    match (age_h, proved_h) {
        _ if is_trial_bad => State::Unhealthy,
        (Some(age), _) if age > every.saturating_mul(3).max(2) => State::Unhealthy,
        (Some(_), Some(proved)) if proved <= 48 => State::Healthy,
        _ => State::Degraded,
    }
}

/// The seal of the trail: the age in seconds of the oldest entry that is under no checkpoint.
pub fn seal(is_sealed: bool, lag_s: i64) -> State {
    match (is_sealed, lag_s) {
        (false, _) => State::Unknown,
        (true, ..60) => State::Healthy,
        (true, 60..300) => State::Degraded,
        (true, _) => State::Unhealthy,
    }
}

/// A disk, by the share in use.
pub fn disk(percent: Option<i64>) -> State {
    match percent {
        None => State::Unknown,
        Some(..=80) => State::Healthy,
        Some(81..=95) => State::Degraded,
        Some(_) => State::Unhealthy,
    }
}

#[cfg(test)]
mod tests {
    use super::State::{Degraded, Healthy, Unhealthy, Unknown};
    use super::*;

    #[test]
    fn each_component_changes_at_its_limits() {
        let database = |ms: i64, percent| super::database(Some(ms * 1000), percent);
        assert_eq!([database(99, 79), database(100, 79), database(99, 80)], [Healthy, Degraded, Degraded]);
        assert_eq!([database(500, 94), database(501, 0), database(1, 95)], [Degraded, Unhealthy, Unhealthy]);
        assert_eq!(super::database(None, 0), Unhealthy);
        let audit = |ms: i64| audit_log(Some(ms * 1000));
        assert_eq!([audit(199), audit(200), audit(500), audit(501)], [Healthy, Degraded, Degraded, Unhealthy]);
        assert_eq!(audit_log(None), Unhealthy);
        assert_eq!(
            [cache(61, 39), cache(60, 40), cache(30, 70), cache(29, 71)],
            [Healthy, Degraded, Degraded, Unhealthy]
        );
        assert_eq!([cache(0, 0), cache(99, 0)], [Unknown, Unknown]);
        assert_eq!([session(true, true), session(true, false), session(false, true)], [Healthy, Degraded, Unhealthy]);
        assert_eq!([email(true, 14), email(true, 15), email(false, 0)], [Healthy, Unhealthy, Degraded]);
        assert_eq!([seal(true, 59), seal(true, 60), seal(true, 300)], [Healthy, Degraded, Unhealthy]);
        assert_eq!(
            [disk(Some(80)), disk(Some(81)), disk(Some(96)), disk(None)],
            [Healthy, Degraded, Unhealthy, Unknown]
        );
    }

    #[test]
    fn a_backup_is_well_when_it_is_new_and_was_tried() {
        let of = |age, proved| backup(Some(1), age, proved, false);
        assert_eq!([of(Some(1), Some(20)), of(Some(2), None), of(None, None)], [Healthy, Degraded, Degraded]);
        assert_eq!([of(Some(4), Some(20)), of(Some(1), Some(49))], [Unhealthy, Degraded]);
        assert_eq!([backup(None, None, None, false), backup(Some(1), Some(0), Some(0), true)], [Unknown, Unhealthy]);
    }

    #[test]
    fn the_worst_counts_and_what_is_not_known_is_less_than_a_fault() {
        assert_eq!(State::worst([Healthy, Unknown]), Unknown);
        assert_eq!(State::worst([Unknown, Degraded, Healthy]), Degraded);
        assert_eq!(State::worst([Unhealthy, Degraded]), Unhealthy);
        assert_eq!(State::worst([]), Healthy);
    }
}
