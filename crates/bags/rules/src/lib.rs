//! The rules of bags and bills: codes, parents and children, bills and their weights.
//!
//! Every rule of the warehouse is here, once, as a pure function. Invariant: no I/O, no async, no clock and no
//! randomness; the caller passes in the time and the identity.

pub mod bag;
pub mod bill;
pub mod change;
pub mod code;
pub mod counter;
mod decide;
pub mod file;
pub mod import;
pub mod intent;
pub mod label_text;
pub mod loaded;
pub mod mark;
pub mod outcome;
pub mod permission;
pub mod removed;
pub mod report;
pub mod rules;
pub mod scan;
pub mod trail;

pub use decide::{Facts, decide};
