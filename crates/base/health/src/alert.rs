//! Alerts: which figures call for somebody, and when that is over.
//!
//! Invariants: what is told is told once, when it begins, and once more when it is over; a figure that goes up and down around
//! its limit tells nothing, because an alert ends only well below the limit under which it began, and only after a while.
//! Rules are pure: figures and times come in.

use std::collections::HashMap;

use base_core::time::{MINUTE_US, Moment, SECOND_US};

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Connections to the database in use, in percent of those that there may be.
    Pool,
    /// Requests that failed by our fault or because something was away, in the last minute.
    Errors,
    /// Sign-ins that failed, in the last minute.
    SignIns,
    /// Space in use on the disk of the data, in percent.
    Disk,
    /// Hours since a backup was last restored for a trial and was well.
    BackupUnproved,
    /// Hours by which the newest backup is older than it should be.
    BackupOld,
    /// How far this machine's clock is from that of the database, or how far it jumped, in milliseconds.
    Clock,
    /// The age of the oldest entry of the trail that is under no checkpoint, in seconds.
    SealLag,
    /// The age of the oldest mail that waits to be sent, in minutes.
    Mails,
    /// How long another system has not answered, in seconds.
    Away,
}

/// When an alert begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// It begins with a figure of at least this,
    pub raise_at: i64,
    /// that has lasted for so long, in microseconds.
    pub raise_after_us: i64,
    /// It ends with a figure of at most this,
    pub clear_at: i64,
    /// that has lasted for so long, in microseconds.
    pub clear_after_us: i64,
}

/// The limits that people set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in use from which on somebody is told, in percent.
    pub pool_percent: i64,
    /// Failed requests a minute above which somebody is told.
    pub errors_a_minute: i64,
    /// Failed sign-ins a minute above which somebody is told.
    pub sign_ins_a_minute: i64,
    /// Space in use above which somebody is told, in percent.
    pub disk_percent: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pool_percent: 85, errors_a_minute: 10, sign_ins_a_minute: 20, disk_percent: 80 }
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Pool,
        Self::Errors,
        Self::SignIns,
        Self::Disk,
        Self::BackupUnproved,
        Self::BackupOld,
        Self::Clock,
        Self::SealLag,
        Self::Mails,
        Self::Away,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Errors => "errors",
            Self::SignIns => "sign_ins",
            Self::Disk => "disk",
            Self::BackupUnproved => "backup_unproved",
            Self::BackupOld => "backup_old",
            Self::Clock => "clock",
            Self::SealLag => "seal_lag",
            Self::Mails => "mails",
            Self::Away => "away",
        }
    }

    /// The kind with a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its rule within these limits.
    pub fn rule(self, limits: Limits) -> Rule {
        let rule = |raise_at: i64, clear_at: i64, raise_after_us, clear_after_us| Rule {
            raise_at,
            raise_after_us,
            clear_at: clear_at.min(raise_at - 1),
            clear_after_us,
        };
        let Limits { pool_percent, errors_a_minute, sign_ins_a_minute, disk_percent } = limits;
        match self {
            // Any pool is full for a moment.
            Self::Pool => rule(pool_percent, pool_percent - 10, 20 * SECOND_US, MINUTE_US),
            Self::Errors => rule(errors_a_minute + 1, errors_a_minute / 2, 0, 2 * MINUTE_US),
            Self::SignIns => rule(sign_ins_a_minute + 1, sign_ins_a_minute / 2, 0, 5 * MINUTE_US),
            Self::Disk => rule(disk_percent + 1, disk_percent - 2, 0, MINUTE_US),
            Self::BackupUnproved => rule(49, 48, 0, 0),
            Self::BackupOld => rule(1, 0, 0, 0),
            Self::Clock => rule(2_000, 1_000, 0, 5 * MINUTE_US),
            // A server that starts catches up first.
            Self::SealLag => rule(300, 60, 2 * MINUTE_US, 0),
            Self::Mails => rule(15, 5, 0, 0),
            Self::Away => rule(180, 0, 0, MINUTE_US),
        }
    }
}

/// What was measured of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Of which kind.
    pub kind: Kind,
    /// Of which thing, where there are several: the name of what is away. Else empty.
    pub subject: String,
    /// The figure, in the unit of its kind.
    pub value: i64,
}

impl Reading {
    /// Of a kind of which there is one thing.
    pub fn new(kind: Kind, value: i64) -> Self {
        Self { kind, subject: String::new(), value }
    }

    /// Of one thing of several.
    pub fn of(kind: Kind, subject: &str, value: i64) -> Self {
        Self { kind, subject: subject.to_owned(), value }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It begins.
    Raise,
    /// It goes on.
    Last,
    /// It is over.
    Clear,
    /// There is nothing to tell.
    Nothing,
}

/// Since when a figure is too high, or low enough.
#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    high_since: Option<Moment>,
    low_since: Option<Moment>,
}

/// Remembers how long each figure has been as it is.
#[derive(Debug, Default)]
pub struct Judge(HashMap<(Kind, String), Streak>);

