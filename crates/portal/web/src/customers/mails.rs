//! The mails that take a password to a customer.
//!
//! Invariant: they are private: copied to nobody, and nothing of them is kept once they are sent.

use std::sync::LazyLock;

use askama::Template;
use base_core::mail::Content;
use base_mail::render;
use base_mail::words::{Locale, Texts, Words};
use base_records::mail::NewMail;

const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "portal", text: include_str!("../../mails/locales/en/portal.ftl") },
    Locale { lang: "hi", wing: "portal", text: include_str!("../../mails/locales/hi/portal.ftl") },
];

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of(LOCALES));

/// The colour of the head where the site has none of its own.
const COLOUR: [u8; 3] = [0x2d, 0x50, 0x16];

/// What such a mail says.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'l> {
    /// What customers call the site.
    pub site: &'l str,
    /// Its colour.
    pub colour: Option<[u8; 3]>,
    /// To whom.
    pub email: &'l str,
    /// What the customer is called.
    pub called: &'l str,
    /// The language that the customer reads.
    pub locale: &'l str,
    /// The password.
    pub password: &'l str,
    /// Until when it opens, in words.
    pub until: &'l str,
    /// Where to sign in.
    pub link: &'l str,
}

#[derive(Template)]
#[template(path = "mails/password.html")]
struct Html<'l> {
    words: Words<'static>,
    subject: &'l str,
    intro: &'l str,
    colour: String,
    letter: &'l Letter<'l>,
}

#[derive(Template)]
#[template(path = "mails/password.txt")]
struct Text<'l> {
    words: Words<'static>,
    subject: &'l str,
    intro: &'l str,
    letter: &'l Letter<'l>,
}

fn mail(kind: &'static str, letter: &Letter<'_>, [subject, intro]: [&str; 2]) -> NewMail {
    let words = TEXTS.words(letter.locale);
    let values = [("site", letter.site), ("until", letter.until)];
    let (subject, intro) = (words.text(subject, &values), words.text(intro, &values));
    let [red, green, blue] = letter.colour.unwrap_or(COLOUR);
    let colour = format!("#{red:02x}{green:02x}{blue:02x}");
    let text = render(&Text { words, subject: &subject, intro: &intro, letter });
    let html = render(&Html { words, subject: &subject, intro: &intro, colour, letter });
    NewMail { is_private: true, ..NewMail::new(kind, letter.email, Content { subject, text, html }) }
}

/// Somebody has an account.
pub fn welcome(letter: &Letter<'_>) -> NewMail {
    mail("customer_welcome", letter, ["customer-welcome-subject", "customer-welcome-intro"])
}

/// Somebody of staff gave a new password.
pub fn reset(letter: &Letter<'_>) -> NewMail {
    mail("customer_password", letter, ["customer-reset-subject", "customer-reset-intro"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_mails_are_private_have_the_password_once_and_say_all_in_both_languages() {
        assert_eq!(TEXTS.faults(), [""; 0]);
        for locale in ["en", "hi"] {
            let letter = Letter {
                site: "Acme Portal",
                colour: Some([1, 2, 255]),
                email: "ann@acme.example",
                called: "Ann <b>Lee</b>",
                locale,
                password: "kT7w-9PqR-x3Zn-Lm4v",
                until: "23/11/26 18:00",
                link: "https://portal.example/portal/login",
            };
            for mail in [welcome(&letter), reset(&letter)] {
                let Content { subject, text, html } = &mail.content;
                assert!(mail.is_private && mail.recipient == "ann@acme.example");
                assert!(!subject.contains("kT7w") && !html.contains("<b>Lee"), "{html}");
                for body in [text, html] {
                    assert_eq!(body.matches("kT7w-9PqR-x3Zn-Lm4v").count(), 1, "{body}");
                    assert!(body.contains("23/11/26 18:00") && body.contains("/portal/login"), "{body}");
                }
                assert!(html.contains("#0102ff") && subject.contains("Acme Portal"), "{subject}\n{html}");
            }
        }
    }
}
