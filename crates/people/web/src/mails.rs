//! The mails of this wing: one frame for all of them, with the words of each.
//!
//! Invariant: a mail with a password or a link is private: it is copied to nobody, and nothing of it is kept once it is sent.

use std::sync::LazyLock;

use askama::Template;
use base_core::mail::Content;
use base_mail::render;
use base_mail::words::{Locale, Texts, Words};
use base_records::mail::NewMail;

/// The texts of this wing's mails.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "people", text: include_str!("../mails/locales/en/people.ftl") },
    Locale { lang: "hi", wing: "people", text: include_str!("../mails/locales/hi/people.ftl") },
];

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of(LOCALES));

/// To whom a mail goes.
#[derive(Clone, Copy, Debug)]
pub struct To<'t> {
    /// The address.
    pub email: &'t str,
    /// What the person is called.
    pub called: &'t str,
    /// The language they read.
    pub locale: &'t str,
}

/// What a mail says.
struct Letter<'l> {
    called: &'l str,
    paragraphs: Vec<String>,
    /// A password; empty where there is none.
    secret: &'l str,
    /// The words of a link, and where it leads.
    link: Option<(String, &'l str)>,
}

#[derive(Template)]
#[template(path = "mails/letter.html")]
struct Html<'l> {
    words: Words<'static>,
    subject: &'l str,
    letter: &'l Letter<'l>,
}

#[derive(Template)]
#[template(path = "mails/letter.txt")]
struct Text<'l> {
    words: Words<'static>,
    subject: &'l str,
    letter: &'l Letter<'l>,
}

fn mail(kind: &'static str, to: To<'_>, subject: &str, letter: &Letter<'_>) -> NewMail {
    let words = TEXTS.words(to.locale);
    let subject = words.text(subject, &[]);
    let text = render(&Text { words, subject: &subject, letter });
    let html = render(&Html { words, subject: &subject, letter });
    NewMail { is_private: true, ..NewMail::new(kind, to.email, Content { subject, text, html }) }
}

/// A temporary password.
#[derive(Clone, Copy, Debug)]
pub struct Temporary<'t> {
    /// The password.
    pub password: &'t str,
    /// Until when it opens, in words.
    pub until: &'t str,
}

/// Somebody has an account: with a temporary password, or one of their own where they registered.
pub fn welcome(to: To<'_>, username: &str, temporary: Option<Temporary<'_>>, sign_in: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let mut paragraphs = vec![words.text("welcome-intro", &[("username", username)])];
    paragraphs.push(match temporary {
        Some(temporary) => words.text("welcome-temporary", &[("until", temporary.until)]),
        None => words.text("welcome-registered", &[]),
    });
    let secret = temporary.map(|temporary| temporary.password).unwrap_or_default();
    let link = Some((words.text("welcome-open", &[]), sign_in));
    mail("welcome", to, "welcome-subject", &Letter { called: to.called, paragraphs, secret, link })
}

/// An admin gave somebody a temporary password.
pub fn temporary(to: To<'_>, temporary: Temporary<'_>, sign_in: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let paragraphs =
        vec![words.text("temporary-intro", &[("until", temporary.until)]), words.text("temporary-signed-out", &[])];
    let link = Some((words.text("welcome-open", &[]), sign_in));
    let letter = Letter { called: to.called, paragraphs, secret: temporary.password, link };
    mail("temporary_password", to, "temporary-subject", &letter)
}

/// A link by which somebody sets a new password.
pub fn reset(to: To<'_>, username: &str, minutes: i64, link: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let paragraphs = vec![
        words.text("reset-intro", &[("username", username), ("minutes", &minutes.to_string())]),
        words.text("reset-not-you", &[]),
        words.text("reset-factor", &[]),
    ];
    let link = Some((words.text("reset-open", &[]), link));
    mail("password_reset", to, "reset-subject", &Letter { called: to.called, paragraphs, secret: "", link })
}

/// A request was decided.
pub fn promotion(to: To<'_>, is_approved: bool, notes: &str, link: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let decided = if is_approved { "promotion-approved" } else { "promotion-rejected" };
    let mut paragraphs = vec![words.text(decided, &[])];
    if !notes.is_empty() {
        paragraphs.push(words.text("promotion-words", &[("words", notes)]));
    }
    let link = Some((words.text("promotion-open", &[]), link));
    mail("promotion_decided", to, "promotion-subject", &Letter { called: to.called, paragraphs, secret: "", link })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(locale: &str) -> To<'_> {
        To { email: "asha@example.com", called: "Asha <b>Rao</b>", locale }
    }

    fn all(locale: &str) -> String {
        let temporary_password = Temporary { password: "kT7w-9PqR-x3Zn-Lm4v", until: "23/11/26 18:00" };
        let sign_in = "https://site.example/login";
        let mails = [
            welcome(to(locale), "asha", Some(temporary_password), sign_in),
            welcome(to(locale), "asha", None, sign_in),
            temporary(to(locale), temporary_password, sign_in),
            reset(to(locale), "asha", 60, "https://site.example/reset/abc"),
            promotion(to(locale), true, "", "https://site.example/promotion"),
            promotion(to(locale), false, "Not & yet", "https://site.example/promotion"),
        ];
        let shown = |mail: &NewMail| {
            assert!(mail.is_private);
            assert!(!mail.content.html.contains("<b>"), "{}", mail.content.html);
            format!("{}\n\n{}\n\n{}", mail.content.subject, mail.content.text, mail.content.html)
        };
        mails.iter().map(shown).collect::<Vec<_>>().join("\n=====\n")
    }

    #[test]
    fn every_mail_reads_well_in_english() {
        insta::assert_snapshot!(all("en"));
    }

    #[test]
    fn every_mail_reads_well_in_hindi() {
        insta::assert_snapshot!(all("hi"));
    }

    #[test]
    fn every_language_has_the_same_keys_each_once_and_no_line_that_cannot_be_read() {
        assert_eq!(TEXTS.faults(), [""; 0]);
    }
}
