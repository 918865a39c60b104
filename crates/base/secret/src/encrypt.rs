//! Encryption of texts that are read again, with a separate kind of key for each purpose.
//!
//! [`CursorKey`] encrypts what is handed to a browser and comes back; it may be stored in the database. [`SecretKeys`]
//! encrypt what the database must not reveal, such as the secrets of authenticator apps; they are derived from the
//! site's `SESSION_SECRET` and are never stored.
//!
//! Invariants: what was encrypted with one kind of key, or for one purpose, opens with no other. Every key has an id,
//! which is derived from it and does not reveal it; the id is put before what the key encrypted, so that keys can be
//! changed.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base_core::entropy;
use base_core::entropy::Entropy;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// The purpose to give [`SecretKeys`] for secrets of authenticator apps.
pub const SECOND_FACTOR: &str = "second factor";

/// The version that an encrypted text begins with, so that the format can change.
const PREFIX: &str = "e1.";
const NONCE_LENGTH: usize = 24;
const ID_BYTES: usize = 8;

/// Which key it is. Two keys practically never have the same id, and an id reveals nothing about its key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; ID_BYTES]);

impl KeyId {
    /// How many characters of an encrypted text say which key it needs.
    pub const PREFIX_LENGTH: usize = PREFIX.len() + 2 * ID_BYTES;

    /// The key that an encrypted text needs; `None` when it is no encrypted text.
    pub fn of(encrypted: &str) -> Option<Self> {
        let (id, _) = encrypted.strip_prefix(PREFIX)?.split_once('.')?;
        let mut bytes = [0; ID_BYTES];
        hex::decode_to_slice(id, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// One key, with the id that is part of what it encrypted.
struct Cipher {
    id: KeyId,
    cipher: XChaCha20Poly1305,
}

impl Cipher {
    fn new(key: &[u8; 32]) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update("tallyhouse key id\u{0}").chain_update(key).finalize().into();
        Self { id: KeyId(std::array::from_fn(|at| hash[at])), cipher: XChaCha20Poly1305::new(&(*key).into()) }
    }

    fn encrypt(&self, purpose: &str, text: &str, chance: &dyn Entropy) -> String {
        let nonce = entropy::bytes::<NONCE_LENGTH>(chance);
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let bytes = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("a text below 256 GiB always encrypts");
        format!("{PREFIX}{}.{}{}", self.id, hex::encode(nonce), hex::encode(bytes))
    }

    fn decrypt(&self, purpose: &str, encrypted: &str) -> Option<String> {
        let (_, rest) = encrypted.strip_prefix(PREFIX)?.split_once('.')?;
        let bytes = hex::decode(rest).ok()?;
        let (nonce, bytes) = bytes.split_at_checked(NONCE_LENGTH)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
        let payload = Payload { msg: bytes, aad: purpose.as_bytes() };
        String::from_utf8(self.cipher.decrypt(&XNonce::from(nonce), payload).ok()?).ok()
    }
}

/// The key of cursors: where a page of a list begins, which a browser may keep but not read. Its random text is kept in
/// the database, so that all nodes have the same.
pub struct CursorKey(Cipher);

impl CursorKey {
    /// The key derived from a random text of 256 bits.
    pub fn new(random: &str) -> Self {
        let key = Sha256::new().chain_update("tallyhouse cursors\u{0}").chain_update(random).finalize();
        Self(Cipher::new(&key.into()))
    }

    /// Encrypts a cursor for its reader. The same one looks different each time.
    pub fn encrypt(&self, reader: &str, cursor: &str, chance: &dyn Entropy) -> String {
        self.0.encrypt(&purpose_for(reader), cursor, chance)
    }

    /// The cursor; `None` when this key did not encrypt it for this reader.
    pub fn decrypt(&self, reader: &str, encrypted: &str) -> Option<String> {
        if KeyId::of(encrypted) == Some(self.0.id) { self.0.decrypt(&purpose_for(reader), encrypted) } else { None }
    }
}

fn purpose_for(reader: &str) -> String {
    format!("cursor of {reader}")
}

/// Why a secret cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is no encrypted text.
    #[error("it is not encrypted in any way that this program knows")]
    Unknown,
    /// It was encrypted with another secret.
    #[error("it needs the key {0}, which follows from another SESSION_SECRET")]
    OtherKey(KeyId),
    /// The key is the right one, but the text cannot be decrypted.
    #[error("it was changed since it was encrypted, or is for another purpose")]
    Changed,
}

/// The keys of stored secrets: the present one encrypts, the previous one is only read with.
pub struct SecretKeys {
    present: Cipher,
    previous: Option<Cipher>,
}

impl SecretKeys {
    /// The keys derived from `SESSION_SECRET`, and from the previous one where that is still read. Takes some 20 ms of
    /// one core for each, so that a weak secret is not cheaply guessed: make them once.
    pub fn new(session_secret: &str, previous: Option<&str>) -> Self {
        Self { present: derive_secret_key(session_secret), previous: previous.map(derive_secret_key) }
    }

    /// The id of the present key.
    pub fn id(&self) -> KeyId {
        self.present.id
    }

