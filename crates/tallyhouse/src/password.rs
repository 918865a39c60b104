//! Passwords that the program makes up or is given. Invariant: every one of them passes the password rule.

use std::io::Read;

use anyhow::{Context, ensure};
use base_core::entropy::Entropy;
use base_core::{entropy, password};

/// Letters and digits that are not easily confused.
const CHARACTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const PASSWORD_BYTES_MAX: u64 = 4096;

/// `count` random characters.
pub fn random_characters(count: usize, entropy: &dyn Entropy) -> String {
    let mut characters = String::with_capacity(count);
    while characters.len() < count {
        let [byte] = entropy::bytes::<1>(entropy);
        // 224 is the largest multiple of 56 in a byte, so that all 56 characters are equally likely.
        if byte < 224 {
            characters.push(CHARACTERS[usize::from(byte) % CHARACTERS.len()].into());
        }
    }
    characters
}

/// A random password of 90 bits, such as `kT7w-…-…-…`.
pub fn random(names: &[&str], entropy: &dyn Entropy) -> String {
    loop {
        let groups: Vec<String> = (0..4).map(|_| random_characters(4, entropy)).collect();
        let text = groups.join("-");
        if password::check(&text, names).is_ok() {
            return text;
        }
    }
}

/// Reads a password from standard input, up to the end of its first line, and checks it.
pub fn from_stdin(names: &[&str]) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().take(PASSWORD_BYTES_MAX).read_to_string(&mut text);
    read.context("the password cannot be read from standard input")?;
    let first = text.lines().next().unwrap_or_default();
    ensure!(!first.is_empty(), "standard input holds no password");
    password::check(first, names)?;
    Ok(first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn random_passwords_pass_the_rule_and_differ() {
        let one = random(&["admin"], &SystemEntropy);
        assert_eq!(password::check(&one, &["admin"]), Ok(()));
        assert_eq!(one.len(), 19);
        assert_ne!(one, random(&["admin"], &SystemEntropy));
    }

    #[test]
    fn every_character_is_equally_likely() {
        assert_eq!(CHARACTERS.len(), 56);
    }
}
