//! Signatures on what a browser keeps for a long time and hands back, such as that somebody signed in on it before.
//!
//! Invariant: a signature is good for one purpose and one text. The key may be in the database: whoever can write there
//! needs no signature.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How much of a signature is kept, in bytes.
const BYTES: usize = 16;

/// A key that signs. All nodes of a site have the same.
pub struct SignKey(Hmac<Sha256>);

impl SignKey {
    /// The key derived from a random text of 256 bits.
    pub fn new(random: &str) -> Self {
        Self(Hmac::new_from_slice(random.as_bytes()).expect("every length is a key"))
    }

    /// The signature of a text for a purpose, as 32 hexadecimal digits.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        hex::encode(&bytes[..BYTES])
    }

    /// True if this is the signature of a text for a purpose.
    pub fn is_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        self.sign(purpose, text).as_bytes().ct_eq(signature.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_one_key_one_purpose_and_one_text() {
        let (key, other) = (SignKey::new("one"), SignKey::new("two"));
        let signature = key.sign("device", "17");
        assert_eq!(signature.len(), 2 * BYTES);
        assert!(key.is_signed("device", "17", &signature));
        assert!(!key.is_signed("device", "18", &signature) && !key.is_signed("mail", "17", &signature));
        assert!(!other.is_signed("device", "17", &signature) && !key.is_signed("device", "17", ""));
    }
}
