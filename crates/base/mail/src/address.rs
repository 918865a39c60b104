//! A checked mail address. Invariant: it has exactly one mailbox and no character that could end a header line.

use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;

/// A mailbox, with or without a name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Mailbox);

/// The text is not a mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a mail address such as office@example.com or The Office <office@example.com>")]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(NoAddress);
        }
        let (name, mailbox) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, mailbox)) => (name.trim().trim_matches('"').trim(), mailbox),
            None => ("", text),
        };
        let email: lettre::Address = mailbox.trim().parse().map_err(|_| NoAddress)?;
        Ok(Self(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), email)))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Address {
    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    pub(crate) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name() {
        let plain: Address = " priya@example.com ".parse().expect("an address");
        assert_eq!((plain.to_string().as_str(), plain.domain()), ("priya@example.com", "example.com"));
        let named: Address = "\"The Office\" <office@example.com>".parse().expect("an address");
        assert_eq!(named.to_string(), "The Office <office@example.com>");
    }

    #[test]
    fn a_text_that_is_not_exactly_one_address_is_refused() {
        for text in [
            "",
            "priya",
            "priya@",
            "@example.com",
            "a@example.com, b@example.com",
            "a@example.com b",
            "a@example.com\r\nBcc: b@example.com",
            "Name\n <a@example.com>",
            "Name <a@example.com",
            "<>",
        ] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text:?}");
        }
    }
}
