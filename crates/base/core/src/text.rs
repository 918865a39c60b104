//! Texts of strangers, made fit to be shown and kept.

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
