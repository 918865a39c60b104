//! Looking after customers: their accounts, and whose stock each of them sees.

mod choice;
pub mod invites;
mod mails;
pub mod pages;
pub mod work;
