//! Requests for a higher role.

use base_core::permission::Role;
use base_core::text::is_plain;

use crate::account::Refusal;

/// Longest reason, and longest words of a decision, in characters.
pub const WORDS_CHARS_MAX: usize = 1000;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The person becomes an admin.
    Approve,
    /// The person stays what they are, and reads why.
    Reject,
}

impl Decision {
    /// Reads what a form or a call says.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Self::Approve),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    /// The stored status.
    pub fn status(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
        }
    }
}

/// Whether somebody with these roles may ask, for this reason.
pub fn check_request(roles: &[Role], reason: &str) -> Result<String, Refusal> {
    if roles.contains(&Role::Admin) {
        return Err(Refusal::AdminAlready);
    }
    words(reason).filter(|words| !words.is_empty()).ok_or(Refusal::NoReason)
}

/// The words of a decision: a rejection needs some.
pub fn check_decision(decision: Decision, notes: &str) -> Result<String, Refusal> {
    let words = words(notes).ok_or(Refusal::NoReason)?;
    if decision == Decision::Reject && words.is_empty() { Err(Refusal::NoReason) } else { Ok(words) }
}

fn words(text: &str) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    (is_plain(&text) && text.chars().count() <= WORDS_CHARS_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_and_a_rejection_need_words_and_an_approval_may_have_some() {
        assert_eq!(check_request(&[Role::Biller], " I run the office. "), Ok("I run the office.".into()));
        assert_eq!(check_request(&[Role::Biller], "  "), Err(Refusal::NoReason));
        assert_eq!(check_request(&[Role::Admin], "why not"), Err(Refusal::AdminAlready));
        assert_eq!(check_decision(Decision::Approve, ""), Ok(String::new()));
        assert_eq!(check_decision(Decision::Reject, " "), Err(Refusal::NoReason));
        assert_eq!(check_decision(Decision::Reject, &"x".repeat(1001)), Err(Refusal::NoReason));
    }
}
