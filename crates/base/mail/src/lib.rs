//! Mail: what one is, what the house writes in it, and how it goes.
//!
//! Invariants: nothing is sent over an open line but to this machine itself; addresses are checked before anything is
//! sent; an error says whether another try can help, and its short text holds neither address nor secret.

mod address;
mod error;
pub mod fake;
mod message;
mod smtp;
pub mod templates;
mod words;

use std::sync::Arc;

pub use address::Address;
use async_trait::async_trait;
pub use error::MailError;
pub use message::Message;
pub use smtp::{Security, Smtp, SmtpSettings};

/// A way to send mail.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail over; once this is `Ok`, another is responsible for it.
    async fn send(&self, message: &Message) -> Result<(), MailError>;

    /// Tells whether the way is open, sign-in included. Sends nothing.
    async fn check(&self) -> Result<(), MailError>;
}

/// The house's mail: the way it goes, and what stands on every envelope. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    /// The way.
    pub mailer: Arc<dyn Mailer>,
    /// Whom mails come from.
    pub from: Address,
    /// Who gets a copy of every mail that is not private.
    pub bcc: Vec<Address>,
}
