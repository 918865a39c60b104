//! Passwords and tokens: made, hashed and checked. Nothing here is ever printed, logged or stored in the clear.
//!
//! Invariant: the database only contains hashes from these functions, and what they encrypted.

mod encrypt;
mod hash;
mod sign;

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use base_core::entropy;
use base_core::entropy::Entropy;
pub use encrypt::{CursorKey, KeyId, SECOND_FACTOR, SecretError, SecretKeys};
pub use hash::{is_known_hash, needs_upgrade};
use sha2::{Digest, Sha256};
pub use sign::SignKey;
use subtle::ConstantTimeEq;

/// A new secret of 256 bits, and the hash under which it is kept.
pub struct Token {
    /// The secret, shown once.
    pub text: String,
    /// What the database keeps.
    pub hash: String,
}

impl Token {
    /// Makes a token. `prefix` tells a reader what it is for, such as `tally_`.
    pub fn new(prefix: &str, chance: &dyn Entropy) -> Self {
        let text = format!("{prefix}{}", hex::encode(entropy::bytes::<32>(chance)));
        let hash = hash_token(&text);
        Self { text, hash }
    }
}

/// The hash of a token. Tokens have 256 random bits, so a plain hash is enough.
pub fn hash_token(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Letters and digits that are not easily confused.
const READABLE: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// `count` random letters and digits that are not easily confused.
pub fn random_characters(count: usize, chance: &dyn Entropy) -> String {
    let mut characters = String::with_capacity(count);
    while characters.len() < count {
        let [byte] = entropy::bytes::<1>(chance);
        // 224 is the largest multiple of 56 in a byte, so that all 56 characters are equally likely.
        if byte < 224 {
            characters.push(READABLE[usize::from(byte) % READABLE.len()].into());
        }
    }
    characters
}

/// A random password of 90 bits, such as `kT7w-…-…-…`.
pub fn random_password(chance: &dyn Entropy) -> String {
    let groups: Vec<String> = (0..4).map(|_| random_characters(4, chance)).collect();
    groups.join("-")
}

/// A token derived from another one for one purpose, which does not reveal it.
pub fn derive(token: &str, purpose: &str) -> String {
    hex::encode(Sha256::digest(format!("{purpose}\u{0}{token}").as_bytes()))
}

/// Compares two secrets in a time that reveals nothing about them.
pub fn equal(one: &str, two: &str) -> bool {
    one.as_bytes().ct_eq(two.as_bytes()).into()
}

/// A hash that no password has, of the same cost as a real one, so that refusing an unknown user takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| argon2id("", b"nobody at all!!!"));

/// Hashes a password with argon2id and a new salt. Takes about 20 ms of one core: never call it on a thread that serves
/// requests.
pub fn hash_password(password: &str, chance: &dyn Entropy) -> String {
    argon2id(password, &entropy::bytes::<16>(chance))
}

/// Checks a password against its hash, whichever known kind that is. `None` is an unknown person and costs as much as a
/// hash of our own; hashes of earlier systems cost more, so the caller also makes every refusal take a fixed time.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    hash::verify(password, hash.unwrap_or(&NOBODY)) && hash.is_some()
}

fn argon2id(password: &str, salt: &[u8; 16]) -> String {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .expect("a salt of 16 bytes and a password below 4 GiB always hash");
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn only_the_right_password_opens() {
        let hash = hash_password("Mustard-Field-7", &Sevens);
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("Mustard-Field-7", Some(&hash)));
        assert!(!verify_password("mustard-field-7", Some(&hash)));
        assert!(!verify_password("", Some(&hash)));
        assert!(!verify_password("", None), "nobody has no password, not an empty one");
        assert!(!verify_password("x", Some("no hash at all")));
    }

    #[test]
    fn every_character_of_a_random_password_is_equally_likely() {
        assert_eq!(READABLE.len(), 56);
        assert_eq!(random_password(&Sevens), "hhhh-hhhh-hhhh-hhhh");
    }

    #[test]
    fn a_token_is_kept_by_its_hash_alone() {
        let token = Token::new("tally_", &Sevens);
        assert_eq!(token.hash, hash_token(&token.text));
        assert!(!token.hash.contains(&token.text));
        assert_eq!(token.text.len(), "tally_".len() + 64);
        assert_ne!(derive(&token.text, "csrf"), derive(&token.text, "other"));
        assert!(equal("a", "a") && !equal("a", "b") && !equal("a", "aa"));
    }
}
