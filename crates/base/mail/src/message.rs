//! A mail that is ready to be sent, and its wire format (RFC 5322, MIME).

use std::time::{Duration, SystemTime};

use base_core::mail::{Attachment, Content};
use base_core::time::Moment;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};

use crate::{Address, MailError};

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id. The same at every try, so that a mail that arrives twice can be recognised.
    pub id: String,
    /// When it was written.
    pub at: Moment,
    /// The sender.
    pub from: Address,
    /// The recipient.
    pub to: Address,
    /// People who get a copy that the others do not see.
    pub bcc: Vec<Address>,
    /// What it says.
    pub content: Content,
    /// Attached files.
    pub attachments: Vec<Attachment>,
}

impl Message {
    /// The mail in its wire format, with its envelope.
    pub(crate) fn wire_format(&self) -> Result<lettre::Message, MailError> {
        let unfit = |what: &str| MailError::permanent(format!("the mail is not well formed: {what}"), String::new());
        let micros = u64::try_from(self.at.0).map_err(|_| unfit("its date"))?;
        let mut builder = lettre::Message::builder()
            .message_id(Some(format!("<{}@{}>", self.id, self.from.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .from(self.from.mailbox())
            .to(self.to.mailbox())
            .subject(in_one_line(&self.content.subject))
            .raw_header(automatic());
        for copy in &self.bcc {
            builder = builder.bcc(copy.mailbox());
        }
        let Content { text, html, .. } = self.content.clone();
        let texts = MultiPart::alternative_plain_html(text, html);
        if self.attachments.is_empty() {
            return builder.multipart(texts).map_err(|error| unfit(&error.to_string()));
        }
        let mut whole = MultiPart::mixed().multipart(texts);
        for attachment in &self.attachments {
            whole = whole.singlepart(part(attachment).ok_or_else(|| unfit("a media type"))?);
        }
        builder.multipart(whole).map_err(|error| unfit(&error.to_string()))
    }
}

fn part(attachment: &Attachment) -> Option<SinglePart> {
    let media_type = ContentType::parse(&attachment.media_type).ok()?;
    let name = in_one_line(&attachment.name);
    Some(lettre::message::Attachment::new(name).body(attachment.content.clone(), media_type))
}

/// Tells automatic responders, such as out-of-office replies, not to answer (RFC 3834).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into())
}

/// A text that cannot end a header line.
fn in_one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let address = |text: &str| text.parse().expect("an address");
        Message {
            id: "mail-7".into(),
            at: Moment::parse("2026-11-20T12:30:00Z").expect("a time"),
            from: address("The Office <office@example.com>"),
            to: address("priya@example.org"),
            bcc: vec![address("archive@example.net")],
            content: Content {
                subject: "नया बिल\r\nBcc: thief@example.com".into(),
                text: "Hello".into(),
                html: "<p>Hello</p>".into(),
            },
            attachments: Vec::new(),
        }
    }

    fn wire_format(message: &Message) -> String {
        String::from_utf8(message.wire_format().expect("well formed").formatted()).expect("a mail is ASCII")
    }

    #[test]
    fn a_mail_has_every_header_and_both_texts_and_hides_its_copies() {
        let text = wire_format(&message());
        for wanted in [
            "From: \"The Office\" <office@example.com>",
            "To: priya@example.org",
            "Message-ID: <mail-7@example.com>",
            "Date: Fri, 20 Nov 2026 12:30:00 +0000",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(text.contains(wanted), "{wanted}\nis not in\n{text}");
        }
        assert!(!text.contains("archive@"), "{text}");
        let envelope = message().wire_format().expect("well formed").envelope().clone();
        let to: Vec<String> = envelope.to().iter().map(ToString::to_string).collect();
        assert_eq!(to, ["priya@example.org", "archive@example.net"]);
    }

    #[test]
    fn a_subject_cannot_add_a_header() {
        let text = wire_format(&message());
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }

    #[test]
    fn files_are_attached_with_their_names_and_an_unreadable_media_type_is_a_permanent_error() {
        let mut message = message();
        message.attachments.push(Attachment {
            name: "bills.csv".into(),
            media_type: "text/csv".into(),
            content: b"bill\nB-1\n".to_vec(),
        });
        let text = wire_format(&message);
        assert!(text.contains("multipart/mixed") && text.contains("filename=\"bills.csv\""), "{text}");
        message.attachments[0].media_type = "no type".into();
        assert!(message.wire_format().expect_err("no media type").is_permanent);
    }
}
