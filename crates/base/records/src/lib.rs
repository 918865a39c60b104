//! The rows that all wings share: accounts, sessions, tokens, the audit trail, settings, jobs, the outbox of mails, imports, files
//! that go out.
//!
//! One file for each noun, with its statements beside the functions that use them.

#[macro_use(on, execute, execute_rows, packed_row, select_in, select_packed, select_query)]
extern crate base_db;

pub mod account;
pub mod alert;
pub mod audit;
pub mod backup;
pub mod export_file;
pub mod health_sample;
pub mod import;
pub mod job;
pub mod mail;
pub mod migrations;
pub mod name;
pub mod party;
pub mod preference;
pub mod second_factor;
pub mod secrets;
pub mod session;
pub mod setting;
pub mod sign_in;
pub mod site_key;
pub mod token;
pub mod watched;
