//! The portal as customers and the staff who look after them reach it.
//!
//! Invariant: whose stock is shown follows from the account alone, read anew with every request; nothing that a browser
//! sends can widen it.

mod analytics;
mod customers;
mod gone;
mod health;
mod inventory;
mod panel;
mod routes;
mod state;
mod stop;
mod trail;
pub mod wing;
mod words;

pub use gone::GONE;
