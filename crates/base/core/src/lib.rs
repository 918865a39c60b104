//! What every wing stands on and no I/O is needed for: time, chance, accounts, areas, permissions, audit entries, days.
//!
//! Invariant: no I/O, no async, no clock and no randomness; whoever calls passes in the time and the identity. Nothing
//! here knows what a wing is about.

pub mod account;
pub mod area;
pub mod audit;
pub mod entropy;
pub mod file;
pub mod import;
pub mod mail;
pub mod password;
pub mod permission;
pub mod realm;
pub mod report;
pub mod text;
pub mod time;