impl Judge {
    /// Judges a figure. Figures come every few seconds; `is_raised` says whether its alert has begun already.
    pub fn judge(&mut self, reading: &Reading, rule: Rule, now: Moment, is_raised: bool) -> Verdict {
        let streak = self.0.entry((reading.kind, reading.subject.clone())).or_default();
        let since = |known: Option<Moment>, holds: bool| holds.then(|| known.unwrap_or(now));
        streak.high_since = since(streak.high_since, reading.value >= rule.raise_at);
        streak.low_since = since(streak.low_since, reading.value <= rule.clear_at);
        let lasted = |since: Option<Moment>, us: i64| since.is_some_and(|since| now.since_us(since) >= us);
        match is_raised {
            false if lasted(streak.high_since, rule.raise_after_us) => Verdict::Raise,
            true if lasted(streak.low_since, rule.clear_after_us) => Verdict::Clear,
            true => Verdict::Last,
            false => Verdict::Nothing,
        }
    }
}

/// How far a clock went astray between two looks, in milliseconds: the difference between what it says has passed and what a
/// clock says that nobody sets.
pub fn jumped_ms(wall_us: i64, steady_us: i64) -> i64 {
    wall_us.saturating_sub(steady_us).saturating_abs() / 1_000
}

/// A share in percent, rounded up: "over 80" is anything above it.
pub fn percent(part: u64, whole: u64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let percent = (u128::from(part) * 100).div_ceil(u128::from(whole));
    i64::try_from(percent).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of one figure after another, a quarter of a minute apart.
    fn told(kind: Kind, values: &[i64]) -> Vec<(usize, Verdict)> {
        let (mut judge, mut is_raised, mut told) = (Judge::default(), false, Vec::new());
        for (place, value) in values.iter().enumerate() {
            let now = Moment(i64::try_from(place).expect("few") * 15 * SECOND_US);
            let verdict = judge.judge(&Reading::new(kind, *value), kind.rule(Limits::default()), now, is_raised);
            match verdict {
                Verdict::Raise => is_raised = true,
                Verdict::Clear => is_raised = false,
                Verdict::Last | Verdict::Nothing => continue,
            }
            told.push((place, verdict));
        }
        told
    }

    #[test]
    fn names_are_read_back_and_each_kind_clears_below_where_it_begins() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
            for limits in [Limits::default(), Limits { errors_a_minute: 0, ..Limits::default() }] {
                let rule = kind.rule(limits);
                assert!(rule.clear_at < rule.raise_at, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_pool_that_is_full_for_a_moment_tells_nothing_and_one_that_stays_full_tells_once() {
        assert_eq!(told(Kind::Pool, &[85, 20, 100, 40, 85, 20]), []);
        let full = [85, 90, 95, 85, 80, 76, 84, 90, 80, 75, 60, 60, 60, 60, 60];
        assert_eq!(told(Kind::Pool, &full), [(2, Verdict::Raise), (13, Verdict::Clear)]);
    }

    #[test]
    fn more_than_ten_errors_and_more_than_twenty_failed_sign_ins_a_minute_are_told_at_once() {
        assert_eq!(told(Kind::Errors, &[10, 10, 10]), []);
        assert_eq!(told(Kind::Errors, &[11]), [(0, Verdict::Raise)]);
        let calm = [11, 5, 4, 3, 2, 1, 0, 0, 0, 0];
        assert_eq!(told(Kind::Errors, &calm), [(0, Verdict::Raise), (9, Verdict::Clear)]);
        assert_eq!(told(Kind::SignIns, &[20, 21]), [(1, Verdict::Raise)]);
    }

    #[test]
    fn a_figure_around_its_limit_tells_nothing_twice() {
        let around: Vec<i64> = (0..200).map(|n| if n % 2 == 0 { 81 } else { 79 }).collect();
        assert_eq!(told(Kind::Disk, &around), [(0, Verdict::Raise)]);
    }

    #[test]
    fn a_clock_that_jumped_once_is_told_and_is_well_after_five_minutes() {
        let mut values = vec![0, jumped_ms(3_600 * SECOND_US + 15 * SECOND_US, 15 * SECOND_US)];
        assert_eq!(values[1], 3_600_000);
        values.extend([0; 25]);
        assert_eq!(told(Kind::Clock, &values), [(1, Verdict::Raise), (22, Verdict::Clear)]);
        assert_eq!(jumped_ms(-5 * SECOND_US, 15 * SECOND_US), 20_000, "backwards, too");
    }

    #[test]
    fn a_share_is_rounded_up() {
        assert_eq!([percent(80, 100), percent(801, 1000), percent(0, 9), percent(5, 0)], [80, 81, 0, 0]);
    }

    #[test]
    fn what_is_away_for_three_minutes_is_told_by_its_name() {
        let (mut judge, rule) = (Judge::default(), Kind::Away.rule(Limits::default()));
        let erp = |value| Reading::of(Kind::Away, "erp", value);
        assert_eq!(judge.judge(&erp(179), rule, Moment(0), false), Verdict::Nothing);
        assert_eq!(judge.judge(&erp(180), rule, Moment(1), false), Verdict::Raise);
        let directory = Reading::of(Kind::Away, "directory", 0);
        assert_eq!(judge.judge(&directory, rule, Moment(2), false), Verdict::Nothing);
        assert_eq!(judge.judge(&erp(0), rule, Moment(3), true), Verdict::Last);
        assert_eq!(judge.judge(&erp(0), rule, Moment(3 + MINUTE_US), true), Verdict::Clear);
    }
}
