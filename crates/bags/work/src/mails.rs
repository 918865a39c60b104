//! The mails that this wing writes: one file for each kind, with its subject, its text and its HTML.
//!
//! Invariant: what people typed is escaped in HTML, and a list that is cut says so.

mod eod_report;
mod new_bill;

use std::sync::LazyLock;

use base_mail::words::{Locale, Texts, Words};
pub use eod_report::{EOD_BILLS_MAX, EodBill, EodReport};
pub use new_bill::NewBill;

/// The texts of this wing's mails.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "bags", text: include_str!("../locales/en/bags.ftl") },
    Locale { lang: "hi", wing: "bags", text: include_str!("../locales/hi/bags.ftl") },
];

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of(LOCALES));

/// The words of this wing's mails in a language.
fn words(locale: &str) -> Words<'static> {
    TEXTS.words(locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys_each_once_and_no_line_that_cannot_be_read() {
        assert_eq!(TEXTS.faults(), [""; 0]);
    }

    #[test]
    fn every_word_is_used_somewhere() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        let mut used = String::new();
        for place in ["templates", "src/mails"] {
            for file in std::fs::read_dir(format!("{folder}{place}")).expect("a folder").filter_map(Result::ok) {
                used += &std::fs::read_to_string(file.path()).unwrap_or_default();
            }
        }
        for key in LOCALES[0].keys() {
            // The status of a bill is appended to its prefix.
            let wanted = if key.starts_with("status-") { "status-{}".to_owned() } else { format!("\"{key}\"") };
            assert!(used.contains(&wanted), "nothing uses {key}");
        }
    }
}
