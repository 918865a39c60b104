//! How people read figures: one minus sign, one way to group thousands, shares rounded one way.

/// The minus of pages and paper, as wide as a plus. Files of data have `-`.
pub const MINUS: char = '−';

/// `1234567` is `12,34,567`: thousands, then lakhs and crores.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 6);
    if n < 0 {
        out.push(MINUS);
    }
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && (left == 3 || (left > 3 && left % 2 == 1)) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Kilograms with up to three decimals; nothing for what is no number.
pub fn grouped_kilograms(weight: f64) -> String {
    /// Beyond this a weight has no decimals that mean anything.
    const GRAMS_MAX: f64 = 9.0e15;
    if !weight.is_finite() {
        return String::new();
    }
    let grams = (weight * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
    let grams = grams.clamp(-GRAMS_MAX, GRAMS_MAX) as i64;
    let sign = if grams < 0 { MINUS.to_string() } else { String::new() };
    let grams = grams.abs();
    let decimals = format!("{:03}", grams % 1000);
    let decimals = decimals.trim_end_matches('0');
    let dot = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{decimals}", grouped(grams / 1000))
}

/// A part of a whole in whole percent, rounded to the nearest. Only all of it is 100, and only nothing of it is 0.
pub fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 || part <= 0 {
        return 0;
    }
    let exact = i128::from(part) * 100;
    let rounded = (exact * 2 + i128::from(whole)) / (i128::from(whole) * 2);
    let rounded = i64::try_from(rounded).unwrap_or(i64::MAX);
    if part < whole { rounded.clamp(1, 99) } else { rounded.max(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_the_indian_way_with_a_true_minus() {
        let known = [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "1,23,456"), (-12_345_678, "−1,23,45,678")];
        for (n, text) in known {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(grouped(i64::MIN), "−92,23,37,20,36,85,47,75,808");
    }

    #[test]
    fn kilograms_have_as_many_decimals_as_they_need() {
        let known = [(30.0, "30"), (1234.5, "1,234.5"), (-0.000_1, "0"), (-1500.25, "−1,500.25"), (0.125, "0.125")];
        for (weight, text) in known {
            assert_eq!(grouped_kilograms(weight), text);
        }
        assert_eq!([f64::NAN, f64::INFINITY].map(grouped_kilograms), ["", ""]);
        assert!(!grouped_kilograms(f64::MAX).is_empty());
    }

    #[test]
    fn percentages_are_rounded_and_100_means_all() {
        let known =
            [(0, 5, 0), (1, 3, 33), (2, 3, 67), (1, 1000, 1), (999, 1000, 99), (3, 3, 100), (4, 3, 133), (5, 0, 0)];
        for (part, whole, share) in known {
            assert_eq!(percent(part, whole), share, "{part} of {whole}");
        }
    }
}
