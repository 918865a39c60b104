//! Looking after customers: their accounts, and whose stock each of them sees.

mod choice;
mod mails;
pub mod pages;
pub mod work;
