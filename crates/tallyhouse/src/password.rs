//! Passwords that the program makes up or is given. Invariant: every one of them passes the password rule.

use std::io::Read;

use anyhow::{Context, ensure};
use base_core::entropy::Entropy;
use people_rules::password::Rule;

const PASSWORD_BYTES_MAX: u64 = 4096;

/// A random password of 90 bits, such as `kT7w-…-…-…`.
pub fn random(rule: &Rule, entropy: &dyn Entropy) -> String {
    loop {
        let text = base_secret::random_password(entropy);
        if rule.check(&text).is_ok() {
            return text;
        }
    }
}

/// Reads a password from standard input, up to the end of its first line, and checks it.
pub fn from_stdin(rule: &Rule) -> anyhow::Result<String> {
    let first = line_from_stdin()?;
    rule.check(&first)?;
    Ok(first)
}

/// Reads the first line of standard input.
pub fn line_from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().take(PASSWORD_BYTES_MAX).read_to_string(&mut text);
    read.context("the password cannot be read from standard input")?;
    let first = text.lines().next().unwrap_or_default();
    ensure!(!first.is_empty(), "standard input holds no password");
    Ok(first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn random_passwords_pass_the_rule_and_differ() {
        let rule = Rule::default().with_names(["admin"]);
        let one = random(&rule, &SystemEntropy);
        assert_eq!(rule.check(&one), Ok(()));
        assert_eq!(one.len(), 19);
        assert_ne!(one, random(&rule, &SystemEntropy));
    }
}
