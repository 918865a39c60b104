//! One file for each command. A command reads its arguments, calls the library, and prints the result.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod epass;
pub mod export;
pub mod import;
pub mod mail;
pub mod migrate;
pub mod password;
pub mod portal;
pub mod sample;
pub mod secret;
pub mod serve;
pub mod token;
pub mod traitortrack;
pub mod user;

use std::io::Write;

use anyhow::Context;
use base_core::time::Moment;

/// Writes one line of an answer to standard output.
pub fn answer(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("the answer cannot be written")
}

/// A time in a listing; empty if there is none.
fn time(micros: Option<i64>) -> String {
    micros.map(|at| Moment(at).rfc3339()).unwrap_or_default()
}
