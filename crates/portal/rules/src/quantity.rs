//! Quantities, exact to a millionth of a unit.
//!
//! Invariant: what is added up is exact. A number that does not fit is refused, never rounded away or cut.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Decimals that are kept.
const DECIMALS: usize = 6;
/// Parts of one unit.
pub const MICROS: i128 = 1_000_000;
/// Most digits before the point.
const WHOLE_DIGITS_MAX: usize = 12;

/// An amount in millionths of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(pub i64);

/// A text that is no quantity.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a number with up to {WHOLE_DIGITS_MAX} digits before the point")]
pub struct NotAQuantity;

impl Quantity {
    /// Reads a plain decimal number such as `12.5`, `-3` or `.25`. Further decimals than six are rounded, half away from
    /// zero.
    pub fn parse(text: &str) -> Result<Self, NotAQuantity> {
        let text = text.trim();
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let whole = whole.trim_start_matches('0');
        let has_digits = digits.bytes().any(|byte| byte.is_ascii_digit());
        if !has_digits || !is_number(whole) || !is_number(decimals) || whole.len() > WHOLE_DIGITS_MAX {
            return Err(NotAQuantity);
        }
        let mut micros: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| NotAQuantity)? };
        let mut kept = decimals.bytes();
        for _ in 0..DECIMALS {
            micros = micros * 10 + kept.next().map_or(0, |digit| i64::from(digit - b'0'));
        }
        if kept.next().is_some_and(|digit| digit >= b'5') {
            micros += 1;
        }
        Ok(Self(if is_negative { -micros } else { micros }))
    }
}

impl fmt::Display for Quantity {
    /// With as many decimals as it needs, and a point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_micros(f, i128::from(self.0))
    }
}

/// Writes millionths as a plain number.
pub(crate) fn write_micros(f: &mut impl fmt::Write, micros: i128) -> fmt::Result {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let (whole, rest) = (micros / MICROS.unsigned_abs(), micros % MICROS.unsigned_abs());
    write!(f, "{sign}{whole}")?;
    if rest == 0 {
        return Ok(());
    }
    let decimals = format!("{rest:06}");
    write!(f, ".{}", decimals.trim_end_matches('0'))
}
