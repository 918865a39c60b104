//! One file for each command. A command reads its arguments, calls the library, and prints the result.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod epass;
pub mod export;
pub mod health;
pub mod import;
pub mod jobs;
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
use base_wing::Finding;

/// Writes one line of an answer to standard output.
pub fn answer(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("the answer cannot be written")
}

/// Tells what was found, with the cure of what is wrong, and gives how many things are.
pub fn tell(found: &[Finding]) -> anyhow::Result<u32> {
    for finding in found {
        if finding.wrong == 0 {
            answer(&format!("well: {}", finding.text))?;
        } else {
            answer(&format!("not well: {}\n  do: {}", finding.text, finding.cure))?;
        }
    }
    Ok(crate::checks::faults(found))
}

/// A time in a listing; empty if there is none.
fn time(micros: Option<i64>) -> String {
    micros.map(|at| Moment(at).rfc3339()).unwrap_or_default()
}
