//! `tallyhouse password hash`: what `ADMIN_PASSWORD_HASH` takes. It needs no configuration and no database.

use anyhow::ensure;
use base_secret::{hash_password, is_known_hash, needs_upgrade};
use people_rules::password::Rule;

use super::answer;
use crate::password;
use crate::system::SystemEntropy;

/// What to do with a password.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Read a password from standard input and print its hash (argon2id)
    Hash,
    /// Read a hash from standard input and say whether `ADMIN_PASSWORD_HASH` takes it
    Check,
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Hash => answer(&hash_password(&password::from_stdin(&Rule::default())?, &SystemEntropy)),
        Command::Check => check(password::line_from_stdin()?.trim()),
    }
}

fn check(hash: &str) -> anyhow::Result<()> {
    ensure!(
        is_known_hash(hash),
        "this is no hash that can be checked: argon2, bcrypt, and werkzeug's scrypt and pbkdf2:sha256 can"
    );
    answer(if needs_upgrade(hash) { "known; replaced by argon2id at the first sign-in" } else { "known" })
}
