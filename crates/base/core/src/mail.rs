//! What a mail contains: written by `base_mail`, stored in the outbox, sent by a job.

/// The text of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The subject.
    pub subject: String,
    /// The text for readers without HTML.
    pub text: String,
    /// The text as HTML.
    pub html: String,
}

/// A file that goes with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, for people.
    pub name: String,
    /// Its media type, such as `text/csv`.
    pub media_type: String,
    /// The bytes of the file.
    pub content: Vec<u8>,
}
