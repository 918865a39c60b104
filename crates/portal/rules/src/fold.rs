//! How texts are compared where their case does not count.
//!
//! Invariant: the browser's `toLowerCase` gives the same text, so that a search finds the same rows on both sides.

use std::cmp::Ordering;

/// A text without its case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// A name without its case and without blanks at its end: so SQL Server compares names unless it is told otherwise.
pub fn fold_name(name: &str) -> String {
    fold(name.trim_end())
}

/// The order of two texts regardless of their case.
pub fn compare(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one
            .bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    fold(one).cmp(&fold(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_sql_server_does() {
        assert_eq!(fold_name("Acme Foods  "), fold_name("ACME foods"));
        assert_ne!(fold_name(" Acme"), fold_name("Acme"));
    }

    #[test]
    fn order_does_not_look_at_the_case() {
        assert_eq!(compare("abc", "ABC"), Ordering::Equal);
        assert_eq!(compare("Äpfel", "äpfel"), Ordering::Equal);
        assert_eq!(compare("a", "B"), Ordering::Less);
    }
}
