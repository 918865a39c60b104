//! The program: configuration, command line and wiring. It uses every crate and contains no rule.
//!
//! Invariants: answers for machines go to standard output alone, everything else to standard error; the exit code is 0,
//! 1 for a refusal, 2 for wrong use.

mod acme;
mod audit_key;
mod backups;
mod bench;
mod checks;
mod cli;
mod commands;
mod config;
mod copies;
mod demo;
mod erp;
mod first_admin;
mod jobs;
mod keys;
mod labels;
mod pass_keys;
mod password;
mod process;
mod progress;
mod routes;
mod site;
mod slow;
mod system;
mod trials;
mod watch;
pub mod wings;

pub use cli::run;
