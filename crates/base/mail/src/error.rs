//! Why a mail did not go, and whether another try can help.

/// Answers about the sign-in, not about the mail: the mail is fine, the house's settings are not (RFC 4954).
const SIGN_IN_CODES: [u16; 4] = [530, 534, 535, 538];

/// Why a mail did not go. It shows as a short text without addresses or secrets, fit for logs and the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct MailError {
    /// True when no further try can help.
    pub is_permanent: bool,
    /// What happened, in short.
    pub reason: String,
    /// What the server said. It may hold the address: for those only who may read the outbox.
    pub detail: String,
}

impl MailError {
    /// A fault of the mail itself.
    pub fn permanent(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_permanent: true, reason: reason.into(), detail: detail.into() }
    }

    /// A fault that may pass.
    pub fn temporary(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_permanent: false, reason: reason.into(), detail: detail.into() }
    }
}

impl From<lettre::transport::smtp::Error> for MailError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        // It shows with its causes.
        let detail = error.to_string();
        match error.status().map(u16::from) {
            Some(code) if SIGN_IN_CODES.contains(&code) => {
                Self::temporary(format!("the mail server refuses our sign-in with {code}"), detail)
            }
            Some(code) if error.is_permanent() => {
                Self::permanent(format!("the mail server refuses it with {code}"), detail)
            }
            Some(code) => Self::temporary(format!("the mail server puts us off with {code}"), detail),
            None if error.is_timeout() => Self::temporary("the mail server does not answer in time", detail),
            None if error.is_tls() => Self::temporary("the mail server offers no TLS that we trust", detail),
            // A failed handshake is no kind of its own; only its text tells it from a line that broke.
            None if detail.contains("peer certificate") => {
                Self::temporary("the certificate of the mail server is not trusted; see mail.ca_file", detail)
            }
            None if error.is_client() => Self::temporary("the mail server cannot do what this mail needs", detail),
            None => Self::temporary("the mail server cannot be reached", detail),
        }
    }
}
