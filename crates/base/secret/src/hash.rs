//! Password hashes: argon2id, which this program makes, and those that earlier systems left behind, which are checked
//! until their owner signs in once and gets a better one.
//!
//! Invariants: a text that is not a known hash matches no password; a hash that would cost far too much to check is not
//! a known one; two keys are compared in a time that reveals nothing about them.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Longest hash that is looked at, in bytes.
const LENGTH_MAX: usize = 512;
/// Largest memory that checking one password may take, in bytes.
const MEMORY_BYTES_MAX: u64 = 256 << 20;
/// Largest `N * r * p` of scrypt: sixteen times what werkzeug writes.
const SCRYPT_WORK_MAX: u64 = 16 * 32_768 * 8;
/// Most rounds of PBKDF2: three times what werkzeug writes today.
const ROUNDS_MAX: u32 = 3_000_000;
/// The rounds of a hash that does not name them: the library's defaults over time, all of which are tried.
const ROUNDS_UNNAMED: [u32; 3] = [150_000, 260_000, 600_000];
/// Largest cost of bcrypt, as a power of two.
const BCRYPT_COST_MAX: u32 = 15;
/// Most iterations and lanes of argon2.
const ARGON2_PASSES_MAX: u32 = 32;

/// A hash that can be checked.
enum Known<'h> {
    Argon2(Box<PasswordHash>),
    Scrypt { params: scrypt::Params, salt: &'h str, key: Vec<u8> },
    Pbkdf2 { rounds: Option<u32>, salt: &'h str, key: Vec<u8> },
    Bcrypt(&'h str),
}

/// True when passwords can be checked against this text: argon2, bcrypt, and werkzeug's scrypt and PBKDF2.
pub fn is_known_hash(text: &str) -> bool {
    Known::read(text).is_some()
}

/// True for a known hash that is weaker than those made today: its owner gets a new one at the next sign-in.
pub fn needs_upgrade(text: &str) -> bool {
    match Known::read(text) {
        Some(Known::Argon2(hash)) => {
            let best = Params::default();
            let weaker = Params::try_from(&*hash)
                .map_or(true, |params| params.m_cost() < best.m_cost() || params.t_cost() < best.t_cost());
            weaker || Algorithm::try_from(hash.algorithm.as_str()) != Ok(Algorithm::Argon2id)
        }
        Some(_) => true,
        None => false,
    }
}

/// Checks a password; an unknown kind of hash matches none.
pub(crate) fn verify(password: &str, text: &str) -> bool {
    Known::read(text).is_some_and(|known| known.opens_to(password.as_bytes()))
}

impl<'h> Known<'h> {
    fn read(text: &'h str) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        if text.starts_with("$argon2") {
            return read_argon2(text);
        }
        if ["$2a$", "$2b$", "$2y$"].iter().any(|kind| text.starts_with(kind)) {
            let parts: bcrypt::HashParts = text.parse().ok()?;
            return (parts.get_cost() <= BCRYPT_COST_MAX).then_some(Self::Bcrypt(text));
        }
        // Werkzeug: `method:parameters$salt$hex`, the salt being its own text.
        let mut parts = text.split('$');
        let (method, salt, key) = (parts.next()?, parts.next()?, hex::decode(parts.next()?).ok()?);
        if parts.next().is_some() || salt.is_empty() {
            return None;
        }
        let mut method = method.split(':');
        match method.next()? {
            "scrypt" if key.len() == 64 => Some(Self::Scrypt { params: scrypt_params(method)?, salt, key }),
            "pbkdf2" if key.len() == 32 && method.next() == Some("sha256") => {
                let rounds = method.next().map(str::parse::<u32>).transpose().ok()?;
                let sane = rounds.is_none_or(|rounds| (1..=ROUNDS_MAX).contains(&rounds));
                (sane && method.next().is_none()).then_some(Self::Pbkdf2 { rounds, salt, key })
            }
            _ => None,
        }
    }

    fn opens_to(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => Argon2::default().verify_password(password, &**hash).is_ok(),
            Self::Scrypt { params, salt, key } => {
                let mut found = [0; 64];
                scrypt::scrypt(password, salt.as_bytes(), params, &mut found).is_ok() && found.ct_eq(key).into()
            }
            Self::Pbkdf2 { rounds: Some(rounds), salt, key } => pbkdf2_key(password, salt, *rounds).ct_eq(key).into(),
            Self::Pbkdf2 { rounds: None, salt, key } => {
                let tried = ROUNDS_UNNAMED.map(|rounds| pbkdf2_key(password, salt, rounds).ct_eq(key));
                tried.into_iter().fold(subtle::Choice::from(0), |any, one| any | one).into()
            }
            Self::Bcrypt(text) => bcrypt::verify(password, text).unwrap_or(false),
        }
    }
}

