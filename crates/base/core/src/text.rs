//! Texts of strangers, made fit to be shown, compared and kept.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// A text without blanks around it, cut at so many characters, each control character replaced by one that shows.
pub fn readable(text: &str, chars_max: usize) -> String {
    let clean = |one: char| if one.is_control() { '\u{fffd}' } else { one };
    text.trim().chars().take(chars_max).map(clean).collect()
}

/// True for text that may come in from outside: the only control characters are tabs and line ends. A database may
/// refuse others, a zero byte above all, and nobody sees them on a page.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
}

/// A text as a page shows it: any run of blanks and line ends is one blank, and letters with marks are in one form.
pub fn as_shown(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in the one form in which letters with marks are compared: Unicode NFC.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// True for a text with characters that only look like others: wide digits, ligatures, blanks that do not break.
pub fn has_look_alikes(text: &str) -> bool {
    !text.is_ascii() && !text.nfc().eq(text.nfkc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_in_one_form() {
        assert_eq!(composed("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(as_shown("  a \u{a0}\n b "), "a b");
        assert!(has_look_alikes("\u{ff11}\u{ff12}") && has_look_alikes("A\u{a0}B") && has_look_alikes("\u{fb01}x"));
        assert!(!has_look_alikes("caf\u{e9}") && !has_look_alikes("\u{92c}\u{93f}\u{932} 12"));
    }
}
