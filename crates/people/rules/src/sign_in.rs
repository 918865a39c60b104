//! Who is judged by what when a sign-in fails.
//!
//! Invariants: a stranger who knows a name neither locks its owner out nor slows them down: a device that signed in to
//! the account before is judged by itself alone. A name that nobody has is judged like one that somebody has.

use base_core::account::{AccountId, LockOut};
use base_core::limit::Limit;
use base_core::realm::Realm;
use base_core::time::{HOUR_US, MINUTE_US};

/// Whose account it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'s> {
    /// An account.
    Known(AccountId),
    /// A name that nobody has, folded.
    Unknown(&'s str),
}

/// A sign-in, as it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Whose account.
    pub subject: Subject<'a>,
    /// The address as it counts.
    pub address: &'a str,
    /// The device, if it signed in to this account before.
    pub device: Option<&'a str>,
}

/// What a pause means for whoever tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// They are told to wait.
    TooOften,
    /// They read what a wrong password reads: even the right one does not open.
    Locked,
}

/// One thing that an attempt is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What it is, in the clear: it is stored as a hash.
    pub key: String,
    /// How many failures lead to which pause.
    pub limit: Limit,
    /// What the pause means.
    pub pause: Pause,
    /// True for what is counted although a pause refused the attempt, so that whoever goes on is told to wait.
    pub counts_refused: bool,
    /// True for what a success forgets.
    pub forgotten: bool,
}

impl Judged {
    fn rate(key: String, failures_a_minute: i64, counts_refused: bool) -> Self {
        let limit = Limit { failures_max: failures_a_minute, window_us: MINUTE_US, pause_us: MINUTE_US, grows: false };
        Self { key, limit, pause: Pause::TooOften, counts_refused, forgotten: false }
    }

    fn hourly(key: String, times_max: i64) -> Self {
        let limit = Limit { failures_max: times_max, window_us: HOUR_US, pause_us: HOUR_US, grows: false };
        Self { key, limit, pause: Pause::TooOften, counts_refused: false, forgotten: false }
    }

    fn lock(key: String, failures_max: i64, minutes: i64, grows: bool) -> Self {
        let limit = Limit { failures_max, window_us: HOUR_US, pause_us: minutes * MINUTE_US, grows };
        Self { key, limit, pause: Pause::Locked, counts_refused: false, forgotten: grows }
    }
}

/// The figures of a site.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// When an account locks.
    pub lock_out: LockOut,
    /// Failures a minute of one address, and of one account.
    pub failures_a_minute: i64,
}

/// What an attempt is judged by.
pub fn judged_by(attempt: Attempt<'_>, figures: Figures) -> Vec<Judged> {
    let Attempt { subject, address, device } = attempt;
    let Figures { lock_out, failures_a_minute } = figures;
    let subject = match subject {
        Subject::Known(account) => format!("account {account}"),
        Subject::Unknown(name) => format!("name {name}"),
    };
    if let Some(device) = device {
        let key = format!("{subject} on device {device}");
        let mut judged = Judged::lock(key, lock_out.failures_max, lock_out.minutes, true);
        judged.counts_refused = false;
        return vec![judged];
    }
    vec![
        Judged::rate(format!("address {address}"), failures_a_minute, true),
        Judged::rate(subject.clone(), failures_a_minute, false),
        Judged::lock(format!("{subject} from {address}"), lock_out.failures_max, lock_out.minutes, true),
        Judged::lock(format!("{subject} from anywhere"), lock_out.account_failures_max, lock_out.minutes, false),
    ]
}

/// What a code of a second factor is judged by: whoever types one has typed the right password.
pub fn code_judged_by(account: AccountId, lock_out: LockOut) -> Vec<Judged> {
    let key = format!("second factor of {account}");
    vec![
        Judged::rate(format!("{key} a minute"), CODES_A_MINUTE, false),
        Judged::lock(key, CODES_MAX, lock_out.minutes, true),
    ]
}

