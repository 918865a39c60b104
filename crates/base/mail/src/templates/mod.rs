//! The mails that Tallyhouse writes: one file for each kind, with its subject, its text and its HTML.
//!
//! Invariant: what people typed is escaped in HTML, and a list that is cut says so.

mod eod_report;
mod new_bill;

pub use base_core::mail::Content;
pub use eod_report::{EOD_BILLS_MAX, EodBill, EodReport};
pub use new_bill::NewBill;

/// A rendered template.
fn render(page: &impl askama::Template) -> String {
    page.render().expect("writing texts and numbers to a string cannot fail")
}
