//! The compact code: 96 bytes in the characters that a QR code packs best and every scanner types, signed with Ed25519,
//! so that a device checks it with the public key alone.
//!
//! `TP1` and then base32 of: key id (2 bytes), event (4), pass (16), kind (1), minute it was made (4), minute until which it
//! holds (4, zero for ever), one byte that is zero, signature (64) over everything before it with `TP1` in front.

use base_core::time::{MINUTE_US, Moment};
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::Sha256;
use uuid::Uuid;

use super::{Code, CodeFault, Signed};
use crate::event::EventId;
use crate::pass::PassKind;

const PREFIX: &str = "TP1";
const BODY: usize = 32;
const SIGNATURE: usize = 64;
const WHOLE: usize = BODY + SIGNATURE;
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A key of the compact format.
#[derive(Clone)]
pub struct CompactKey {
    id: u16,
    pair: std::sync::Arc<Ed25519KeyPair>,
    /// True when codes that it signed are no longer taken.
    pub is_revoked: bool,
}

impl CompactKey {
    /// The key with this number that follows from a secret. The key itself is kept nowhere.
    pub fn derived(secret: &str, id: u16) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key may have any length");
        mac.update(format!("tallyhouse pass key {id}").as_bytes());
        let seed: [u8; 32] = mac.finalize().into_bytes().into();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed has 32 bytes");
        Self { id, pair: pair.into(), is_revoked: false }
    }

    /// Its number.
    pub fn id(&self) -> u16 {
        self.id
    }

    /// What devices check codes with, as hexadecimal digits.
    pub fn public(&self) -> String {
        hex::encode(self.pair.public_key())
    }

    /// The code of a pass; `None` for a pass whose id is no UUID, as from elsewhere.
    pub fn code(&self, pass: &str, signed: &Signed) -> Option<String> {
        let pass = Uuid::parse_str(pass).ok()?;
        let mut bytes = Vec::with_capacity(WHOLE);
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(u32::try_from(signed.event).ok()?.to_be_bytes());
        bytes.extend(pass.as_bytes());
        bytes.push(u8::try_from(signed.kind.people()).ok()?);
        bytes.extend(minutes(signed.made_at)?.to_be_bytes());
        // Rounded up: a code holds to the end of the minute.
        let until = signed.until.map(|at| at.plus_us(MINUTE_US - 1)).map_or(Some(0), minutes)?;
        bytes.extend(until.to_be_bytes());
        bytes.push(0);
        let signature = self.pair.sign(&with_prefix(&bytes));
        bytes.extend(signature.as_ref());
        Some(format!("{PREFIX}{}", encode(&bytes)))
    }
}

fn minutes(at: Moment) -> Option<u32> {
    u32::try_from(at.0.div_euclid(MINUTE_US)).ok()
}

fn with_prefix(body: &[u8]) -> Vec<u8> {
    [PREFIX.as_bytes(), body].concat()
}

/// True for a text that begins like a compact code.
pub fn looks_like_one(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Reads a code: its form, its key, its signature, and then what it says.
pub fn read(text: &str, keys: &[CompactKey]) -> Result<Code, CodeFault> {
    let bytes = text.strip_prefix(PREFIX).and_then(decode).ok_or(CodeFault::Unreadable)?;
    let (body, signature) = bytes.split_at_checked(BODY).ok_or(CodeFault::Unreadable)?;
    if signature.len() != SIGNATURE {
        return Err(CodeFault::Unreadable);
    }
    let mut fields = Fields(body);
    let id = u16::from_be_bytes(fields.take());
    let key = keys.iter().find(|key| key.id == id).ok_or(CodeFault::Tampered)?;
    let public = UnparsedPublicKey::new(&ED25519, key.pair.public_key());
    public.verify(&with_prefix(body), signature).map_err(|_| CodeFault::Tampered)?;
    if key.is_revoked {
        return Err(CodeFault::Revoked);
    }
    let event = EventId::from(u32::from_be_bytes(fields.take()));
    let pass = Uuid::from_bytes(fields.take()).to_string();
    let [people] = fields.take();
    let kind =
        PassKind::ALL.into_iter().find(|kind| kind.people() == i64::from(people)).ok_or(CodeFault::Unreadable)?;
    let mut moment = || Moment(i64::from(u32::from_be_bytes(fields.take())) * MINUTE_US);
    let (made_at, until) = (moment(), moment());
    let until = Some(until).filter(|until| until.0 > 0);
    Ok(Code { pass, signed: Some(Signed { event, kind, made_at, until }), is_found: false })
}

/// The fields of a body, which is known to be long enough for all of them.
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (first, rest) = self.0.split_first_chunk().expect("the body has the length of all its fields");
        self.0 = rest;
        *first
    }
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(DIGITS[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        out.push(char::from(DIGITS[(held << (5 - bits)) as usize & 31]));
    }
    out
}

/// Reads base32 in the one form in which it is written.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        held = (held << 5) | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 255).ok()?);
        }
    }
    (encode(&out) == text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11111111-2222-4333-8444-555555555555";

    fn signed() -> Signed {
        let made_at = Moment(29_000_000 * MINUTE_US);
        Signed { event: 7, kind: PassKind::Couple, made_at, until: Some(made_at.plus_us(60 * MINUTE_US)) }
    }

    #[test]
    fn a_code_says_what_was_signed_and_its_length_suits_a_small_drawing() {
        let key = CompactKey::derived("the secret of a site", 1);
        let code = key.code(ID, &signed()).expect("a code");
        assert_eq!(code.len(), 157);
        assert!(code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
        assert_eq!(read(&code, &[key]), Ok(Code { pass: ID.into(), signed: Some(signed()), is_found: false }));
    }

    #[test]
    fn any_character_that_changes_makes_the_code_wrong() {
        let key = CompactKey::derived("the secret of a site", 1);
        let code = key.code(ID, &signed()).expect("a code");
        for at in 0..code.len() {
            let other = if code.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = code.clone();
            changed.replace_range(at..=at, other);
            let found = super::super::read(
                &changed,
                &super::super::Keyring { epass: vec![], compact: vec![key.clone()].into() },
            );
            assert!(found.is_err(), "{changed}");
        }
    }

    #[test]
    fn keys_of_other_secrets_and_numbers_and_revoked_ones_are_not_taken() {
        let key = CompactKey::derived("the secret of a site", 1);
        let code = key.code(ID, &signed()).expect("a code");
        let other = [CompactKey::derived("another secret", 1), CompactKey::derived("the secret of a site", 2)];
        for key in other {
            assert_eq!(read(&code, &[key]), Err(CodeFault::Tampered));
        }
        let revoked = CompactKey { is_revoked: true, ..key.clone() };
        assert_eq!(read(&code, &[revoked]), Err(CodeFault::Revoked));
        let next = CompactKey::derived("the secret of a site", 2);
        assert!(read(&code, &[next, key]).is_ok(), "after a change of keys, the earlier one is still taken");
        assert_eq!(read("TP1", &[]), Err(CodeFault::Unreadable));
    }
}
