//! Passkeys (Web Authentication, level 3): whether what a browser sends was made by the key of a person, for this site, now.
//!
//! Invariants: a challenge, the origin, the site's name, the presence of the person and their verification by the device (a
//! finger, a face, a PIN) are all looked at, every time; a counter that does not rise is a copied key. What an authenticator
//! says of its maker is neither asked for nor believed.

mod cbor;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use cbor::Value;

/// Most passkeys of one account.
pub const OF_ACCOUNT_MAX: i64 = 10;
/// Longest name of a passkey, in characters.
pub const NAME_CHARS_MAX: usize = 40;
/// Longest id that an authenticator may give a key, in bytes.
const ID_BYTES_MAX: usize = 1023;
/// Longest of what a browser sends.
const SENT_BYTES_MAX: usize = 8 * 1024;

/// What authenticators are asked for, by its number in COSE: ES256, Ed25519, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Bits of what an authenticator says.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MAY_BE_COPIED: u8 = 0x08;
const IS_COPIED: u8 = 0x10;
const HAS_KEY: u8 = 0x40;

/// The site, as browsers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// What passkeys are bound to: the host name.
    pub id: String,
    /// What browsers call a page of the site: scheme, host and port.
    pub origin: String,
}

impl Site {
    /// The site of a public address; `None` for one that passkeys cannot be bound to: an IP address, or plain HTTP to
    /// another machine.
    pub fn of(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let place = rest.split('/').next()?.to_lowercase();
        let host = place.rsplit_once(':').map_or(place.as_str(), |(host, _)| host);
        let is_name = host.chars().any(|one| one.is_ascii_alphabetic()) && !host.contains([':', '[', '@']);
        let is_safe = scheme == "https" || host == "localhost";
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let origin = format!("{scheme}://{}", place.strip_suffix(usual).unwrap_or(&place));
        (is_name && is_safe).then(|| Self { id: host.to_owned(), origin })
    }
}

/// Why something a browser sent is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not what browsers send.
    #[error("this was not made by a passkey")]
    Unreadable,
    /// It was made for another page, another site or another moment.
    #[error("this passkey was asked for something else; try again")]
    OtherCeremony,
    /// Nobody has shown the device who they are.
    #[error("the device did not ask for a finger, a face or a PIN")]
    NotVerified,
    /// A kind of key that was not asked for.
    #[error("this device makes keys of a kind that is not known here")]
    UnknownKind,
    /// The signature is not that of the key.
    #[error("this passkey is not the one that is known here")]
    WrongSignature,
    /// The counter did not rise: there is another copy of the key.
    #[error("this passkey has been copied, and is not taken any more")]
    Copied,
}

/// A new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What the authenticator calls it.
    pub id: String,
    /// The public key, as it is stored.
    pub public_key: String,
    /// The counter.
    pub counter: i64,
}

/// What a browser sends to register a key.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'r> {
    /// `clientDataJSON`, in base64url.
    pub client_data: &'r str,
    /// `attestationObject`, in base64url.
    pub attestation: &'r str,
}

/// What a browser sends to show that somebody has a key.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// `clientDataJSON`, in base64url.
    pub client_data: &'a str,
    /// `authenticatorData`, in base64url.
    pub authenticator: &'a str,
    /// The signature, in base64url.
    pub signature: &'a str,
}

/// A key as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct KnownKey<'k> {
    /// The public key.
    pub public_key: &'k str,
    /// The counter at its last use.
    pub counter: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// The key that a browser registers.
pub fn register(site: &Site, challenge: &str, sent: Registration<'_>) -> Result<NewKey, Fault> {
    let client_data = decoded(sent.client_data)?;
    check_client_data(site, challenge, &client_data, "webauthn.create")?;
    let attestation = decoded(sent.attestation)?;
    let (attestation, _) = cbor::read(&attestation).ok_or(Fault::Unreadable)?;
    let said = attestation.under("authData").and_then(Value::bytes).ok_or(Fault::Unreadable)?;
    let Said { flags, counter, rest } = Said::read(site, said)?;
    if flags & HAS_KEY == 0 {
        return Err(Fault::Unreadable);
    }
    // After the number of the maker's model.
    let (length, rest) = rest.get(16..).and_then(|rest| rest.split_at_checked(2)).ok_or(Fault::Unreadable)?;
    let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let (id, key) = rest.split_at_checked(length).ok_or(Fault::Unreadable)?;
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        return Err(Fault::Unreadable);
    }
    let (key, _) = cbor::read(key).ok_or(Fault::Unreadable)?;
    Ok(NewKey { id: URL_SAFE_NO_PAD.encode(id), public_key: stored(&key).ok_or(Fault::UnknownKind)?, counter })
}

