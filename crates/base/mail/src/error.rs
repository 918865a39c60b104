//! Why a mail was not sent, and whether another try can help.

/// Answers about the sign-in (RFC 4954): the mail is fine, the settings of this site are not.
const SIGN_IN_CODES: [u16; 4] = [530, 534, 535, 538];

/// Why a mail was not sent. It displays as a short text without addresses or secrets, fit for logs and the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct MailError {
    /// True when no further try can help.
    pub is_permanent: bool,
    /// What happened, in a few words.
    pub reason: String,
    /// What the server said. It may contain the address, so only people who may read the outbox may see it.
    pub detail: String,
}

impl MailError {
    /// An error of the mail itself.
    pub fn permanent(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_permanent: true, reason: reason.into(), detail: detail.into() }
    }

    /// An error that may go away.
    pub fn temporary(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_permanent: false, reason: reason.into(), detail: detail.into() }
    }
}

impl From<lettre::transport::smtp::Error> for MailError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        // Displays with its causes.
        let detail = error.to_string();
        match error.status().map(u16::from) {
            Some(code) if SIGN_IN_CODES.contains(&code) => {
                Self::temporary(format!("the mail server refused our sign-in with {code}"), detail)
            }
            Some(code) if error.is_permanent() => {
                Self::permanent(format!("the mail server refused it with {code}"), detail)
            }
            Some(code) => Self::temporary(format!("the mail server asked to try later with {code}"), detail),
            None if error.is_timeout() => Self::temporary("the mail server did not answer in time", detail),
            None if error.is_tls() => Self::temporary("the mail server has no TLS that we trust", detail),
            // A failed handshake has no kind of its own; only its text tells it from a broken connection.
            None if detail.contains("peer certificate") => {
                Self::temporary("the certificate of the mail server is not trusted; see mail.ca_file", detail)
            }
            None if error.is_client() => {
                Self::temporary("the mail server does not support what this mail needs", detail)
            }
            None => Self::temporary("the mail server cannot be reached", detail),
        }
    }
}
