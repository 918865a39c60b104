//! What the wing of people reads and writes: looking after accounts, passwords, requests, notices, what is kept of a person.
//! The rows that all wings use (accounts, sessions, the audit trail) are those of `base-records`.
//!
//! Invariants: every change asks the rules and writes its audit entry in the transaction of its caller, so that pages, calls
//! and commands do the same; whoever loses something by it loses their sessions in the same transaction.

#[macro_use(on, execute, select_query)]
extern crate base_db;

mod access;
pub mod account;
pub mod create;
pub mod customer;
pub mod device;
pub mod directory;
pub mod directory_bind;
pub mod edit;
mod failed;
pub mod idle;
pub mod mail;
pub mod migrations;
pub mod notification;
mod of_customers;
pub mod passkey;
pub mod password;
pub mod pending_sign_in;
pub mod person_data;
pub mod profile;
pub mod promotion;
pub mod recovery_code;
pub mod remove;
pub mod second_factor;
pub mod trail;

pub use failed::{By, Failed};
pub use of_customers::OfCustomers;
