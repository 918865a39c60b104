//! Refusals that anybody can cause, with or without an account.
//!
//! Invariant: they are counted and not listed: one entry in the trail for each address, minute and kind, with how many there
//! were, and which accounts they were about. What waits to be written is bounded; addresses and accounts beyond the bound
//! are counted together.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use base_core::audit::{Entry, Origin};
use base_core::realm::Realm;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Db, StoreError};
use base_records::audit;
use base_records::audit::Record;
use serde_json::json;

use crate::figures;
use crate::per_minute::PerMinute;

/// Most addresses, minutes and kinds that wait to be written.
const WAITING_MAX: usize = 10_000;
/// Most accounts that one entry names.
const ACCOUNTS_MAX: usize = 20;
/// Most entries that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 500;
/// What is a sign-in that failed.
const FAILED_SIGN_INS: [&str; 4] =
    [Refusal::SIGN_IN.action, Refusal::LOCKED.action, Refusal::HONEYPOT.action, Refusal::RATE_LIMIT.action];

/// A kind of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The action in the trail, such as `rate_limit_exceeded`.
    pub action: &'static str,
    /// The code of the problem that was answered; empty where there is only one.
    pub code: &'static str,
    /// At whose door.
    pub realm: Realm,
}

impl Refusal {
    /// More tries to sign in than an address or a name has in a minute.
    pub const RATE_LIMIT: Self = Self::staff("rate_limit_exceeded");
    /// A wrong name or password.
    pub const SIGN_IN: Self = Self::staff("login_failed");
    /// A try to sign in to an account that is locked.
    pub const LOCKED: Self = Self::staff("login_locked");
    /// A sign-in form with a field that people do not see.
    pub const HONEYPOT: Self = Self::staff("login_honeypot");

    /// A registration with an e-mail that somebody has.
    pub const KNOWN_EMAIL: Self = Self::staff("registration_refused");

    const fn staff(action: &'static str) -> Self {
        Self { action, code: "", realm: Realm::Staff }
    }

    /// The same at the door of a realm; without this it is that of staff.
    #[must_use]
    pub const fn of(self, realm: Realm) -> Self {
        Self { realm, ..self }
    }

    /// A request that was forbidden.
    pub const fn forbidden(code: &'static str) -> Self {
        Self { code, ..Self::staff("request_refused") }
    }
}

/// What one entry is going to tell of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Told {
    refusal: Refusal,
    /// The address as it counts; empty for all that are counted together.
    address: String,
    /// Minutes since 1970.
    minute: i64,
}

impl Told {
    fn at(refusal: Refusal, address: &str, now: Moment) -> Self {
        Self { refusal, address: address.to_owned(), minute: now.0.div_euclid(MINUTE_US) }
    }
}

/// How many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Count {
    all: u64,
    /// How many of them were about each account, for the first [`ACCOUNTS_MAX`] of them.
    accounts: BTreeMap<String, u64>,
}

impl Count {
    fn add(&mut self, more: &Self) {
        self.all += more.all;
        for (account, n) in &more.accounts {
            if self.accounts.len() < ACCOUNTS_MAX || self.accounts.contains_key(account) {
                *self.accounts.entry(account.clone()).or_default() += n;
            }
        }
    }
}

/// The refusals that are not written yet.
#[derive(Default)]
pub struct Refusals {
    waiting: Mutex<HashMap<Told, Count>>,
    /// Sign-ins that failed.
    pub failed_sign_ins: PerMinute,
}

impl Refusals {
    /// Notes one that the trail lists by itself: it counts in the figures only.
    pub fn note(&self, refusal: Refusal, now: Moment) {
        figures::refused(refusal.action, refusal.code);
        if FAILED_SIGN_INS.contains(&refusal.action) {
            self.failed_sign_ins.count(now);
        }
    }

    /// Counts one.
    pub fn count(&self, refusal: Refusal, address: &str, now: Moment) {
        self.note(refusal, now);
        self.add(Told::at(refusal, address, now), &Count { all: 1, ..Count::default() });
    }

    /// Counts one that was about an account, by its name.
    pub fn count_of_account(&self, refusal: Refusal, address: &str, account: &str, now: Moment) {
        let accounts = BTreeMap::from([(account.to_owned(), 1)]);
        self.note(refusal, now);
        self.add(Told::at(refusal, address, now), &Count { all: 1, accounts });
    }

