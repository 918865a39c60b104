//! Refusals that anybody can cause, with or without an account.
//!
//! Invariant: they are counted and not listed: one entry in the trail for each address, minute and kind, with how many there
//! were. What waits to be written is bounded; addresses beyond the bound are counted together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base_core::audit::{Entry, Origin};
use base_core::realm::Realm;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Db, StoreError};
use base_records::audit;
use base_records::audit::Record;
use serde_json::json;

/// Most addresses, minutes and kinds that wait to be written.
const WAITING_MAX: usize = 10_000;
/// Most entries that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 500;

/// A kind of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The action in the trail, such as `rate_limit_exceeded`.
    pub action: &'static str,
    /// The code of the problem that was answered; empty where there is only one.
    pub code: &'static str,
}

impl Refusal {
    /// More tries to sign in than an address or a name has in a minute.
    pub const RATE_LIMIT: Self = Self { action: "rate_limit_exceeded", code: "" };
    /// A sign-in form with a field that people do not see.
    pub const HONEYPOT: Self = Self { action: "login_honeypot", code: "" };

    /// A request that was forbidden.
    pub const fn forbidden(code: &'static str) -> Self {
        Self { action: "request_refused", code }
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

/// The refusals that are not written yet.
#[derive(Default)]
pub struct Refusals(Mutex<HashMap<Told, u64>>);

impl Refusals {
    /// Counts one.
    pub fn count(&self, refusal: Refusal, address: &str, now: Moment) {
        let told = Told { refusal, address: address.to_owned(), minute: now.0.div_euclid(MINUTE_US) };
        self.add(told, 1);
    }

    fn add(&self, mut told: Told, n: u64) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&told) {
            told.address.clear();
        }
        *waiting.entry(told).or_default() += n;
    }

    /// Takes out what happened before a moment.
    fn take_before(&self, end: Moment) -> Vec<(Told, u64)> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
                for (told, n) in &taken[written..] {
                    self.add(told.clone(), *n);
                }
                return Err(error);
            }
            written += part.len();
        }
        Ok(())
    }
}

async fn insert(db: &Db, part: &[(Told, u64)], now: Moment) -> Result<(), StoreError> {
    let origins: Vec<Origin> = part
        .iter()
        .map(|(told, _)| Origin { realm: Realm::Staff, address: told.address.clone(), ..Origin::default() })
        .collect();
    let records: Vec<Record<'_>> = part
        .iter()
        .zip(&origins)
        .map(|((told, n), origin)| {
            let Refusal { action, code } = told.refusal;
            let mut after = json!({ "count": n, "minute": Moment(told.minute * MINUTE_US).rfc3339() });
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
        let all: u64 = first.iter().map(|(_, n)| n).sum();
        assert_eq!((all, first[0].0.address.as_str(), first[0].1), (many as u64, "", 2_000));
        let later = refusals.take_before(Moment(i64::MAX));
        assert_eq!((later.len(), later[0].0.minute), (1, 1), "another minute is another entry");
    }
}
