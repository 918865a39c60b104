//! The mails about stock: a view that was asked for, and what was looked out for.
//!
//! Invariant: a mail with stock is private: it is copied to nobody, and nothing of it is kept once it is sent.

use std::sync::LazyLock;

use askama::Template;
use base_core::mail::{Attachment, Content};
use base_mail::render;
use base_mail::words::{Locale, Texts, Words};
use base_records::mail::NewMail;

/// The texts of this wing's mails.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "portal", text: include_str!("../locales/en/portal.ftl") },
    Locale { lang: "hi", wing: "portal", text: include_str!("../locales/hi/portal.ftl") },
];

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of(LOCALES));

/// The words of this wing's mails in a language.
pub(crate) fn words(locale: &str) -> Words<'static> {
    TEXTS.words(locale)
}

/// One thing that a mail tells, and how it is stopped.
pub(crate) struct Part {
    /// What it is about.
    pub(crate) intro: String,
    /// What is told.
    pub(crate) lines: Vec<String>,
    /// Where it is stopped.
    pub(crate) stop: String,
}

/// What a mail says.
pub(crate) struct Letter {
    /// The parts.
    pub(crate) parts: Vec<Part>,
    /// Where the stock is.
    pub(crate) open: String,
}

#[derive(Template)]
#[template(path = "stock.html")]
struct Html<'l> {
    words: Words<'static>,
    subject: &'l str,
    letter: &'l Letter,
}

#[derive(Template)]
#[template(path = "stock.txt")]
struct Text<'l> {
    words: Words<'static>,
    subject: &'l str,
    letter: &'l Letter,
}

/// The mail.
pub(crate) fn mail(
    kind: &'static str,
    (email, locale): (&str, &str),
    subject: String,
    letter: &Letter,
    attachments: Vec<Attachment>,
) -> NewMail {
    let words = words(locale);
    let text = render(&Text { words, subject: &subject, letter });
    let html = render(&Html { words, subject: &subject, letter });
    NewMail { is_private: true, attachments, ..NewMail::new(kind, email, Content { subject, text, html }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys_each_once_and_no_line_that_cannot_be_read() {
        assert_eq!(TEXTS.faults(), [""; 0]);
    }

    #[test]
    fn a_mail_says_what_was_found_and_how_it_is_stopped_and_goes_to_nobody_else() {
        let part = Part {
            intro: "These lots <expire>".into(),
            lines: vec!["A-1 & B".into()],
            stop: "https://site.example/portal/stop/watch/1/x".into(),
        };
        let letter = Letter { parts: vec![part], open: "https://site.example/inventory".into() };
        let mail = mail("stock_watch", ("ana@acme.example", "en"), "Acme: look".into(), &letter, Vec::new());
        assert!(mail.is_private);
        assert!(mail.content.html.contains("These lots &#60;expire&#62;"), "{}", mail.content.html);
        for said in ["- A-1 & B", "Stop this mail: https://site.example/portal/stop/watch/1/x", "Open your stock: "] {
            assert!(mail.content.text.contains(said), "{}", mail.content.text);
        }
    }
}
