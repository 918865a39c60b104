//! What things are and may do: codes, bags, scans, people and their rights.
//!
//! Every rule of the warehouse stands here, once, as a pure function. Invariant: no I/O, no async, no clock and no
//! randomness; whoever calls passes in the time and the identity.

pub mod account;
pub mod area;
pub mod audit;
pub mod bag;
pub mod bill;
pub mod change;
pub mod code;
pub mod counter;
mod decide;
pub mod earlier;
pub mod entropy;
pub mod floor;
pub mod import;
pub mod intent;
pub mod label_text;
pub mod mail;
pub mod outcome;
pub mod password;
pub mod permission;
pub mod report;
pub mod rules;
pub mod scan;
pub mod time;

pub use decide::decide;
