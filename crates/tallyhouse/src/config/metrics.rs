//! `[metrics]`: by what the figures of the running program are read, besides the tokens of people who may.

use super::reader::Reader;
use super::secret::Secret;

/// A shorter token can be guessed.
const TOKEN_CHARS_MIN: usize = 20;

/// The section.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// What `/metrics` accepts as a bearer token; without it only tokens of people with the permission.
    pub token: Option<Secret>,
}

impl Metrics {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let token = reader.secret("metrics.token");
        if token.as_ref().is_some_and(|secret| secret.expose().chars().count() < TOKEN_CHARS_MIN) {
            reader.fault("metrics.token", format!("must have {TOKEN_CHARS_MIN} characters or more"));
        }
        Self { token }
    }
}