/// The counter after somebody has shown that they have a key.
pub fn prove(site: &Site, challenge: &str, key: KnownKey<'_>, sent: Assertion<'_>) -> Result<i64, Fault> {
    let client_data = decoded(sent.client_data)?;
    check_client_data(site, challenge, &client_data, "webauthn.get")?;
    let mut signed = decoded(sent.authenticator)?;
    let Said { counter, .. } = Said::read(site, &signed)?;
    signed.extend_from_slice(digest(&SHA256, &client_data).as_ref());
    if !is_signed(key.public_key, &signed, &decoded(sent.signature)?) {
        return Err(Fault::WrongSignature);
    }
    // Many do not count, and say 0 for ever.
    if (counter != 0 || key.counter != 0) && counter <= key.counter {
        return Err(Fault::Copied);
    }
    Ok(counter)
}

fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    if text.len() > SENT_BYTES_MAX {
        return Err(Fault::Unreadable);
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Unreadable)
}

fn check_client_data(site: &Site, challenge: &str, bytes: &[u8], kind: &str) -> Result<(), Fault> {
    let said: ClientData = serde_json::from_slice(bytes).map_err(|_| Fault::Unreadable)?;
    let is_ours = said.kind == kind && said.challenge == challenge && said.origin == site.origin && !said.cross_origin;
    if is_ours && !challenge.is_empty() { Ok(()) } else { Err(Fault::OtherCeremony) }
}

/// What an authenticator says.
struct Said<'s> {
    flags: u8,
    counter: i64,
    rest: &'s [u8],
}

impl<'s> Said<'s> {
    fn read(site: &Site, bytes: &'s [u8]) -> Result<Self, Fault> {
        let (of_site, rest) = bytes.split_at_checked(32).ok_or(Fault::Unreadable)?;
        let (&flags, rest) = rest.split_first().ok_or(Fault::Unreadable)?;
        let (counter, rest) = rest.split_at_checked(4).ok_or(Fault::Unreadable)?;
        if of_site != digest(&SHA256, site.id.as_bytes()).as_ref() {
            return Err(Fault::OtherCeremony);
        }
        if flags & PRESENT == 0 || flags & VERIFIED == 0 {
            return Err(Fault::NotVerified);
        }
        if flags & IS_COPIED != 0 && flags & MAY_BE_COPIED == 0 {
            return Err(Fault::Unreadable);
        }
        Ok(Self { flags, counter: counter.iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte)), rest })
    }
}

/// The public key as a text: its kind, and its numbers in base64url.
fn stored(key: &Value<'_>) -> Option<String> {
    let number = |at| key.at(at).and_then(Value::number);
    let bytes = |at| key.at(at).and_then(Value::bytes);
    let of = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let is_wide = |part: &&[u8]| part.len() == 32;
    match (number(1)?, number(3)?) {
        (2, -7) if number(-1) == Some(1) => {
            let (x, y) = (bytes(-2).filter(is_wide)?, bytes(-3).filter(is_wide)?);
            Some(format!("es256 {}", of(&[&[4], x, y].concat())))
        }
        (1, -8) if number(-1) == Some(6) => Some(format!("ed25519 {}", of(bytes(-2).filter(is_wide)?))),
        (3, -257) => {
            let (n, e) = (bytes(-1)?, bytes(-2)?);
            ((256..=1024).contains(&n.len()) && e.len() <= 8).then(|| format!("rs256 {} {}", of(n), of(e)))
        }
        _ => None,
    }
}

fn is_signed(public_key: &str, signed: &[u8], signature: &[u8]) -> bool {
    let mut parts = public_key.split(' ');
    let kind = parts.next();
    let mut part = || parts.next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let checked = match (kind, part()) {
        (Some("es256"), Some(key)) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(signed, signature),
        (Some("ed25519"), Some(key)) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
        (Some("rs256"), Some(n)) => {
            let Some(e) = part() else { return false };
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
        }
        _ => return false,
    };
    checked.is_ok()
}

