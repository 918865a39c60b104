//! Figures by the quarter of an hour, as one text.

use base_core::time::Moment;

/// Reads `quarter+n,quarter+n,…`: the beginning of each quarter of an hour in microseconds, and how many fell into it.
/// Each number is the sum of both, because a quarter has more microseconds than anything counted in it. Thousands of
/// quarters are read as one text in one row, because a row costs 25 µs to read, whatever it contains. The database
/// cannot add up days, because the time zone decides which day a quarter belongs to.
pub fn read_quarters(text: Option<String>) -> Vec<(Moment, i64)> {
    let text = text.unwrap_or_default();
    let sums = text.split(',').filter_map(|sum| sum.parse().ok().map(Moment));
    let mut quarters: Vec<(Moment, i64)> = sums.map(|sum| (sum.quarter(), sum.0 - sum.quarter().0)).collect();
    quarters.sort_unstable();
    quarters
}

#[cfg(test)]
mod tests {
    use base_core::time::QUARTER_US;

    use super::*;

    #[test]
    fn quarters_come_back_in_their_order() {
        let read = read_quarters(Some("1789999200000007,1789998300000035".into()));
        assert_eq!(read, [(Moment(1_988_887 * QUARTER_US), 35), (Moment(1_988_888 * QUARTER_US), 7)]);
        assert_eq!(read_quarters(None), []);
    }
}
