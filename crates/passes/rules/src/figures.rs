//! The numbers of an event: what was sold, what was taken and who is in.

use crate::pass::{PassKind, PaymentMode};

/// Sums over the passes of an event, as the database adds them up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Passes that were not cancelled, for one person.
    pub single: i64,
    /// The same, for two.
    pub couple: i64,
    /// What was taken in cash, in rupees, after refunds.
    pub cash: i64,
    /// What was taken otherwise, in rupees, after refunds.
    pub online: i64,
    /// Passes with which somebody got in.
    pub scanned: i64,
    /// Passes that were cancelled.
    pub cancelled: i64,
    /// What was given back, in rupees.
    pub refunded: i64,
    /// People who are inside.
    pub inside: i64,
    /// People who got in.
    pub people_in: i64,
}

/// What was sold of one kind with one way of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoldOf {
    /// The kind.
    pub kind: PassKind,
    /// The way of payment.
    pub mode: PaymentMode,
    /// Passes, those that were cancelled included.
    pub passes: i64,
    /// What they cost together, in rupees.
    pub amount: i64,
    /// Of them, passes that were cancelled.
    pub cancelled: i64,
    /// What was given back, in rupees.
    pub refunded: i64,
}

impl SoldOf {
    /// Passes that were not cancelled.
    pub fn valid(&self) -> i64 {
        self.passes - self.cancelled
    }

    /// What was taken, after refunds.
    pub fn taken(&self) -> i64 {
        self.amount - self.refunded
    }
}

impl Sums {
    /// The sums of what was sold. Who got in is not known by it.
    pub fn of_sales(sold: &[SoldOf]) -> Self {
        let mut sums = Self::default();
        for row in sold {
            match row.kind {
                PassKind::Single => sums.single += row.valid(),
                PassKind::Couple => sums.couple += row.valid(),
            }
            match row.mode {
                PaymentMode::Cash => sums.cash += row.taken(),
                PaymentMode::Online => sums.online += row.taken(),
            }
            sums.cancelled += row.cancelled;
            sums.refunded += row.refunded;
        }
        sums
    }

    /// Passes that were not cancelled.
    pub fn total(&self) -> i64 {
        self.single + self.couple
    }

    /// What was taken.
    pub fn revenue(&self) -> i64 {
        self.cash + self.online
    }

    /// Passes that nobody has used.
    pub fn unscanned(&self) -> i64 {
        self.total() - self.scanned
    }

    /// What a pass brought, in hundredths of a rupee, rounded; zero without passes.
    pub fn average_paise(&self) -> i64 {
        rounded(self.revenue() * 100, self.total())
    }

    /// The share of passes that were used, in tenths of a percent, rounded; zero without passes.
    pub fn scan_rate_permille(&self) -> i64 {
        rounded(self.scanned * 1000, self.total())
    }
}

fn rounded(n: i64, of: i64) -> i64 {
    if of <= 0 { 0 } else { (2 * n + of).div_euclid(2 * of) }
}

/// A number of hundredths as text, such as `662.33`.
pub fn hundredths(n: i64) -> String {
    format!("{}.{:02}", n.div_euclid(100), n.rem_euclid(100))
}

/// A number of tenths as text, such as `40.0`.
pub fn tenths(n: i64) -> String {
    format!("{}.{}", n.div_euclid(10), n.rem_euclid(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_from_the_sums_and_are_zero_without_passes() {
        let sums = Sums { single: 200, couple: 100, cash: 100_000, online: 98_700, scanned: 120, ..Sums::default() };
        assert_eq!((sums.total(), sums.revenue(), sums.unscanned()), (300, 198_700, 180));
        assert_eq!(hundredths(sums.average_paise()), "662.33");
        assert_eq!(tenths(sums.scan_rate_permille()), "40.0");
        let none = Sums::default();
        assert_eq!(
            (hundredths(none.average_paise()), tenths(none.scan_rate_permille())),
            ("0.00".into(), "0.0".into())
        );
    }
}
