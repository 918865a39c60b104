//! What a table consists of when it is written: columns of a kind, and typed cells.
//!
//! A code stays text in every format, even when it looks like a number (`00123`, `12E4`).

use std::borrow::Cow;
use std::fmt;

use base_core::number::{grouped, grouped_kilograms};
use jiff::civil::{Date, DateTime};

/// Beyond this, a spreadsheet cannot represent every whole number.
pub(crate) const EXACT_INT_MAX: u64 = 1 << 53;

/// What a column contains: decides how it is aligned and formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Codes, names, words.
    Text,
    /// Whole numbers.
    Int,
    /// Weights, in kilograms.
    Kilograms,
    /// Shares in whole percent.
    Percent,
    /// Date and time, in the time zone of the site.
    Time,
    /// Amounts with decimals.
    Decimal,
    /// Days.
    Date,
}

impl Kind {
    /// True for what is aligned to the right, digit under digit.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Kilograms | Self::Percent | Self::Decimal)
    }

    /// True for what may be added up at the foot of a table.
    pub fn adds_up(self) -> bool {
        matches!(self, Self::Int | Self::Kilograms)
    }
}

/// A column of a table that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: Cow<'static, str>,
    /// What it contains.
    pub kind: Kind,
    /// Its width in characters; the writers take at most 50.
    pub width: u8,
}

impl Column {
    /// Widest column that is written, in characters.
    pub const WIDTH_MAX: u8 = 50;

    /// A column.
    pub fn new(title: impl Into<Cow<'static, str>>, kind: Kind, width: u8) -> Self {
        Self { title: title.into(), kind, width }
    }
}

/// One cell of a table that is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    #[default]
    Empty,
    /// Text, always written as text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A weight in kilograms; written with up to three decimals.
    Kilograms(f64),
    /// A share in whole percent, rounded by whoever made it.
    Percent(i64),
    /// Date and time, already in the time zone of the site; shown as `DD/MM/YY HH:MM`.
    Time(DateTime),
    /// An amount in millionths, so that what CSV says is exact.
    Decimal(i64),
    /// A day. A workbook shows it as its reader's system does, CSV as `YYYY-MM-DD`.
    Date(Date),
}

impl<'a> Cell<'a> {
    /// A cell of text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A cell of text, or nothing.
    pub fn maybe(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// The same cell with owned text.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Int(number) => Cell::Int(number),
            Self::Kilograms(weight) => Cell::Kilograms(weight),
            Self::Percent(share) => Cell::Percent(share),
            Self::Time(time) => Cell::Time(time),
            Self::Decimal(micros) => Cell::Decimal(micros),
            Self::Date(day) => Cell::Date(day),
        }
    }

    /// As people read it on pages and on paper: figures with grouped thousands and a true minus.
    pub fn shown(&self) -> String {
        match self {
            Self::Int(number) => grouped(*number),
            Self::Kilograms(weight) => grouped_kilograms(*weight),
            Self::Percent(share) => format!("{}%", grouped(*share)),
            Self::Empty | Self::Text(_) | Self::Time(_) | Self::Decimal(_) | Self::Date(_) => self.to_string(),
        }
    }
}

/// As it stands in CSV: figures without grouping, with a plain minus, without a unit.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Int(number) | Self::Percent(number) => write!(out, "{number}"),
            Self::Kilograms(weight) if weight.is_finite() => {
                let text = format!("{weight:.3}");
                let text = text.trim_end_matches('0').trim_end_matches('.');
                out.write_str(if text == "-0" { "0" } else { text })
            }
            Self::Empty | Self::Kilograms(_) => Ok(()),
            Self::Time(time) => write!(out, "{}", time.strftime("%d/%m/%y %H:%M")),
            Self::Decimal(micros) => write_millionths(out, *micros),
            Self::Date(day) => write!(out, "{day}"),
        }
    }
}

/// Writes millionths as a plain number with as many decimals as it needs.
fn write_millionths(out: &mut fmt::Formatter<'_>, micros: i64) -> fmt::Result {
    let (sign, size) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
    write!(out, "{sign}{}", size / 1_000_000)?;
    let rest = size % 1_000_000;
    if rest == 0 { Ok(()) } else { write!(out, ".{}", format!("{rest:06}").trim_end_matches('0')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_in_csv_without_grouping_and_for_people_with_it() {
        let time = jiff::civil::date(2026, 11, 5).at(7, 3, 59, 0);
        let shown = [
            Cell::Empty,
            Cell::text("00123"),
            Cell::Int(-1_234_567),
            Cell::Kilograms(30.0),
            Cell::Kilograms(12.345_6),
            Cell::Kilograms(-0.000_1),
            Cell::Kilograms(f64::NAN),
            Cell::Percent(67),
            Cell::Time(time),
            Cell::Decimal(-12_500_000),
            Cell::Date(time.date()),
        ];
        let plain = ["", "00123", "-1234567", "30", "12.346", "0", "", "67", "05/11/26 07:03", "-12.5", "2026-11-05"];
        assert_eq!(shown.each_ref().map(ToString::to_string), plain);
        let read = ["", "00123", "−12,34,567", "30", "12.346", "0", "", "67%", "05/11/26 07:03", "-12.5", "2026-11-05"];
        assert_eq!(shown.each_ref().map(Cell::shown), read);
    }
}
