//! Settings that people change while the site runs: what each is called, what it may be, and what it is unless somebody
//! sets it. A wing declares its own.

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A time of day such as `18:30`, or nothing.
    Time,
}

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its name, `wing.thing_unit`: what is stored, and the key of its words.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is unless the configuration or somebody says otherwise.
    pub default: &'static str,
    /// The page on which it is set; empty where that is the page of all settings.
    pub page: &'static str,
}

/// A value is not one that the setting may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a value that the setting may have")]
pub struct BadValue;

impl Declared {
    /// Declares a setting of the page of all settings.
    pub const fn new(name: &'static str, kind: Kind, default: &'static str) -> Self {
        Self { name, kind, default, page: "" }
    }

    /// A value in the form in which it is stored.
    pub fn read(&self, text: &str) -> Result<String, BadValue> {
        let text = text.trim();
        match self.kind {
            Kind::Flag if ["true", "false"].contains(&text) => Ok(text.to_owned()),
            Kind::Number { min, max } => {
                let number = text.parse::<i64>().ok().filter(|number| (min..=max).contains(number));
                number.map(|number| number.to_string()).ok_or(BadValue)
            }
            Kind::Time if text.is_empty() || is_time(text) => Ok(text.to_owned()),
            Kind::Flag | Kind::Time => Err(BadValue),
        }
    }
}

fn is_time(text: &str) -> bool {
    let part = |text: &str, max: u8| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number <= max);
    text.split_once(':').is_some_and(|(hour, minute)| part(hour, 23) && part(minute, 59))
}

/// Failed sign-ins after which an account locks.
pub const LOCK_FAILURES: Declared = Declared::new("sign_in.failures_max", Kind::Number { min: 1, max: 100 }, "5");
/// How long an account stays locked.
pub const LOCK_MINUTES: Declared = Declared::new("sign_in.lock_minutes", Kind::Number { min: 1, max: 1440 }, "30");
/// Failed sign-ins within an hour, from anywhere, after which an account locks for everybody but devices that it knows.
pub const ACCOUNT_FAILURES: Declared =
    Declared::new("sign_in.account_failures_max", Kind::Number { min: 5, max: 10_000 }, "50");
/// Failed sign-ins a minute, for each address and account, after which people are told to wait.
pub const FAILURES_A_MINUTE: Declared =
    Declared::new("sign_in.failures_a_minute", Kind::Number { min: 1, max: 10_000 }, "10");
/// Whether admins must have a second factor.
pub const SECOND_FACTOR_FOR_ADMINS: Declared = Declared::new("sign_in.second_factor_for_admins", Kind::Flag, "true");
/// How long a session lasts whatever happens, in minutes.
pub const SESSION_MINUTES: Declared =
    Declared::new("session.absolute_minutes", Kind::Number { min: 5, max: 720 }, "60");
/// How long a session lasts without a request, in minutes.
pub const IDLE_MINUTES: Declared = Declared::new("session.idle_minutes", Kind::Number { min: 1, max: 720 }, "30");
/// How many sessions one person may have; the oldest end.
pub const SESSIONS_MAX: Declared = Declared::new("session.per_account_max", Kind::Number { min: 1, max: 1000 }, "20");
/// How many days the heads of mails are kept that were sent or given up.
pub const MAILS_DAYS: Declared = Declared::new("retention.mails_days", Kind::Number { min: 1, max: 3650 }, "90");
/// How many days the files of imports are kept.
pub const IMPORT_FILES_DAYS: Declared =
    Declared::new("retention.import_files_days", Kind::Number { min: 1, max: 3650 }, "30");
/// How many hours files of exports are kept.
pub const EXPORT_FILES_HOURS: Declared =
    Declared::new("retention.export_files_hours", Kind::Number { min: 1, max: 720 }, "24");
/// How many days entries of the audit trail are kept. Some stay for ever.
pub const AUDIT_ROWS_DAYS: Declared =
    Declared::new("retention.audit_rows_days", Kind::Number { min: 30, max: 36_500 }, "90");
/// How many days the values before and after are kept in entries of the audit trail.
pub const AUDIT_VALUES_DAYS: Declared =
    Declared::new("retention.audit_values_days", Kind::Number { min: 7, max: 36_500 }, "30");
/// How long a session of a customer lasts whatever happens, in minutes.
pub const CUSTOMER_SESSION_MINUTES: Declared =
    Declared::new("session.customer_absolute_minutes", Kind::Number { min: 30, max: 1440 }, "480");
/// How long a session of a customer goes on without a request, in minutes.
pub const CUSTOMER_IDLE_MINUTES: Declared =
    Declared::new("session.customer_idle_minutes", Kind::Number { min: 30, max: 480 }, "180");
/// Connections to the database in use from which on admins are told, in percent.
pub const ALERT_POOL_PERCENT: Declared = Declared::new("alerts.pool_percent", Kind::Number { min: 20, max: 100 }, "85");
/// Failed requests a minute above which admins are told.
pub const ALERT_ERRORS: Declared = Declared::new("alerts.errors_a_minute", Kind::Number { min: 0, max: 100_000 }, "10");
/// Failed sign-ins a minute above which admins are told.
pub const ALERT_SIGN_INS: Declared =
    Declared::new("alerts.sign_ins_a_minute", Kind::Number { min: 0, max: 100_000 }, "20");
/// Space in use on the disk above which admins are told, in percent.
pub const ALERT_DISK_PERCENT: Declared = Declared::new("alerts.disk_percent", Kind::Number { min: 20, max: 99 }, "80");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_kind_of_its_setting_and_stays_within_its_limits() {
        let of = |kind| Declared::new("x.y", kind, "");
        let number = of(Kind::Number { min: 8, max: 64 });
        assert_eq!(number.read(" 08 "), Ok("8".into()));
        assert_eq!([number.read("7"), number.read("65"), number.read("x")], [const { Err(BadValue) }; 3]);
        assert_eq!((of(Kind::Flag).read("true"), of(Kind::Flag).read("yes")), (Ok("true".into()), Err(BadValue)));
        let time = of(Kind::Time);
        assert_eq!((time.read("18:30"), time.read("")), (Ok("18:30".into()), Ok(String::new())));
        assert_eq!([time.read("24:00"), time.read("8:30"), time.read("1830")], [const { Err(BadValue) }; 3]);
    }
}
