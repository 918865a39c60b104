//! Numbers and dates as a customer reads them. A search finds what is shown, so it is part of a search.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;

/// Decimals of a quantity that are shown.
const DECIMALS_SHOWN: u32 = 2;

/// The order of the parts of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// `11/30/2026`, as the earlier portal wrote.
    #[default]
    MonthDayYear,
    /// `30/11/2026`.
    DayMonthYear,
    /// `30.11.2026`.
    DayMonthYearDots,
    /// `2026-11-30`.
    YearMonthDay,
}

/// How a number is grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// `1,234,567.50`, as the earlier portal wrote.
    #[default]
    CommaPoint,
    /// `1.234.567,50`.
    PointComma,
    /// `12,34,567.50`.
    Indian,
}

/// How a customer reads numbers and dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Format {
    /// For dates.
    pub dates: DateFormat,
    /// For quantities.
    pub numbers: NumberFormat,
}

impl Format {
    /// A day.
    pub fn date(self, day: Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        match self.dates {
            DateFormat::MonthDayYear => format!("{month:02}/{day:02}/{year:04}"),
            DateFormat::DayMonthYear => format!("{day:02}/{month:02}/{year:04}"),
            DateFormat::DayMonthYearDots => format!("{day:02}.{month:02}.{year:04}"),
            DateFormat::YearMonthDay => format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// A quantity with two decimals, rounded half away from zero.
    pub fn quantity(self, quantity: Quantity) -> String {
        let step = 10_u64.pow(6 - DECIMALS_SHOWN);
        let hundredths = (quantity.0.unsigned_abs() + step / 2) / step;
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        let sign = if quantity.0 < 0 && hundredths > 0 { "-" } else { "" };
        let (separator, point, wide) = match self.numbers {
            NumberFormat::CommaPoint => (',', '.', 3),
            NumberFormat::PointComma => ('.', ',', 3),
            NumberFormat::Indian => (',', '.', 2),
        };
        format!("{sign}{}{point}{rest:02}", grouped(whole, separator, wide))
    }
}

/// Groups digits: the last three, and before them as many as `wide` in each group.
fn grouped(number: u64, separator: char, wide: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left >= 3 && (left - 3).is_multiple_of(wide) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_customer_reads_numbers_their_own_way() {
        let quantity = Quantity::parse("1234567.495").expect("a number");
        let of = |numbers| Format { numbers, ..Format::default() }.quantity(quantity);
        assert_eq!(of(NumberFormat::CommaPoint), "1,234,567.50");
        assert_eq!(of(NumberFormat::PointComma), "1.234.567,50");
        assert_eq!(of(NumberFormat::Indian), "12,34,567.50");
        let small = |micros| Format::default().quantity(Quantity(micros));
        assert_eq!([small(0), small(-1), small(-5_000), small(999_995_000)], ["0.00", "0.00", "-0.01", "1,000.00"]);
    }

    #[test]
    fn each_customer_reads_dates_their_own_way() {
        let of = |dates| Format { dates, ..Format::default() }.date(date(2026, 3, 9));
        assert_eq!(of(DateFormat::MonthDayYear), "03/09/2026");
        assert_eq!(of(DateFormat::DayMonthYear), "09/03/2026");
        assert_eq!(of(DateFormat::DayMonthYearDots), "09.03.2026");
        assert_eq!(of(DateFormat::YearMonthDay), "2026-03-09");
    }
}
