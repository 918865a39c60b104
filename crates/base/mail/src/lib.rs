//! Mail: what a message is, what all mails share, and how it is sent. What a mail says is its wing's: a template that
//! extends `frame.html` or `frame.txt` of `templates`, and texts for [`words::Texts`].
//!
//! Invariants: nothing is sent without TLS except to this machine itself; addresses are checked before anything is sent;
//! an error says whether another try can help, and its short text has neither an address nor a secret.

mod address;
mod error;
pub mod fake;
mod message;
mod smtp;
pub mod words;

use std::sync::Arc;

pub use address::Address;
use async_trait::async_trait;
pub use error::MailError;
pub use message::Message;
pub use smtp::{Security, Smtp, SmtpSettings};

/// A way to send mail.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail to the server. Once this is `Ok`, the server is responsible for it.
    async fn send(&self, message: &Message) -> Result<(), MailError>;

    /// Checks that the server can be reached and accepts our sign-in. Sends nothing.
    async fn check(&self) -> Result<(), MailError>;
}

/// A rendered template of a mail.
pub fn render(page: &impl askama::Template) -> String {
    page.render().expect("writing texts and numbers to a string cannot fail")
}

/// How this site sends mail, and the addresses of every mail. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    /// What sends it.
    pub mailer: Arc<dyn Mailer>,
    /// The sender of all mails.
    pub from: Address,
    /// The people who get a copy of every mail that is not private.
    pub bcc: Vec<Address>,
}
