//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint): a text, an empty line, and a line with the signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::tree::{Hash, sha256};

/// Ed25519, as signed notes number it.
const ALGORITHM: u8 = 1;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text has not the form.
    #[error("it has not the form of {0}")]
    Form(&'static str),
    /// No signature is by this key.
    #[error("it is not signed by this key")]
    NotSigned,
}

/// A key that signs. Never printed.
pub struct Signer {
    pair: Ed25519KeyPair,
    name: String,
}

impl Signer {
    /// The key that follows from 32 random bytes, under the name of a log.
    pub fn new(seed: &Hash, name: &str) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("every seed of 32 bytes is a key");
        Self { pair, name: name.to_owned() }
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        let bytes = self.pair.public_key().as_ref().try_into().expect("an Ed25519 key has 32 bytes");
        PublicKey { name: self.name.clone(), bytes }
    }

    /// Signs a text, which ends with a line break and has no empty line at its end.
    pub fn sign(&self, text: &str) -> String {
        let public = self.public();
        let signature = self.pair.sign(text.as_bytes());
        let signed = [&public.id()[..], signature.as_ref()].concat();
        format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signed))
    }

    /// A signed checkpoint.
    pub fn checkpoint(&self, checkpoint: &Checkpoint) -> String {
        self.sign(&checkpoint.text(&self.name))
    }
}

/// A public key with the name of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The name of the log.
    pub name: String,
    bytes: [u8; 32],
}

impl PublicKey {
    /// Reads `name+id+key`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Form("a public key (name+id+key)");
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(key)) = (name, id, key) else { return Err(wrong) };
        let key = STANDARD.decode(key).map_err(|_| wrong)?;
        let [ALGORITHM, bytes @ ..] = key.as_slice() else { return Err(wrong) };
        let found = Self { name: name.to_owned(), bytes: bytes.try_into().map_err(|_| wrong)? };
        if name.is_empty() || hex::encode(found.id()) != id { Err(wrong) } else { Ok(found) }
    }

    /// The first bytes of every signature by it.
    fn id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ALGORITHM], &self.bytes]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The text of a note that this key has signed.
    pub fn open<'n>(&self, note: &'n str) -> Result<&'n str, NoteError> {
        let form = NoteError::Form("a signed note");
        let at = note.rfind("\n\n").ok_or(form)?;
        let (text, signatures) = (&note[..=at], &note[at + 2..]);
        for line in signatures.lines() {
            let (name, signed) = line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' ')).ok_or(form)?;
            let signed = STANDARD.decode(signed).map_err(|_| form)?;
            let (id, signature) = signed.split_at_checked(4).ok_or(form)?;
            if name == self.name && id == self.id() {
                let key = UnparsedPublicKey::new(&ED25519, &self.bytes);
                return key.verify(text.as_bytes(), signature).map(|()| text).map_err(|_| NoteError::NotSigned);
            }
        }
        Err(NoteError::NotSigned)
    }

    /// The checkpoint in a note that this key has signed.
    pub fn checkpoint(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let form = NoteError::Form("a checkpoint");
        let mut lines = self.open(note)?.lines();
        let (name, size, root) = (lines.next(), lines.next(), lines.next());
        let (Some(name), Some(size), Some(root)) = (name, size, root) else { return Err(form) };
        let digits = size.parse::<u64>().map_err(|_| form)?;
        let root = STANDARD.decode(root).map_err(|_| form)?.try_into().map_err(|_| form)?;
        if name != self.name || digits.to_string() != size { Err(form) } else { Ok(Checkpoint { size: digits, root }) }
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = [&[ALGORITHM][..], &self.bytes].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(key))
    }
}

/// How large the tree is, and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    fn text(&self, name: &str) -> String {
        format!("{name}\n{}\n{}\n", self.size, STANDARD.encode(self.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_with_its_key_alone_and_not_when_a_byte_differs() {
        let signer = Signer::new(&[7; 32], "tallyhouse/test");
        let checkpoint = Checkpoint { size: 12, root: [9; 32] };
        let note = signer.checkpoint(&checkpoint);
        let key = PublicKey::parse(&signer.public().to_string()).expect("its own form");
        assert_eq!(key.checkpoint(&note), Ok(checkpoint));
        for (at, _) in note.char_indices() {
            let mut wrong = note.clone().into_bytes();
            wrong[at] ^= 1;
            if let Ok(wrong) = String::from_utf8(wrong) {
                assert_ne!(key.checkpoint(&wrong), Ok(checkpoint), "byte {at}");
            }
        }
        let other = Signer::new(&[8; 32], "tallyhouse/test").public();
        assert_eq!(other.checkpoint(&note), Err(NoteError::NotSigned));
        for wrong in ["", "a+b+c", "tallyhouse/test+00000000+AQ==", "x"] {
            assert!(PublicKey::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_key_that_another_program_made_is_read() {
        // From the description of signed notes at C2SP.
        let key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        assert_eq!(PublicKey::parse(key).map(|key| key.to_string()).as_deref(), Ok(key));
    }
}
