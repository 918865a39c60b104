//! The mails that this wing writes.
//!
//! Invariant: what people typed is escaped in HTML. A mail with a pass is private: nobody gets a copy of a code.

mod pass;

use std::sync::LazyLock;

use base_mail::words::{Locale, Texts, Words};
pub use pass::PassMail;

/// The texts of this wing's mails.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "passes", text: include_str!("../locales/en/passes.ftl") },
    Locale { lang: "hi", wing: "passes", text: include_str!("../locales/hi/passes.ftl") },
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
}
