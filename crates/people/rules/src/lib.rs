//! The rules of people: accounts, passwords, signing in, second factors, sessions.
//!
//! Every rule is here, once, as a pure function. Invariant: no I/O, no async, no clock and no randomness; the caller passes
//! in the time and the identity.

pub mod account;
pub mod directory;
pub mod mask;
pub mod next;
pub mod passkey;
pub mod password;
pub mod permission;
pub mod promotion;
pub mod recovery_code;
pub mod setting;
pub mod sign_in;
mod strength;
pub mod totp;
pub mod trail;
