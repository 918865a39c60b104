//! What every wing builds on and that needs no I/O: time, randomness, accounts, areas, permissions, audit entries,
//! days.
//!
//! Invariant: no I/O, no async, no clock and no randomness; the caller passes in the time and the identity. Nothing
//! here knows what a wing is about.

pub mod account;
pub mod address;
pub mod area;
pub mod audit;
pub mod entropy;
pub mod figure;
pub mod file;
pub mod import;
pub mod limit;
pub mod mail;
pub mod number;
pub mod period;
pub mod permission;
pub mod realm;
pub mod report;
pub mod setting;
pub mod text;
pub mod time;
