//! `[reports]`: what a site sets about its reports.

use super::reader::Reader;
use super::secret::Secret;

/// The shortest secret of the scheduled call: anybody who guesses it can have mails sent.
const SECRET_CHARS_MIN: usize = 16;

/// The section.
#[derive(Clone, Debug)]
pub struct Reports {
    /// What a scheduled call for the end-of-day report must know; without it there is no such call.
    pub eod_secret: Option<Secret>,
}

impl Reports {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let eod_secret = reader.secret("reports.eod_secret");
        if eod_secret.as_ref().is_some_and(|secret| secret.expose().chars().count() < SECRET_CHARS_MIN) {
            reader.fault("reports.eod_secret", format!("must have {SECRET_CHARS_MIN} characters or more"));
        }
        Self { eod_secret }
    }
}
