//! What holds for passes: what can be sold, what stands in a code, and who gets in. Pure functions over loaded rows.
//!
//! Invariant: a refusal changes nothing, and a pass lets in as many people as it was sold for, each once.

pub mod event;
pub mod figures;
pub mod file;
mod id;
pub mod outcome;
pub mod pass;
pub mod payload;
pub mod permission;
pub mod redeem;
pub mod settle;
