//! What the house writes: one file for each kind of mail, with its subject, its text and its HTML.
//!
//! Invariant: what people have typed is escaped in HTML, and a list that is cut says so.

mod eod_report;
mod new_bill;

pub use base_core::mail::Content;
pub use eod_report::{EOD_BILLS_MAX, EodBill, EodReport};
pub use new_bill::NewBill;

/// A page as text.
fn render(page: &impl askama::Template) -> String {
    page.render().expect("a text takes all that is written to it, and what is written are texts and numbers")
}
