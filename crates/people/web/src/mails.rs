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

/// Somebody wanted to register with an e-mail that belongs to an account.
pub fn known_email(to: To<'_>, username: &str, sign_in: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let paragraphs =
        vec![words.text("known-email-intro", &[("username", username)]), words.text("known-email-not-you", &[])];
    let link = Some((words.text("welcome-open", &[]), sign_in));
    mail("known_email", to, "known-email-subject", &Letter { called: to.called, paragraphs, secret: "", link })
}

/// A sign-in, as its person is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// When, in words.
    pub at: &'p str,
    /// From which address.
    pub address: &'p str,
    /// Browser and system.
    pub agent: &'p str,
}

/// Somebody signed in on a device on which they had not signed in before.
pub fn new_place(to: To<'_>, place: Place<'_>, sessions: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let Place { at, address, agent } = place;
    let paragraphs = vec![
        words.text("new-place-intro", &[("at", at), ("agent", agent), ("address", address)]),
        words.text("new-place-not-you", &[]),
    ];
    let link = Some((words.text("new-place-open", &[]), sessions));
    mail("new_place", to, "new-place-subject", &Letter { called: to.called, paragraphs, secret: "", link })
}

/// What became of somebody's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// It is asked for from now on.
    On,
    /// They switched it off.
    Off,
    /// Somebody else switched it off.
    OffByOther,
    /// There are new recovery codes.
    Codes,
    /// There is a passkey more.
    PasskeyAdded,
    /// There is a passkey less.
    PasskeyRemoved,
}

/// Somebody's second factor is another one.
pub fn second_factor(to: To<'_>, factor: Factor, at: &str, page: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let said = match factor {
        Factor::On => "factor-on",
        Factor::Off => "factor-off",
        Factor::OffByOther => "factor-off-by-other",
        Factor::Codes => "factor-codes",
        Factor::PasskeyAdded => "factor-passkey-added",
        Factor::PasskeyRemoved => "factor-passkey-removed",
    };
    let paragraphs = vec![words.text(said, &[("at", at)]), words.text("factor-not-you", &[])];
    let link = Some((words.text("factor-open", &[]), page));
    mail("second_factor", to, "factor-subject", &Letter { called: to.called, paragraphs, secret: "", link })
}

/// Too many wrong passwords have locked somebody's account.
pub fn locked(to: To<'_>, until: &str, forgot: &str) -> NewMail {
    let words = TEXTS.words(to.locale);
    let paragraphs = vec![words.text("locked-intro", &[("until", until)]), words.text("locked-not-you", &[])];
    let link = Some((words.text("reset-open", &[]), forgot));
    mail("account_locked", to, "locked-subject", &Letter { called: to.called, paragraphs, secret: "", link })
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
        let place = Place { at: "23/11/26 18:00", address: "203.0.113.5", agent: "Firefox, <Linux>" };
        let factor = "https://site.example/profile/second-factor";
        let mails = [
            welcome(to(locale), "asha", Some(temporary_password), sign_in),
            welcome(to(locale), "asha", None, sign_in),
            temporary(to(locale), temporary_password, sign_in),
            reset(to(locale), "asha", 60, "https://site.example/reset/abc"),
            promotion(to(locale), true, "", "https://site.example/promotion"),
            known_email(to(locale), "asha", sign_in),
            new_place(to(locale), place, "https://site.example/profile/sessions"),
            second_factor(to(locale), Factor::On, place.at, factor),
            second_factor(to(locale), Factor::Off, place.at, factor),
            second_factor(to(locale), Factor::OffByOther, place.at, factor),
            second_factor(to(locale), Factor::Codes, place.at, factor),
            second_factor(to(locale), Factor::PasskeyAdded, place.at, factor),
            second_factor(to(locale), Factor::PasskeyRemoved, place.at, factor),
            locked(to(locale), "23/11/26 18:30", "https://site.example/forgot"),
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
