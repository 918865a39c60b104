//! What customers are told by mail: a view that is sent regularly, a lot that nears its expiry, a part that falls below a
//! number.
//!
//! Invariant: nothing is sent that nobody asked for, and nobody is told twice of what is so still.

use std::collections::{BTreeMap, BTreeSet};

use base_core::time::{Moment, next_daily};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fold::fold_name;
use crate::local::local;
use crate::quantity::Quantity;
use crate::stock::Stock;
use crate::total::Sum;

/// Most characters of a part's number.
const PART_CHARS_MAX: usize = 100;
/// Most days before an expiry.
const DAYS_MAX: i64 = 730;
/// When mails go, where the site is.
const TIME_OF_MAILS: Time = Time::constant(7, 0, 0, 0);

/// How often a view is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailing {
    /// Never.
    #[default]
    Off,
    /// Every morning.
    Daily,
    /// Every Monday morning.
    Weekly,
}

impl Mailing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Daily, Self::Weekly];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mailing| mailing.name() == name)
    }

    /// When the next mail goes.
    pub fn next_at(self, now: Moment, zone: &TimeZone) -> Option<Moment> {
        let mut at = next_mail(now, zone);
        match self {
            Self::Off => None,
            Self::Daily => Some(at),
            Self::Weekly => {
                let is_monday = |at: Moment| local(at, zone).weekday() == Weekday::Monday;
                for _ in 0..7 {
                    if is_monday(at) {
                        break;
                    }
                    at = next_mail(at, zone);
                }
                Some(at)
            }
        }
    }
}

/// The next time of the day at which mails go.
pub fn next_mail(now: Moment, zone: &TimeZone) -> Moment {
    next_daily(now, TIME_OF_MAILS, zone)
}

/// What is looked out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchKind {
    /// A lot that expires within so many days.
    Expiry,
    /// A part of which there is less than so much.
    Below,
}

impl WatchKind {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::Below => "below",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Expiry, Self::Below].into_iter().find(|kind| kind.name() == name)
    }
}

/// One thing that a customer wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watching {
    /// What is looked out for.
    pub kind: WatchKind,
    /// The part; empty for every part, of expiries only.
    pub part: String,
    /// Days, or millionths of a unit.
    pub limit: i64,
}

/// Why a wish cannot be kept.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WatchFault {
    /// A number of parts needs a part.
    #[error("Say which part, in at most {PART_CHARS_MAX} characters.")]
    Part,
    /// No number, or one that makes no sense.
    #[error("Give a number: days from 1 to {DAYS_MAX}, or an amount above 0.")]
    Limit,
}

impl WatchFault {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Limit => "limit",
        }
    }
}

/// One thing that is so: by what it is known, and what is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// By this it is known from one day to the next.
    pub key: String,
    /// The part.
    pub part: String,
    /// The lot, of an expiry.
    pub lot: String,
    /// The day of an expiry.
    pub expires: Option<Date>,
    /// How much there is, by unit.
    pub amounts: Vec<(String, Sum)>,
}

impl Watching {
    /// Reads what somebody typed.
    pub fn read(kind: WatchKind, part: &str, limit: &str) -> Result<Self, WatchFault> {
        let part = part.trim();
        if part.chars().count() > PART_CHARS_MAX || (kind == WatchKind::Below && part.is_empty()) {
            return Err(WatchFault::Part);
        }
        let limit = match kind {
            WatchKind::Expiry => limit.trim().parse().ok().filter(|days| (1..=DAYS_MAX).contains(days)),
            WatchKind::Below => Quantity::parse(limit).ok().map(|amount| amount.0).filter(|micros| *micros > 0),
        };
        Ok(Self { kind, part: part.to_owned(), limit: limit.ok_or(WatchFault::Limit)? })
    }

    /// What of it is so today.
    pub fn found(&self, rows: &[Stock], today: Date) -> Vec<Finding> {
        let part = fold_name(&self.part);
        let of_part = rows.iter().filter(|row| part.is_empty() || fold_name(&row.part) == part);
        match self.kind {
            WatchKind::Expiry => self.expiring(of_part, today),
            WatchKind::Below => self.below(of_part),
        }
    }

