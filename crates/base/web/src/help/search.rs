//! The search of `/help`: in which parts of which texts all words stand.
//!
//! Invariant: it reads only what its caller may read, and what it costs is bounded by the texts that came with the program.

use std::sync::LazyLock;

use super::documents::{Document, documents};
use crate::markdown::{self, Section};

/// Longest text that is searched for, in characters.
pub const TEXT_MAX: usize = 100;
/// Most words of it that count.
const WORDS_MAX: usize = 8;
/// Most places that are shown.
const FOUND_MAX: usize = 20;
/// How much is shown around the first word, in bytes before and after.
const AROUND_BYTES: usize = 90;

/// The documents that have one language, read once.
static READ: LazyLock<Vec<Vec<Section>>> =
    LazyLock::new(|| documents().iter().map(|document| markdown::sections(&document.text)).collect());

/// A place where all words stand.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub address: String,
    /// The title of its text.
    pub title: String,
    /// Its heading; the same as the title at the beginning of a text.
    pub heading: String,
    /// The language of the text.
    pub language: &'static str,
    /// What stands before the word, the word, and what stands after it.
    pub around: (String, String, String),
}

/// The places where all words of `asked` stand, the best first: in the title, in a heading, then wherever they stand.
/// Small and capital letters are the same.
pub fn search(asked: &str, guides: &[Document], may_read: impl Fn(&Document) -> bool) -> Vec<Found> {
    let asked: String = asked.chars().take(TEXT_MAX).collect::<String>().to_ascii_lowercase();
    let words: Vec<&str> = asked.split_whitespace().take(WORDS_MAX).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let of_guides: Vec<Vec<Section>> = guides.iter().map(|guide| markdown::sections(&guide.text)).collect();
    let texts = guides.iter().zip(&of_guides).chain(documents().iter().zip(READ.iter()));
    let mut found = Vec::new();
    for (document, sections) in texts.filter(|(document, _)| may_read(document)) {
        let title = document.title();
        for section in sections {
            if let Some(score) = score(&words, &title, section) {
                found.push((score, place(document, &title, section, words[0])));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().take(FOUND_MAX).map(|(_, found)| found).collect()
}

/// How well a part fits; `None` where a word is missing.
fn score(words: &[&str], title: &str, section: &Section) -> Option<usize> {
    let (title, heading) = (title.to_ascii_lowercase(), section.heading.text.to_ascii_lowercase());
    let text = section.text.to_ascii_lowercase();
    let of_word = |word: &&str| {
        let in_text = text.matches(word).take(5).count();
        let score = 20 * usize::from(heading.contains(word)) + in_text;
        // The title alone makes not every part of a text a place.
        let is_beginning = section.heading.level <= 1;
        (score > 0 || (is_beginning && title.contains(word))).then_some(score + 5 * usize::from(title.contains(word)))
    };
    words.iter().map(of_word).sum()
}

fn place(document: &Document, title: &str, section: &Section, word: &str) -> Found {
    let address = match section.heading.level {
        0 | 1 => document.address(),
        _ => format!("{}#{}", document.address(), section.heading.id),
    };
    let heading = if section.heading.text.is_empty() { title } else { &section.heading.text };
    Found {
        address,
        title: title.to_owned(),
        heading: heading.to_owned(),
        language: document.language,
        around: around(&section.text, word),
    }
}

/// The beginning of the text where the word stands in the heading alone.
fn around(text: &str, word: &str) -> (String, String, String) {
    // Letters of ASCII keep their length, so places are the same in both.
    let at = text.to_ascii_lowercase().find(word);
    let (from, to) = at.map_or((0, 0), |at| (at, at + word.len()));
    let begin = text.floor_char_boundary(from.saturating_sub(AROUND_BYTES));
    let end = text.ceil_char_boundary((to + AROUND_BYTES).min(text.len()));
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    (
        format!("{}{}", dots(begin > 0), &text[begin..from]),
        text[from..to].to_owned(),
        format!("{}{}", &text[to..end], dots(end < text.len())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help::documents::{Group, guides};

    #[test]
    fn all_words_are_found_where_they_stand_and_only_by_who_may_read_them() {
        let guides = guides("en");
        let everything = search("SESSION_SECRET rotate", &guides, |_| true);
        assert!(everything.iter().any(|found| found.address == "/help/running#secrets"), "{everything:?}");
        let staff = search("SESSION_SECRET rotate", &guides, |document| document.group != Group::Administrators);
        assert!(!staff.iter().any(|found| found.address.starts_with("/help/running")), "{staff:?}");
        let bills = search("create a BILL", &guides, |_| true);
        assert_eq!(bills[0].address, "/help/biller#bills", "{bills:?}");
        assert!(bills.len() <= FOUND_MAX);
        assert_eq!(search("  ", &guides, |_| true), []);
        assert_eq!(search("nosuchwordanywhere", &guides, |_| true), []);
    }

    #[test]
    fn what_is_shown_of_a_text_is_cut_between_letters() {
        let hindi = "गाइड ".repeat(100);
        let (before, word, after) = around(&format!("{hindi}Bag{hindi}"), "bag");
        assert!(before.starts_with('…') && after.ends_with('…') && word == "Bag", "{before}{word}{after}");
        assert_eq!(around("short", "none"), (String::new(), String::new(), "short".to_owned()));
    }
}
