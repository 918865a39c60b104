//! Codes of authenticator apps: TOTP (RFC 6238) as all apps know it, with SHA-1, six digits and steps of 30 seconds.

use base_core::entropy::{self, Entropy};
use base_core::time::{Moment, SECOND_US};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How long one code lasts, in seconds.
pub const STEP_S: i64 = 30;
/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How many steps a clock may be wrong, in either direction.
const SLACK: i64 = 1;
/// The bytes of a new secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Most characters of a secret that is read.
const SECRET_CHARS_MAX: usize = 256;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, in the letters and digits that apps read.
pub fn new_secret(chance: &dyn Entropy) -> String {
    base32(&entropy::bytes::<SECRET_BYTES>(chance))
}

/// The time step of a moment.
pub fn step_at(now: Moment) -> i64 {
    now.0.div_euclid(STEP_S * SECOND_US)
}

/// The step that a code is of, if it is of one about now. `None` for a wrong code, and for a secret that is none.
pub fn step_of(secret: &str, code: &str, now: Moment) -> Option<i64> {
    let key = from_base32(secret)?;
    let present = step_at(now);
    let mut found = None;
    for step in present - SLACK..=present + SLACK {
        if is_equal(&code_at(&key, step), code) {
            found = Some(step);
        }
    }
    found
}

/// The code of a secret at a step; `None` for a secret that is none.
pub fn code_of(secret: &str, step: i64) -> Option<String> {
    Some(code_at(&from_base32(secret)?, step))
}

/// What an app reads from a picture. `site` is shown above the code, `person` beside it.
pub fn address_for_apps(secret: &str, site: &str, person: &str) -> String {
    let (site, person) = (escaped(site), escaped(person));
    format!(
        "otpauth://totp/{site}:{person}?secret={secret}&issuer={site}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )
}

/// The digits of what was typed as a code, whatever stands between them; `None` if it is no code.
pub fn read_code(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|character| !character.is_whitespace() && *character != '-').collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

fn code_at(key: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("every length is a key");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0x0f);
    let number = hash[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let digits = (number & 0x7fff_ffff) % 1_000_000;
    format!("{digits:06}")
}

/// In a time that does not depend on where they differ.
fn is_equal(one: &str, two: &str) -> bool {
    one.len() == two.len() && one.bytes().zip(two.bytes()).fold(0, |all, (one, two)| all | (one ^ two)) == 0
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut kept, mut bits) = (0_u32, 0);
    for byte in bytes {
        kept = kept << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(kept >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(kept << (5 - bits) & 31) as usize]));
    }
    out
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut kept, mut bits) = (0_u32, 0);
    let letters = text.trim().trim_end_matches('=').bytes().filter(|byte| !b" -".contains(byte));
    for letter in letters.take(SECRET_CHARS_MAX) {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        kept = (kept << 5 | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(kept >> bits & 0xff).ok()?);
        }
    }
    (!out.is_empty()).then_some(out)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Moment(seconds * SECOND_US);
            assert_eq!(code_of(SECRET, step_at(now)).as_deref(), Some(code), "{seconds}");
            assert_eq!(step_of(SECRET, code, now), Some(step_at(now)));
        }
    }

    #[test]
    fn a_clock_may_be_one_step_wrong_and_no_more() {
        let now = Moment(2_000_000_000 * SECOND_US);
        let present = step_at(now);
        for (step, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = code_of(SECRET, present + step).expect("a secret");
            assert_eq!(step_of(SECRET, &code, now).is_some(), taken, "{step}");
        }
        assert_eq!((step_of("no secret!", "123456", now), step_of("", "123456", now)), (None, None));
    }

    #[test]
    fn a_secret_is_read_however_it_is_written() {
        assert_eq!(from_base32(SECRET).as_deref(), Some(&b"12345678901234567890"[..]));
        assert_eq!(from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), from_base32(SECRET));
        for bytes in [&b"f"[..], b"fo", b"foo", b"foob", b"fooba", b"foobar"] {
            assert_eq!(from_base32(&base32(bytes)).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_was_typed_is_a_code_or_none() {
        assert_eq!(read_code(" 123 456 ").as_deref(), Some("123456"));
        for typed in ["12345", "1234567", "12345a", "", "१२३४५६"] {
            assert_eq!(read_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn an_app_reads_who_and_where() {
        let address = address_for_apps("ABC", "Dock & Co", "meera@x");
        assert!(address.starts_with("otpauth://totp/Dock%20%26%20Co:meera%40x?secret=ABC&issuer=Dock%20%26%20Co"));
    }
}