/// What people do before they sign in, which is limited whether it succeeds or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside<'o> {
    /// Somebody registers.
    Registration,
    /// Somebody asks for a link for a new password.
    Link,
    /// A link for a new password is to be mailed, to somebody of this realm.
    LinkMail(Realm),
    /// The owner of this e-mail is told that somebody wanted to register with it.
    MailToOwner(&'o str),
}

/// By what it is judged: who asks from one address, and the whole site, so that many addresses together cannot flood it.
pub fn outside_judged_by(what: Outside<'_>, address: &str) -> Vec<Judged> {
    let rate = |key: String, times| Judged::rate(key, times, false);
    let of_site = |key: &str| Judged::hourly(key.to_owned(), LINKS_OF_SITE);
    match what {
        Outside::Registration => vec![
            rate(format!("registrations a minute from {address}"), REGISTRATIONS_A_MINUTE),
            Judged::hourly(format!("registrations from {address}"), REGISTRATIONS_OF_ADDRESS),
            Judged::hourly("registrations of the site".to_owned(), REGISTRATIONS_OF_SITE),
        ],
        // Nothing by the e-mail: strangers could keep its owner from asking. A young link is spared, which limits the mails.
        Outside::Link => vec![
            rate(format!("links a minute from {address}"), LINKS_A_MINUTE),
            Judged::hourly(format!("links from {address}"), LINKS_OF_ADDRESS),
        ],
        Outside::LinkMail(Realm::Staff) => vec![of_site("links of the site")],
        // What customers ask for leaves staff their own mails, and the other way about.
        Outside::LinkMail(Realm::Customer) => vec![of_site("links of the site's customers")],
        Outside::MailToOwner(email) => vec![Judged::hourly(format!("told of a registration at {email}"), 1)],
    }
}

/// Registrations a minute and an hour from one address, and an hour in all.
const REGISTRATIONS_A_MINUTE: i64 = 5;
const REGISTRATIONS_OF_ADDRESS: i64 = 20;
const REGISTRATIONS_OF_SITE: i64 = 200;
/// Links a minute and an hour from one address, and mails with them an hour in all.
const LINKS_A_MINUTE: i64 = 3;
const LINKS_OF_ADDRESS: i64 = 30;
const LINKS_OF_SITE: i64 = 300;

/// Wrong codes a minute.
const CODES_A_MINUTE: i64 = 5;
/// Wrong codes within an hour after which no code is taken for a while.
const CODES_MAX: i64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: Figures =
        Figures { lock_out: LockOut { failures_max: 5, minutes: 30, account_failures_max: 50 }, failures_a_minute: 10 };

    fn keys(attempt: Attempt<'_>) -> Vec<String> {
        judged_by(attempt, FIGURES).into_iter().map(|judged| judged.key).collect()
    }

    #[test]
    fn a_known_device_shares_nothing_with_strangers() {
        let stranger = Attempt { subject: Subject::Known(7), address: "192.0.2.1", device: None };
        let owner = Attempt { device: Some("d1"), ..stranger };
        let of_owner = keys(owner);
        assert!(keys(stranger).iter().all(|key| !of_owner.contains(key)));
        assert_eq!(of_owner, ["account 7 on device d1"]);
    }

    #[test]
    fn a_name_that_nobody_has_is_judged_alike() {
        let known = Attempt { subject: Subject::Known(7), address: "192.0.2.1", device: None };
        let unknown = Attempt { subject: Subject::Unknown("nobody"), ..known };
        let of = |attempt| judged_by(attempt, FIGURES).into_iter().map(|judged| (judged.limit, judged.pause));
        assert!(of(known).eq(of(unknown)));
    }

    #[test]
    fn one_address_cannot_lock_a_whole_account() {
        let judged = judged_by(Attempt { subject: Subject::Known(7), address: "192.0.2.1", device: None }, FIGURES);
        let (pair, whole) = (&judged[2], &judged[3]);
        assert!(pair.limit.failures_max < whole.limit.failures_max && !whole.counts_refused && !pair.counts_refused);
        let an_hour_of_one_address = HOUR_US / pair.limit.pause_us * pair.limit.failures_max;
        assert!(an_hour_of_one_address < whole.limit.failures_max, "{an_hour_of_one_address}");
    }
}
