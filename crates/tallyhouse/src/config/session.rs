//! `[session]`: how long a sign-in lasts.

use super::reader::Reader;
use super::secret::Secret;

const HALF_A_DAY_S: u64 = 12 * 3600;
/// Shortest secret: 128 bits in hexadecimal digits. A previous one may be shorter, so that it can be replaced.
const SECRET_CHARS_MIN: usize = 32;

/// The section.
#[derive(Clone, Debug)]
pub struct Session {
    /// A session ends this long after the sign-in whatever happens, in seconds.
    pub absolute_s: u64,
    /// The screen locks after this long without a request, in seconds.
    pub idle_s: u64,
    /// The page warns this long before the end, in seconds.
    pub warning_s: u64,
    /// How many sessions one person may have; the oldest end.
    pub per_account_max: u64,
    /// The secret that the key of stored secrets is derived from, such as those of second factors. Without it none are
    /// stored.
    pub secret: Option<Secret>,
    /// The secret before it, which can still be read with until `tallyhouse secret rotate` has run.
    pub secret_previous: Option<Secret>,
}

impl Session {
    /// Reads the section. Defaults follow what was set, so that one setting alone is never a fault.
    pub fn read(reader: &mut Reader) -> Self {
        let absolute_s = reader.number("session.absolute_s", 3600, 1..=HALF_A_DAY_S);
        let idle_s = reader.number("session.idle_s", absolute_s.min(1800), 1..=HALF_A_DAY_S);
        let warning_s = reader.number("session.warning_s", 300.min(idle_s / 2), 0..=HALF_A_DAY_S);
        if idle_s > absolute_s {
            let message = format!("{idle_s} s is longer than session.absolute_s, {absolute_s} s");
            reader.fault("session.idle_s", message);
        }
        if warning_s >= idle_s {
            let message = format!("{warning_s} s must be less than session.idle_s, {idle_s} s");
            reader.fault("session.warning_s", message);
        }
        let per_account_max = reader.number("session.per_account_max", 20, 1..=1000);
        let secret = reader.secret("session.secret");
        let secret_previous = reader.secret("session.secret_previous");
        if secret.as_ref().is_some_and(|secret| secret.expose().trim().chars().count() < SECRET_CHARS_MIN) {
            reader.fault(
                "session.secret",
                format!(
                    "must have at least {SECRET_CHARS_MIN} characters, such as `openssl rand -hex 32` gives; to change it, \
                     set the present one as session.secret_previous and run `tallyhouse secret rotate`"
                ),
            );
        }
        if secret.is_none() {
            reader.fault(
                "session.secret_previous",
                "session.secret is not set: the previous secret alone encrypts nothing",
            );
        }
        Self { absolute_s, idle_s, warning_s, per_account_max, secret, secret_previous }
    }
}