/// The name of a passkey, if it can be one.
pub fn check_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    const CHALLENGE: &str = "a-challenge-of-this-moment";

    fn site() -> Site {
        Site::of("https://bags.example").expect("a site")
    }

    /// An authenticator of our own.
    struct Device(EcdsaKeyPair);

    impl Device {
        fn new() -> Self {
            let (kind, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
            let key = EcdsaKeyPair::generate_pkcs8(kind, &chance).expect("a key");
            Self(EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &chance).expect("a key"))
        }

        fn says(site: &str, flags: u8, counter: u32) -> Vec<u8> {
            let mut said = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
            said.push(flags);
            said.extend(counter.to_be_bytes());
            said
        }

        fn attestation(&self, said: &[u8]) -> String {
            let point = self.0.public_key().as_ref();
            let mut data = said.to_vec();
            data.extend([0; 16]);
            data.extend([0, 3]);
            data.extend(b"key");
            data.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
            data.extend(&point[1..33]);
            data.extend(b"\x22\x58\x20");
            data.extend(&point[33..]);
            let mut all = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
            all.push(u8::try_from(data.len()).expect("less than 256"));
            all.extend(data);
            URL_SAFE_NO_PAD.encode(all)
        }

        fn signs(&self, said: &[u8], client_data: &str) -> String {
            let client_data = URL_SAFE_NO_PAD.decode(client_data).expect("base64");
            let signed = [said, digest(&SHA256, &client_data).as_ref()].concat();
            URL_SAFE_NO_PAD.encode(self.0.sign(&SystemRandom::new(), &signed).expect("a signature").as_ref())
        }
    }

    fn client_data(kind: &str, challenge: &str, origin: &str) -> String {
        let text = format!("{{\"type\":\"{kind}\",\"challenge\":\"{challenge}\",\"origin\":\"{origin}\",\"x\":1}}");
        URL_SAFE_NO_PAD.encode(text)
    }

    #[test]
    fn a_key_is_registered_and_shown_again_for_this_site_this_challenge_and_a_verified_person_alone() {
        let (site, device) = (site(), Device::new());
        let create = client_data("webauthn.create", CHALLENGE, "https://bags.example");
        let said = Device::says("bags.example", 0x45, 1);
        let attestation = device.attestation(&said);
        let sent = Registration { client_data: &create, attestation: &attestation };
        let key = register(&site, CHALLENGE, sent).expect("a key");
        assert_eq!((key.id.as_str(), key.counter), ("a2V5", 1));
        assert_eq!(register(&site, "other", sent), Err(Fault::OtherCeremony));
        assert_eq!(register(&site, "", sent), Err(Fault::OtherCeremony));
        let unverified = device.attestation(&Device::says("bags.example", 0x41, 1));
        let sent = Registration { client_data: &create, attestation: &unverified };
        assert_eq!(register(&site, CHALLENGE, sent), Err(Fault::NotVerified));

        let get = client_data("webauthn.get", CHALLENGE, "https://bags.example");
        let other_origin = client_data("webauthn.get", CHALLENGE, "https://evil.example");
        let other_challenge = client_data("webauthn.get", "an older one", "https://bags.example");
        for (client_data, of, flags, counter, meant) in [
            (&get, "bags.example", 0x05, 2, Ok(2)),
            (&get, "bags.example", 0x05, 1, Err(Fault::Copied)),
            (&get, "bags.example", 0x05, 0, Err(Fault::Copied)),
            (&get, "bags.example", 0x01, 2, Err(Fault::NotVerified)),
            (&get, "bags.example", 0x04, 2, Err(Fault::NotVerified)),
            (&get, "evil.example", 0x05, 2, Err(Fault::OtherCeremony)),
            (&other_origin, "bags.example", 0x05, 2, Err(Fault::OtherCeremony)),
            (&other_challenge, "bags.example", 0x05, 2, Err(Fault::OtherCeremony)),
            (&create, "bags.example", 0x05, 2, Err(Fault::OtherCeremony)),
        ] {
            let said = Device::says(of, flags, counter);
            let (signature, authenticator) = (device.signs(&said, client_data), URL_SAFE_NO_PAD.encode(&said));
            let sent = Assertion { client_data, authenticator: &authenticator, signature: &signature };
            let known = KnownKey { public_key: &key.public_key, counter: key.counter };
            assert_eq!(prove(&site, CHALLENGE, known, sent), meant, "{of} {flags} {counter}");
        }
        let said = Device::says("bags.example", 0x05, 2);
        let (signature, authenticator) = (Device::new().signs(&said, &get), URL_SAFE_NO_PAD.encode(&said));
        let sent = Assertion { client_data: &get, authenticator: &authenticator, signature: &signature };
        let known = KnownKey { public_key: &key.public_key, counter: 0 };
        assert_eq!(prove(&site, CHALLENGE, known, sent), Err(Fault::WrongSignature), "another device");
    }

    #[test]
    fn nothing_that_is_sent_is_read_beyond_its_end() {
        let (site, device) = (site(), Device::new());
        let create = client_data("webauthn.create", CHALLENGE, "https://bags.example");
        let whole = URL_SAFE_NO_PAD.decode(device.attestation(&Device::says("bags.example", 0x45, 1))).expect("bytes");
        for length in 0..whole.len() {
            let cut = URL_SAFE_NO_PAD.encode(&whole[..length]);
            let sent = Registration { client_data: &create, attestation: &cut };
            assert!(register(&site, CHALLENGE, sent).is_err(), "{length}");
        }
    }

    #[test]
    fn passkeys_are_bound_to_a_name_and_to_https() {
        let of = |address| Site::of(address).map(|site| (site.id, site.origin));
        let site = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(of("https://Bags.Example"), site("bags.example", "https://bags.example"));
        assert_eq!(of("https://bags.example:8443/"), site("bags.example", "https://bags.example:8443"));
        assert_eq!(of("https://bags.example:443"), site("bags.example", "https://bags.example"));
        assert_eq!(of("http://localhost:7070"), site("localhost", "http://localhost:7070"));
        for address in ["http://bags.example", "https://10.0.0.1", "http://127.0.0.1:7070", "https://[::1]", "", "x"] {
            assert_eq!(of(address), None, "{address}");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(check_name(" Phone "), Some("Phone"));
        for name in ["", "  ", "a\nb", &"x".repeat(41)] {
            assert_eq!(check_name(name), None);
        }
    }
}
