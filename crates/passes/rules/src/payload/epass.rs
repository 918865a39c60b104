//! The code of E-Pass: base64 of `{"id": "…", "sig": "…"}`, signed with HMAC-SHA256 over the id.
//!
//! Invariant: every code that E-Pass made with the same secret is read; nothing else is, not even the same content in
//! another form.

use base_core::time::Moment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Code, CodeFault};

/// Longest id of a pass, in characters.
pub const ID_LENGTH_MAX: usize = 64;
const BEFORE_ID: &str = "{\"id\": \"";
const BEFORE_SIGNATURE: &str = "\", \"sig\": \"";
const AFTER_SIGNATURE: &str = "\"}";
/// Hexadecimal digits of a signature.
const SIGNATURE_DIGITS: usize = 64;

/// A secret of E-Pass: the bytes of its text, as they are.
#[derive(Clone)]
pub struct EpassSecret(String);

impl EpassSecret {
    /// A secret.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    fn mac(&self, id: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("a key may have any length");
        mac.update(id.as_bytes());
        mac
    }

    /// The signature of an id.
    pub fn sign(&self, id: &str) -> [u8; 32] {
        self.mac(id).finalize().into_bytes().into()
    }

    fn has_signed(&self, id: &str, signature: &[u8; 32]) -> bool {
        // Compares in constant time.
        self.mac(id).verify_slice(signature).is_ok()
    }

    /// What stands in the address of a guest's page: it follows from the pass and from when its codes were made, and nobody
    /// else can make it. No id has a line end, so it is no signature of a code.
    pub fn mark(&self, id: &str, since: Moment) -> String {
        hex::encode(&self.sign(&format!("page of a guest\n{id}\n{}", since.0))[..16])
    }

    /// The code of a pass. It is the same each time.
    pub fn code(&self, id: &str) -> String {
        let signature = hex::encode(self.sign(id));
        STANDARD.encode(format!("{BEFORE_ID}{id}{BEFORE_SIGNATURE}{signature}{AFTER_SIGNATURE}"))
    }
}

/// True for the characters that ids are made of: none of them is written otherwise in JSON.
pub fn id_is_plain(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=ID_LENGTH_MAX).contains(&id.len()) && id.bytes().all(is_plain)
}

/// Reads a code: its form first, then its signature.
pub fn read(text: &str, secrets: &[EpassSecret]) -> Result<Code, CodeFault> {
    let bytes = STANDARD.decode(text).map_err(|_| CodeFault::Unreadable)?;
    let json = std::str::from_utf8(&bytes).map_err(|_| CodeFault::Unreadable)?;
    let inside = json.strip_prefix(BEFORE_ID).and_then(|rest| rest.strip_suffix(AFTER_SIGNATURE));
    let parts = inside.and_then(|inside| inside.split_once(BEFORE_SIGNATURE));
    let (id, digits) = parts.filter(|(id, _)| id_is_plain(id)).ok_or(CodeFault::Unreadable)?;
    let is_hex = digits.len() == SIGNATURE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        return Err(CodeFault::Unreadable);
    }
    let mut signature = [0; 32];
    let is_lower = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
    // A signature in capitals was not written by E-Pass, and E-Pass did not take it.
    if !is_lower || hex::decode_to_slice(digits, &mut signature).is_err() {
        return Err(CodeFault::Tampered);
    }
    let is_signed = secrets.iter().any(|secret| secret.has_signed(id, &signature));
    if is_signed { Ok(Code { pass: id.to_owned(), signed: None, is_found: false }) } else { Err(CodeFault::Tampered) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11111111-2222-4333-8444-555555555555";
    const CODE: &str = "eyJpZCI6ICIxMTExMTExMS0yMjIyLTQzMzMtODQ0NC01NTU1NTU1NTU1NTUiLCAic2lnIjogImVjNThmMDZmYjc1NzI4YjNhMTVjZjMwYTI2MTZlNTliZDAzNmU2ODc4MDZhNDRiZjljOTkxNjMwYmU5ZGUxOWEifQ==";

    fn secrets() -> Vec<EpassSecret> {
        vec![EpassSecret::new("test-secret")]
    }

    fn of_json(json: &str) -> Result<Code, CodeFault> {
        read(&STANDARD.encode(json), &secrets())
    }

    #[test]
    fn the_code_is_that_of_e_pass_byte_for_byte() {
        let signature = hex::encode(secrets()[0].sign(ID));
        assert_eq!(signature, "ec58f06fb75728b3a15cf30a2616e59bd036e687806a44bf9c991630be9de19a");
        assert_eq!((secrets()[0].code(ID).as_str(), CODE.len()), (CODE, 164));
        assert_eq!(read(CODE, &secrets()), Ok(Code { pass: ID.into(), signed: None, is_found: false }));
    }

    #[test]
    fn a_code_in_another_form_and_one_with_a_wrong_signature_each_have_their_own_fault() {
        let sig = "ec58f06fb75728b3a15cf30a2616e59bd036e687806a44bf9c991630be9de19a";
        let unreadable = [
            format!("{{\"id\":\"{ID}\",\"sig\":\"{sig}\"}}"),
            format!("{{\"sig\": \"{sig}\", \"id\": \"{ID}\"}}"),
            format!("{{\"id\": \"{ID}\", \"sig\": \"{sig}\", \"more\": 1}}"),
            format!("{{\"id\": \"\", \"sig\": \"{sig}\"}}"),
            format!("{{\"id\": \"{ID}\", \"sig\": \"{}\"}}", &sig[1..]),
            format!("{{\"id\": \"a\\u0062\", \"sig\": \"{sig}\"}}"),
            "[]".to_owned(),
        ];
        for json in unreadable {
            assert_eq!(of_json(&json), Err(CodeFault::Unreadable), "{json}");
        }
        let tampered = [
            format!("{{\"id\": \"{ID}\", \"sig\": \"{}\"}}", sig.to_uppercase()),
            format!("{{\"id\": \"{}\", \"sig\": \"{sig}\"}}", ID.replace('1', "9")),
            format!("{{\"id\": \"{ID}\", \"sig\": \"{}\"}}", sig.replace('e', "f")),
        ];
        for json in tampered {
            assert_eq!(of_json(&json), Err(CodeFault::Tampered), "{json}");
        }
        for text in [CODE.trim_end_matches('='), &CODE.replace('y', "-"), &format!("{CODE}!!"), "", "=", "é"] {
            assert_eq!(read(text, &secrets()), Err(CodeFault::Unreadable), "{text}");
        }
    }

    #[test]
    fn an_earlier_secret_is_taken_and_another_is_not() {
        let both = [EpassSecret::new("the present one"), EpassSecret::new("test-secret")];
        assert!(read(CODE, &both).is_ok());
        assert_eq!(read(CODE, &both[..1]), Err(CodeFault::Tampered));
        assert_eq!(read(CODE, &[]), Err(CodeFault::Tampered));
    }
}
