//! What the house writes: one file for each kind of mail, with its subject, its text and its HTML.
//!
//! Invariant: what people have typed is escaped in HTML, and a list that is cut says so.

mod eod_report;
mod new_bill;

pub use eod_report::{EOD_BILLS_MAX, EodBill, EodReport};
pub use new_bill::NewBill;

/// A mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The subject.
    pub subject: String,
    /// The text for readers without HTML.
    pub text: String,
    /// The text as HTML.
    pub html: String,
}

/// A page as text.
fn render(page: &impl askama::Template) -> String {
    page.render().expect("a text takes all that is written to it, and what is written are texts and numbers")
}
