//! The portal as customers and the staff who look after them reach it.
//!
//! Invariant: whose stock is shown follows from the account alone, read anew with every request; nothing that a browser
//! sends can widen it.

mod inventory;
mod routes;
mod state;
pub mod wing;
