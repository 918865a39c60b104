//! `tallyhouse config check`: every fault of the configuration at once.

use crate::config::{Config, Faults};

/// What to do with the configuration.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check whether the server would start with this configuration
    Check,
}

/// Runs the command.
pub fn run(command: &Command, loaded: Result<Config, Faults>) -> anyhow::Result<()> {
    let Command::Check = command;
    let config = loaded?;
    for name in &config.accepted {
        eprintln!("{name} is accepted and sets nothing in this version");
    }
    for warning in config.warnings() {
        eprintln!("warning: {warning}");
    }
    eprintln!("the configuration has no faults");
    Ok(())
}
