//! Whether stock has expired, or will soon.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a day of expiry means today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// The day is past. Stock is good on the day itself.
    Expired,
    /// It comes within the days that count as soon.
    Soon,
    /// It is further away, or there is none.
    Good,
}

impl Expiry {
    /// What `expires` means on the day `today`, when up to `soon_days` from now is soon.
    pub fn of(expires: Option<Date>, today: Date, soon_days: u16) -> Self {
        let Some(day) = expires else { return Self::Good };
        let days_left = day.duration_since(today).as_hours() / 24;
        match days_left {
            n if n < 0 => Self::Expired,
            n if n <= i64::from(soon_days) => Self::Soon,
            _ => Self::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn stock_is_good_on_its_last_day() {
        let today = date(2026, 11, 30);
        let of = |day| Expiry::of(Some(day), today, 30);
        assert_eq!(of(date(2026, 11, 29)), Expiry::Expired);
        assert_eq!(of(today), Expiry::Soon);
        assert_eq!(of(date(2026, 12, 30)), Expiry::Soon);
        assert_eq!(of(date(2026, 12, 31)), Expiry::Good);
        assert_eq!(Expiry::of(None, today, 30), Expiry::Good);
    }
}
