//! `[passes]`: what the codes on passes are signed with.

use super::reader::Reader;
use super::secret::Secret;

/// The shortest secret: whoever guesses it can make passes.
const SECRET_CHARS_MIN: usize = 16;

/// The section.
#[derive(Clone, Debug)]
pub struct Passes {
    /// The secret of E-Pass's codes; without it the site makes one of its own.
    pub qr_secret: Option<Secret>,
    /// The secret before it, whose codes are still taken.
    pub qr_secret_previous: Option<Secret>,
}

impl Passes {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let mut long_enough = |key: &'static str| {
            let secret = reader.secret(key);
            if secret.as_ref().is_some_and(|secret| secret.expose().chars().count() < SECRET_CHARS_MIN) {
                reader.fault(key, format!("must have {SECRET_CHARS_MIN} characters or more"));
            }
            secret
        };
        Self {
            qr_secret: long_enough("passes.qr_secret"),
            qr_secret_previous: long_enough("passes.qr_secret_previous"),
        }
    }
}
