//! Secrets that must be read again, such as those of authenticator apps: encrypted with a key that follows from the
//! site's `SESSION_SECRET` and is never stored.
//!
//! Invariant: what was sealed for one purpose opens for that purpose alone, and whoever has only the database has
//! nothing.

use argon2::{Algorithm, Argon2, Params, Version};
use base_core::entropy;
use base_core::entropy::Entropy;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// What a sealed text begins with, so that another way can follow.
const PREFIX: &str = "x1.";
const NONCE_LENGTH: usize = 24;

/// Seals and opens texts with one key.
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// Makes the key. Takes some 20 ms of one core, so that a weak secret is not cheaply guessed: make one and keep it.
    pub fn new(session_secret: &str) -> Self {
        let mut key = [0; 32];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
        argon2
            .hash_password_into(session_secret.as_bytes(), b"tallyhouse seals", &mut key)
            .expect("a salt of 16 bytes and a secret below 4 GiB always give 32 bytes");
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// Seals a text for a purpose. The same text looks different each time.
    pub fn seal(&self, purpose: &str, text: &str, chance: &dyn Entropy) -> String {
        let nonce = entropy::bytes::<NONCE_LENGTH>(chance);
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).expect("a text below 256 GiB always seals");
        format!("{PREFIX}{}{}", hex::encode(nonce), hex::encode(sealed))
    }

    /// Opens what was sealed for a purpose; `None` when it was not, or not with this key, or was changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = hex::decode(sealed.strip_prefix(PREFIX)?).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LENGTH)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        String::from_utf8(self.0.decrypt(&XNonce::from(nonce), payload).ok()?).ok()
    }
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
    fn a_sealed_text_opens_with_its_key_and_for_its_purpose_alone() {
        let ours = Sealer::new("the secret of this site");
        let sealed = ours.seal("totp", "JBSWY3DPEHPK3PXP", &Sevens);
        assert!(!sealed.contains("JBSWY3DPEHPK3PXP"));
        assert_eq!(Sealer::new("the secret of this site").open("totp", &sealed).as_deref(), Some("JBSWY3DPEHPK3PXP"));
        assert_eq!(ours.open("mail", &sealed), None);
        assert_eq!(Sealer::new("another secret").open("totp", &sealed), None);
        let last = if sealed.ends_with('0') { "1" } else { "0" };
        for wrong in [format!("{}{last}", &sealed[..sealed.len() - 1]), "x1.".into(), "x1.00".into(), String::new()] {
            assert_eq!(ours.open("totp", &wrong), None, "{wrong}");
        }
    }
}
