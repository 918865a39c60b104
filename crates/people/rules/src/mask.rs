//! How e-mails and addresses are shown in the audit trail to those who need not see them whole.
//!
//! Masked: the first letter of an e-mail and its domain, an address without its last part. Strictly masked: no domain, and
//! half of an address. Nothing that is stored changes.

// The kinds of addresses alone: what opens connections is in `std`.
use core::net::{IpAddr, Ipv6Addr};

use serde_json::Value;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mask {
    /// Everything.
    Off,
    /// First letters, and whole networks.
    #[default]
    Masked,
    /// First letters, and half of an address.
    Strict,
}

/// Fields that hold an e-mail.
const EMAILS: [&str; 5] = ["email", "user_email", "email_address", "recipient", "to"];
/// Fields that hold an address.
const ADDRESSES: [&str; 5] = ["ip", "ip_address", "remote_addr", "client_ip", "address"];

impl Mask {
    /// What the setting says.
    pub fn of(setting: i64) -> Self {
        match setting {
            0 => Self::Off,
            1 => Self::Masked,
            _ => Self::Strict,
        }
    }

    /// An e-mail; a text that is none stays.
    pub fn email(self, text: &str) -> String {
        let Some((name, domain)) = text.split_once('@').filter(|_| self != Self::Off) else { return text.to_owned() };
        let first: String = name.chars().take(1).collect();
        if self == Self::Strict { format!("{first}***@***") } else { format!("{first}***@{domain}") }
    }

    /// A network address; a text that is none stays.
    pub fn address(self, text: &str) -> String {
        let parsed = text.parse::<IpAddr>().ok().filter(|_| self != Self::Off);
        match parsed {
            None => text.to_owned(),
            Some(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                if self == Self::Strict { format!("{a}.{b}.0.0") } else { format!("{a}.{b}.{c}.0") }
            }
            Some(IpAddr::V6(address)) => {
                let kept = if self == Self::Strict { 2 } else { 3 };
                let mut groups = address.segments();
                groups[kept..].fill(0);
                Ipv6Addr::from(groups).to_string()
            }
        }
    }

    /// A text that is an e-mail or an address and nothing else; any other stays.
    fn text(self, text: &str) -> String {
        let is_email = text.contains('@') && !text.chars().any(char::is_whitespace);
        if is_email { self.email(text) } else { self.address(text) }
    }

    /// The values of an entry: fields that hold an e-mail or an address, and whatever is one, however deep; names of fields,
    /// too. Where two of these become the same, their numbers are added up.
    pub fn values(self, value: Value) -> Value {
        match value {
            Value::Object(fields) => {
                let mut masked = serde_json::Map::new();
                for (name, value) in fields {
                    let (value, name) = (self.field(&name, value), self.text(&name));
                    let sum = masked.get(&name).and_then(Value::as_u64).zip(value.as_u64());
                    let value = sum.map_or(value, |(one, other)| one.saturating_add(other).into());
                    masked.insert(name, value);
                }
                Value::Object(masked)
            }
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(parts) => Value::Array(parts.into_iter().map(|part| self.values(part)).collect()),
            other => other,
        }
    }

    fn field(self, name: &str, value: Value) -> Value {
        match value {
            Value::String(text) if EMAILS.contains(&name) => Value::String(self.email(&text)),
            Value::String(text) if ADDRESSES.contains(&name) => Value::String(self.address(&text)),
            Value::Array(parts) => Value::Array(parts.into_iter().map(|part| self.field(name, part)).collect()),
            other => self.values(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn emails_and_addresses_are_masked_as_far_as_the_setting_says() {
        let cases = [
            (Mask::Off, "meera@example.com", "10.1.2.3", "2001:db8:1:2::5"),
            (Mask::Masked, "m***@example.com", "10.1.2.0", "2001:db8:1::"),
            (Mask::Strict, "m***@***", "10.1.0.0", "2001:db8::"),
        ];
        for (mask, email, four, six) in cases {
            assert_eq!(mask.email("meera@example.com"), email);
            assert_eq!((mask.address("10.1.2.3"), mask.address("2001:db8:1:2::5")), (four.into(), six.into()));
            let values = mask.values(json!({ "email": "meera@example.com", "deep": [{ "ip": "10.1.2.3", "n": 1 }] }));
            assert_eq!(values, json!({ "email": email, "deep": [{ "ip": four, "n": 1 }] }));
            let named = mask.values(json!({ "accounts": { "meera@example.com": 2, "priya": 1 }, "to": ["10.1.2.3"] }));
            assert_eq!(named, json!({ "accounts": { email: 2, "priya": 1 }, "to": ["10.1.2.3"] }));
        }
        let two = Mask::Masked.values(json!({ "meera@example.com": 2, "mohan@example.com": 3 }));
        assert_eq!(two, json!({ "m***@example.com": 5 }));
        // A short form is written out before it is cut.
        assert_eq!(Mask::Masked.address("::1"), "::");
        assert_eq!(
            (Mask::Strict.email("meera"), Mask::Strict.address("the desk")),
            ("meera".into(), "the desk".into())
        );
    }
}