    /// Encrypts a secret for a purpose with the present key. The same one looks different each time.
    pub fn encrypt(&self, purpose: &str, secret: &str, chance: &dyn Entropy) -> String {
        self.present.encrypt(purpose, secret, chance)
    }

    /// The secret that was encrypted for a purpose, with the present key or the previous one.
    ///
    /// # Errors
    /// [`SecretError`] says why it cannot be read.
    pub fn decrypt(&self, purpose: &str, encrypted: &str) -> Result<String, SecretError> {
        let id = KeyId::of(encrypted).ok_or(SecretError::Unknown)?;
        let mut keys = std::iter::once(&self.present).chain(&self.previous);
        let key = keys.find(|key| key.id == id).ok_or(SecretError::OtherKey(id))?;
        key.decrypt(purpose, encrypted).ok_or(SecretError::Changed)
    }
}

fn derive_secret_key(session_secret: &str) -> Cipher {
    let mut key = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    argon2
        .hash_password_into(session_secret.as_bytes(), b"tallyhouse stored secrets", &mut key)
        .expect("a salt of 25 bytes and a secret below 4 GiB always give 32 bytes");
    Cipher::new(&key)
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

    const TEXT: &str = "JBSWY3DPEHPK3PXP";

    /// The same text with its last digit changed.
    fn changed(encrypted: &str) -> String {
        let last = if encrypted.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &encrypted[..encrypted.len() - 1])
    }

    #[test]
    fn a_secret_opens_with_its_key_and_for_its_purpose_alone() {
        let ours = SecretKeys::new("the secret of this site", None);
        let encrypted = ours.encrypt(SECOND_FACTOR, TEXT, &Sevens);
        assert!(!encrypted.contains(TEXT));
        let same = SecretKeys::new("the secret of this site", None);
        assert_eq!(same.decrypt(SECOND_FACTOR, &encrypted).as_deref(), Ok(TEXT));
        assert_eq!(ours.decrypt("mail", &encrypted), Err(SecretError::Changed));
        assert_eq!(ours.decrypt(SECOND_FACTOR, &changed(&encrypted)), Err(SecretError::Changed));
        let other = SecretKeys::new("another secret", None);
        assert_eq!(other.decrypt(SECOND_FACTOR, &encrypted), Err(SecretError::OtherKey(ours.id())));
        for wrong in ["e1.", "e1.00", "e1.zz.00", "x1.0000", "", TEXT] {
            assert_eq!(ours.decrypt(SECOND_FACTOR, wrong), Err(SecretError::Unknown), "{wrong}");
        }
        let cut_off = &encrypted[..=KeyId::PREFIX_LENGTH];
        assert_eq!(ours.decrypt(SECOND_FACTOR, cut_off), Err(SecretError::Changed), "{cut_off}");
    }

    #[test]
    fn the_previous_key_still_reads_and_no_longer_writes() {
        let old = SecretKeys::new("the secret of last year", None);
        let both = SecretKeys::new("the secret of this year", Some("the secret of last year"));
        let encrypted = old.encrypt(SECOND_FACTOR, TEXT, &Sevens);
        assert_eq!(both.decrypt(SECOND_FACTOR, &encrypted).as_deref(), Ok(TEXT));
        let anew = both.encrypt(SECOND_FACTOR, TEXT, &Sevens);
        assert_eq!((KeyId::of(&encrypted), KeyId::of(&anew)), (Some(old.id()), Some(both.id())));
        assert_eq!(old.decrypt(SECOND_FACTOR, &anew), Err(SecretError::OtherKey(both.id())));
        let prefix = anew.get(..KeyId::PREFIX_LENGTH).expect("ASCII");
        assert!(prefix.ends_with(&both.id().to_string()), "{prefix}");
    }

    #[test]
    fn a_key_of_cursors_opens_no_secret_and_the_other_way_round() {
        let (cursors, secrets) = (CursorKey::new("one text for both"), SecretKeys::new("one text for both", None));
        let cursor = cursors.encrypt("one", "SB00001", &Sevens);
        assert_eq!(cursors.decrypt("one", &cursor).as_deref(), Some("SB00001"));
        assert_eq!(cursors.decrypt("another", &cursor), None, "it is for one reader alone");
        assert_eq!(CursorKey::new("another text").decrypt("one", &cursor), None);
        assert_eq!(cursors.decrypt("one", &changed(&cursor)), None);
        assert!(matches!(secrets.decrypt("cursor", &cursor), Err(SecretError::OtherKey(_))));
        assert_eq!(cursors.decrypt("one", &secrets.encrypt("cursor of one", "SB00001", &Sevens)), None);
    }

    #[test]
    fn a_secret_of_an_earlier_version_of_this_program_is_still_read() {
        let kept = "e1.118c7044f0cfcdbf.07070707070707070707070707070707070707070707070742b4d683ce696bd2155d312d19d6d24d866c2c\
                    18b0e0940598977f98af87fa2b";
        let keys = SecretKeys::new("the secret of last year", None);
        assert_eq!(keys.decrypt(SECOND_FACTOR, kept).as_deref(), Ok(TEXT));
    }
}