    fn expiring<'r>(&self, rows: impl Iterator<Item = &'r Stock>, today: Date) -> Vec<Finding> {
        let mut found: BTreeMap<(Date, &str, &str), BTreeMap<&str, Sum>> = BTreeMap::new();
        for row in rows {
            let Some(day) = row.expires else { continue };
            let days_left = day.duration_since(today).as_hours() / 24;
            if (0..=self.limit).contains(&days_left) {
                let lot = row.lot.as_deref().unwrap_or_default();
                let amounts = found.entry((day, &row.part, lot)).or_default();
                amounts.entry(&row.unit).or_default().0 += i128::from(row.on_hand.0);
            }
        }
        let finding = |((day, part, lot), amounts): ((Date, &str, &str), BTreeMap<&str, Sum>)| Finding {
            key: format!("{part}\t{lot}\t{day}").replace('\n', " "),
            part: part.to_owned(),
            lot: lot.to_owned(),
            expires: Some(day),
            amounts: amounts.into_iter().map(|(unit, sum)| (unit.to_owned(), sum)).collect(),
        };
        found.into_iter().map(finding).collect()
    }

    /// A part of which nothing is left is below every number.
    fn below<'r>(&self, rows: impl Iterator<Item = &'r Stock>) -> Vec<Finding> {
        let mut amounts: BTreeMap<&str, Sum> = BTreeMap::new();
        for row in rows {
            amounts.entry(&row.unit).or_default().0 += i128::from(row.on_hand.0);
        }
        let is_enough = amounts.values().any(|sum| sum.0 >= i128::from(self.limit));
        if is_enough {
            return Vec::new();
        }
        vec![Finding {
            key: fold_name(&self.part),
            part: self.part.clone(),
            lot: String::new(),
            expires: None,
            amounts: amounts.into_iter().map(|(unit, sum)| (unit.to_owned(), sum)).collect(),
        }]
    }
}

/// What is new of what was found, and what is to be remembered: of what is so no longer nothing, so that it is told again
/// when it comes back.
pub fn news<'f>(found: &'f [Finding], told: &str) -> (Vec<&'f Finding>, String) {
    let told: BTreeSet<&str> = told.lines().collect();
    let new = found.iter().filter(|finding| !told.contains(finding.key.as_str())).collect();
    let keys: Vec<&str> = found.iter().map(|finding| finding.key.as_str()).collect();
    (new, keys.join("\n"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::status::Status;

    fn row(part: &str, lot: &str, amount: i64, expires: Option<Date>) -> Stock {
        Stock {
            customer: None,
            part: part.into(),
            customer_part: None,
            description: String::new(),
            on_hand: Quantity(amount * 1_000_000),
            unit: "EA".into(),
            bin: "A".into(),
            lot: Some(lot.into()),
            expires,
            reference: None,
            order: None,
            status: Status::Available,
            received: None,
            moved: None,
        }
    }

    #[test]
    fn a_lot_that_nears_its_expiry_is_told_once_and_again_when_it_comes_back() {
        let today = date(2026, 11, 30);
        let watching = Watching::read(WatchKind::Expiry, "", "10").expect("a wish");
        let rows = [
            row("A-1", "L1", 5, Some(date(2026, 12, 10))),
            row("A-1", "L1", 7, Some(date(2026, 12, 10))),
            row("A-1", "L2", 1, Some(date(2026, 12, 11))),
            row("A-2", "L3", 1, Some(date(2026, 11, 29))),
            row("A-2", "L4", 1, None),
        ];
        let found = watching.found(&rows, today);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].lot.as_str(), found[0].amounts[0].1), ("L1", Sum(12_000_000)));
        let (new, told) = news(&found, "");
        assert_eq!(new.len(), 1);
        let (new, told) = news(&found, &told);
        assert_eq!((new.len(), told.lines().count()), (0, 1));
        let (_, told) = news(&[], &told);
        assert_eq!(news(&found, &told).0.len(), 1);
    }

    #[test]
    fn a_part_is_below_a_number_when_less_than_it_is_left_or_nothing() {
        let watching = Watching::read(WatchKind::Below, " a-1 ", "10").expect("a wish");
        let today = date(2026, 11, 30);
        let found = |rows: &[Stock]| watching.found(rows, today).len();
        assert_eq!(found(&[row("A-1", "L1", 4, None), row("A-1", "L2", 5, None), row("B", "L3", 50, None)]), 1);
        assert_eq!(found(&[row("A-1", "L1", 4, None), row("A-1", "L2", 6, None)]), 0);
        assert_eq!(found(&[]), 1);
    }

    #[test]
    fn wishes_are_checked() {
        assert_eq!(Watching::read(WatchKind::Below, " ", "1"), Err(WatchFault::Part));
        for limit in ["0", "-1", "", "x"] {
            assert_eq!(Watching::read(WatchKind::Below, "A", limit), Err(WatchFault::Limit), "{limit}");
            assert_eq!(Watching::read(WatchKind::Expiry, "A", limit), Err(WatchFault::Limit), "{limit}");
        }
    }

    #[test]
    fn mails_go_in_the_morning_and_weekly_ones_on_mondays() {
        let zone = TimeZone::get("America/Los_Angeles").expect("bundled zone");
        let shown = |at: Moment| at.display(&zone, "%a %d %H:%M");
        // A Monday, half past eight in the morning there.
        let now = Moment::parse("2026-11-30T16:30:00Z").expect("valid");
        assert_eq!(Mailing::Daily.next_at(now, &zone).map(shown), Some("Tue 01 07:00".into()));
        assert_eq!(Mailing::Weekly.next_at(now, &zone).map(shown), Some("Mon 07 07:00".into()));
        assert_eq!(Mailing::Off.next_at(now, &zone), None);
    }
}
