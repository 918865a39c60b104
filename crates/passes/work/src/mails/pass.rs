//! A pass for a guest: what it is for, a link to it, and the pass itself as a file.

use askama::Template;
use base_core::mail::{Attachment, Content};
use base_mail::render;
use base_mail::words::Words;
use base_records::mail::NewMail;

use super::words;

/// A pass that is sent.
#[derive(Clone, Copy, Debug)]
pub struct PassMail<'a> {
    /// The event.
    pub event: &'a str,
    /// Where it is.
    pub place: &'a str,
    /// The slot.
    pub timing: &'a str,
    /// Whom it is for.
    pub name: &'a str,
    /// The organiser and how they are reached; may be empty.
    pub organiser: &'a str,
    /// The full address of the pass; empty where the site has none.
    pub link: &'a str,
}

#[derive(Template)]
#[template(path = "pass.html")]
struct Html<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a PassMail<'a>,
}

#[derive(Template)]
#[template(path = "pass.txt")]
struct Text<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a PassMail<'a>,
}

impl PassMail<'_> {
    /// What it says, in a language.
    pub fn content(&self, locale: &str) -> Content {
        let words = words(locale);
        let subject = words.text("pass-subject", &[("event", self.event)]);
        let text = render(&Text { words, subject: &subject, mail: self });
        let html = render(&Html { words, subject: &subject, mail: self });
        Content { subject, text, html }
    }

    /// The mail to an address, with the pass as a file.
    pub fn to(&self, address: &str, locale: &str, pdf: Vec<u8>) -> NewMail {
        let attachment = Attachment { name: "pass.pdf".into(), media_type: "application/pdf".into(), content: pdf };
        let mail = NewMail::new("pass", address, self.content(locale));
        NewMail { is_private: true, attachments: vec![attachment], ..mail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: PassMail<'_> = PassMail {
        event: "Diwali Night",
        place: "Town Hall",
        timing: "7 PM",
        name: "Asha <b>\"\\ आशा 🙂",
        organiser: "",
        link: "https://site.example/p/x/y",
    };

    #[test]
    fn what_people_typed_is_escaped_in_html_and_nobody_gets_a_copy() {
        for locale in ["en", "hi"] {
            let content = MAIL.content(locale);
            assert!(content.text.contains(MAIL.name) && content.text.contains(MAIL.link), "{}", content.text);
            assert!(!content.html.contains("<b>") && content.html.contains("आशा 🙂"), "{}", content.html);
            assert!(content.subject.contains("Diwali Night"), "{}", content.subject);
        }
        let mail = MAIL.to("asha@guest.example", "en", vec![1]);
        assert!(mail.is_private && mail.attachments.len() == 1);
    }

    #[test]
    fn a_site_without_a_public_address_sends_no_link() {
        let content = PassMail { link: "", ..MAIL }.content("en");
        assert!(!content.html.contains("href") && !content.text.contains("http"), "{}", content.html);
    }
}