    fn add(&self, mut told: Told, count: &Count) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&told) {
            told.address.clear();
        }
        waiting.entry(told).or_default().add(count);
    }

    /// Takes out what happened before a moment.
    fn take_before(&self, end: Moment) -> Vec<(Told, Count)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken: Vec<_> = waiting.extract_if(|told, _| told.minute * MINUTE_US < end.0).collect();
        taken.sort_by(|(one, _), (two, _)| (one.minute, &one.address).cmp(&(two.minute, &two.address)));
        taken
    }

    /// Writes the minutes that ended before a moment. What cannot be written waits for the next time.
    pub(crate) async fn write(&self, db: &Db, end: Moment, now: Moment) -> Result<(), StoreError> {
        let taken = self.take_before(end);
        let mut written = 0;
        while written < taken.len() {
            let part = &taken[written..taken.len().min(written + WRITTEN_AT_ONCE)];
            if let Err(error) = insert(db, part, now).await {
                for (told, count) in &taken[written..] {
                    self.add(told.clone(), count);
                }
                return Err(error);
            }
            written += part.len();
        }
        Ok(())
    }
}

async fn insert(db: &Db, part: &[(Told, Count)], now: Moment) -> Result<(), StoreError> {
    let origins: Vec<Origin> = part
        .iter()
        .map(|(told, _)| Origin { realm: told.refusal.realm, address: told.address.clone(), ..Origin::default() })
        .collect();
    let records: Vec<Record<'_>> = part
        .iter()
        .zip(&origins)
        .map(|((told, count), origin)| {
            let Refusal { action, code, .. } = told.refusal;
            let mut after = json!({ "count": count.all, "minute": Moment(told.minute * MINUTE_US).rfc3339() });
            if !count.accounts.is_empty() {
                after["accounts"] = json!(count.accounts);
            }
            if !code.is_empty() {
                after["code"] = code.into();
            }
            Record { at: now, entry: Entry::new(action, "session", "").with_after(&after), origin }
        })
        .collect();
    let mut tx = db.write().await?;
    audit::insert(tx.conn(), &records).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_and_none_is_lost() {
        let refusals = Refusals::default();
        let many = WAITING_MAX + 2_000;
        for n in 0..many {
            refusals.count(Refusal::RATE_LIMIT, &n.to_string(), Moment(5));
        }
        refusals.count(Refusal::RATE_LIMIT, "7", Moment(MINUTE_US));
        let first = refusals.take_before(Moment(MINUTE_US));
        assert_eq!(first.len(), WAITING_MAX + 1);
        let all: u64 = first.iter().map(|(_, count)| count.all).sum();
        assert_eq!((all, first[0].0.address.as_str(), first[0].1.all), (many as u64, "", 2_000));
        let later = refusals.take_before(Moment(i64::MAX));
        assert_eq!((later.len(), later[0].0.minute), (1, 1), "another minute is another entry");
        refusals.count(Refusal::SIGN_IN, "7", Moment(5));
        refusals.count(Refusal::SIGN_IN.of(Realm::Customer), "7", Moment(5));
        let realms: Vec<Realm> =
            refusals.take_before(Moment(MINUTE_US)).iter().map(|(told, _)| told.refusal.realm).collect();
        assert!(realms.len() == 2 && realms.contains(&Realm::Customer), "another door is another entry: {realms:?}");
    }

    #[test]
    fn an_entry_names_a_bounded_number_of_accounts_and_counts_all() {
        let refusals = Refusals::default();
        for n in 0..2 * ACCOUNTS_MAX {
            for _ in 0..3 {
                refusals.count_of_account(Refusal::SIGN_IN, "10.0.0.1", &n.to_string(), Moment(5));
            }
        }
        refusals.count(Refusal::SIGN_IN, "10.0.0.1", Moment(6));
        let taken = refusals.take_before(Moment(MINUTE_US));
        let count = &taken[0].1;
        assert_eq!((taken.len(), count.all, count.accounts.len()), (1, 6 * ACCOUNTS_MAX as u64 + 1, ACCOUNTS_MAX));
        assert_eq!(count.accounts["7"], 3);
    }
}
