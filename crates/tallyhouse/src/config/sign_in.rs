//! `[sign_in]`: what happens to those who guess passwords.

use base_core::account::LockOut;

use super::reader::Reader;

const A_DAY_MINUTES: u64 = 24 * 60;

/// The section.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// When signing in pauses after failures, and for how long.
    pub lock_out: LockOut,
    /// True if admins must have a second factor.
    pub second_factor_for_admins: bool,
}

impl SignIn {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let mut number = |key, default: i64, max| {
            let default = default.unsigned_abs();
            i64::try_from(reader.number(key, default, 1..=max)).unwrap_or(i64::MAX)
        };
        let usual = LockOut::default();
        let failures_max = number("sign_in.failures_max", usual.failures_max, 100);
        let minutes = number("sign_in.lock_minutes", usual.minutes, A_DAY_MINUTES);
        let account_failures_max = number("sign_in.account_failures_max", usual.account_failures_max, 10_000);
        if account_failures_max < failures_max {
            let message = format!("{account_failures_max} is less than sign_in.failures_max, {failures_max}");
            reader.fault("sign_in.account_failures_max", message);
        }
        let second_factor_for_admins = reader.flag("sign_in.second_factor_for_admins", true);
        Self { lock_out: LockOut { failures_max, minutes, account_failures_max }, second_factor_for_admins }
    }
}