fn read_argon2<'h>(text: &str) -> Option<Known<'h>> {
    let hash = PasswordHash::new(text).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let sane = u64::from(params.m_cost()) * 1024 <= MEMORY_BYTES_MAX
        && params.t_cost() <= ARGON2_PASSES_MAX
        && params.p_cost() <= ARGON2_PASSES_MAX;
    sane.then(|| Known::Argon2(Box::new(hash)))
}

/// `N:r:p`, or nothing for werkzeug's own figures.
fn scrypt_params<'p>(mut parts: impl Iterator<Item = &'p str>) -> Option<scrypt::Params> {
    let mut next = |default: u64| parts.next().map_or(Some(default), |text| text.parse::<u64>().ok());
    let (n, r, p) = (next(32_768)?, next(8)?, next(1)?);
    let work = n.checked_mul(r)?.checked_mul(p)?;
    let memory = n.checked_mul(r)?.checked_mul(128)?;
    if parts.next().is_some() || n < 2 || !n.is_power_of_two() || work > SCRYPT_WORK_MAX || memory > MEMORY_BYTES_MAX {
        return None;
    }
    scrypt::Params::new(u8::try_from(n.trailing_zeros()).ok()?, u32::try_from(r).ok()?, u32::try_from(p).ok()?).ok()
}

fn pbkdf2_key(password: &[u8], salt: &str, rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, salt.as_bytes(), rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by the system itself; the password is in its name.
    const SCRYPT: &str = "scrypt:32768:8:1$XJapxPxY9Q3yocn2$dd25452baad54c300199bfe3120cc05628aa3b71568be9fcbea2220746e9966c34a1e3dd894941b141713bb26549495424fdfd4dca62377b486a1afa3c359a60";
    const PBKDF2: &str =
        "pbkdf2:sha256:260000$NdqHDWJk86HZrypO$141d8dd8f8780207fed9c6fe06f549b11eacd3128fe05858ab301a12d6c80007";

    #[test]
    fn the_hashes_of_earlier_systems_open_to_their_password_alone() {
        let bcrypt = bcrypt::hash_with_salt("Mustard-Field-7", 4, [7; 16]).expect("a hash");
        for (hash, password) in [
            (SCRYPT.to_owned(), "Lucknow#2025"),
            (PBKDF2.to_owned(), "Billing#2025"),
            (PBKDF2.replace(":260000", ""), "Billing#2025"),
            (SCRYPT.replace(":32768:8:1", ""), "Lucknow#2025"),
            (bcrypt.format_for_version(bcrypt::Version::TwoA), "Mustard-Field-7"),
            (bcrypt.format_for_version(bcrypt::Version::TwoB), "Mustard-Field-7"),
            (bcrypt.format_for_version(bcrypt::Version::TwoY), "Mustard-Field-7"),
        ] {
            assert!(verify(password, &hash), "{hash}");
            assert!(!verify("Mustard-Field-8", &hash), "{hash}");
            assert!(!verify("", &hash), "{hash}");
            assert!(is_known_hash(&hash) && needs_upgrade(&hash), "{hash}");
        }
    }

    #[test]
    fn what_is_no_known_hash_or_costs_too_much_never_opens() {
        let key = "00".repeat(64);
        let short = "00".repeat(32);
        for text in [
            String::new(),
            "plain text".into(),
            "x$y$z".into(),
            format!("scrypt:32768:8:1$salt${short}"),
            format!("scrypt:32767:8:1$salt${key}"),
            format!("scrypt:1073741824:8:1$salt${key}"),
            format!("scrypt:32768:8:4000000000$salt${key}"),
            format!("scrypt:18446744073709551615:8:1$salt${key}"),
            format!("scrypt:32768:8:1:1$salt${key}"),
            format!("scrypt:32768:8:1$${key}"),
            format!("scrypt:0:0:0$salt${key}"),
            format!("pbkdf2:sha256:4000000000$salt${short}"),
            format!("pbkdf2:sha256:0$salt${short}"),
            format!("pbkdf2:sha1:1000$salt${short}"),
            format!("pbkdf2:sha256:1000$salt${short}$more"),
            format!("pbkdf2:md5$salt${short}"),
            format!("sha256$salt${short}"),
            "$2b$31$abcdefghijklmnopqrstuvabcdefghijklmnopqrstuvabcdefghijklm".into(),
            "$2b$04$short".into(),
            "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".into(),
            "a".repeat(100_000),
        ] {
            assert!(!is_known_hash(&text) && !verify("", &text) && !needs_upgrade(&text), "{text}");
        }
    }

    #[test]
    fn a_weaker_argon2_is_upgraded_and_our_own_is_not() {
        assert!(needs_upgrade("$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
        assert!(needs_upgrade("$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
        assert!(!needs_upgrade("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
    }
}
