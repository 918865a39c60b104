//! The rules of the customer portal: whose stock it is, what state it is in, and how it is searched, filtered and sorted.
//!
//! What a customer sees in the browser and what an export writes follow from the same functions. Invariant: no I/O, no
//! async, no clock and no randomness; the caller passes in the day.

pub mod account;
pub mod column;
pub mod customer;
pub mod expiry;
pub mod file;
pub mod fold;
pub mod format;
pub mod local;
pub mod permission;
pub mod quantity;
pub mod scope;
pub mod setting;
pub mod status;
pub mod stock;
pub mod total;
pub mod usage;
pub mod view;
pub mod watch;
