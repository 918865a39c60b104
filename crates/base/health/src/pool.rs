//! How full the connections to the database are, and where that is going. Pure.

use base_core::time::{MINUTE_US, Moment};

/// How full they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Below 70 %.
    Healthy,
    /// From 70 %.
    Warning,
    /// From 85 %.
    Critical,
    /// From 95 %.
    Danger,
}

/// Where it is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// More are in use than before.
    Up,
    /// Fewer are.
    Down,
    /// About as many.
    Stable,
}

/// Over which span a trend is told, in microseconds.
pub const TREND_US: i64 = 10 * MINUTE_US;
/// A difference of less than this is none, in points of percent.
const STEADY: i64 = 5;

impl Level {
    /// The level of a share in percent.
    pub fn of(percent: i64) -> Self {
        match percent {
            ..70 => Self::Healthy,
            70..85 => Self::Warning,
            85..95 => Self::Critical,
            _ => Self::Danger,
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Danger => "danger",
        }
    }
}

impl Trend {
    /// The trend of shares in percent, of which those of the last ten minutes count: the later half against the earlier one.
    pub fn of(samples: &[(Moment, i64)], now: Moment) -> Self {
        let age = |at: Moment| now.since_us(at);
        let mean = |from: i64, to: i64| {
            let of_span: Vec<i64> =
                samples.iter().filter(|(at, _)| (from..to).contains(&age(*at))).map(|(_, percent)| *percent).collect();
            let count = i64::try_from(of_span.len()).unwrap_or(i64::MAX);
            (count > 0).then(|| of_span.iter().sum::<i64>() / count)
        };
        let (Some(late), Some(early)) = (mean(0, TREND_US / 2), mean(TREND_US / 2, TREND_US)) else {
            return Self::Stable;
        };
        match late - early {
            STEADY.. => Self::Up,
            ..=-5 => Self::Down,
            _ => Self::Stable,
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Stable => "stable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_at_seventy_eighty_five_and_ninety_five() {
        use Level::{Critical, Danger, Healthy, Warning};
        let levels = [0, 69, 70, 84, 85, 94, 95, 100].map(Level::of);
        assert_eq!(levels, [Healthy, Healthy, Warning, Warning, Critical, Critical, Danger, Danger]);
    }

    #[test]
    fn a_trend_compares_the_last_five_minutes_with_the_five_before() {
        let now = Moment(100 * MINUTE_US);
        let at = |minutes: i64, percent| (now.plus_us(-minutes * MINUTE_US), percent);
        let of = |samples: &[(Moment, i64)]| Trend::of(samples, now);
        assert_eq!(of(&[at(8, 20), at(6, 22), at(3, 30), at(0, 40)]), Trend::Up);
        assert_eq!(of(&[at(8, 40), at(2, 20)]), Trend::Down);
        assert_eq!(of(&[at(8, 20), at(2, 24)]), Trend::Stable);
        assert_eq!(of(&[at(30, 90), at(2, 24)]), Trend::Stable, "what is older does not count");
        assert_eq!(of(&[]), Trend::Stable);
    }
}
