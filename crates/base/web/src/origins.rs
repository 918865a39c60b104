//! How many pairs of address and agent one account can have stored. Both are the client's to choose: a program could send
//! others with each request.
//!
//! Invariant: beyond the bound of a day a client is kept by its network alone, without an agent.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::{DAY_US, Moment};

/// Most pairs of one account in a day: as many phones as share one account, and more.
const PAIRS_MAX: usize = 500;

/// The pairs of the day. A program that starts anew begins a new day.
#[derive(Default)]
pub struct Origins {
    hasher: RandomState,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    since: Moment,
    by_account: HashMap<(Realm, AccountId), HashSet<u64>>,
}

impl Origins {
    /// False for an address and an agent that would be one pair too many of this account.
    pub fn fit(&self, account: (Realm, AccountId), pair: [&str; 2], now: Moment) -> bool {
        let pair = self.hasher.hash_one(pair);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !(0..DAY_US).contains(&now.since_us(seen.since)) {
            seen.by_account.clear();
            seen.since = now;
        }
        let pairs = seen.by_account.entry(account).or_default();
        pairs.contains(&pair) || (pairs.len() < PAIRS_MAX && pairs.insert(pair))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_a_bounded_number_of_agents_and_addresses_in_a_day() {
        let origins = Origins::default();
        let of = |account, agent: &str, at| origins.fit((Realm::Staff, account), ["10.0.0.1", agent], Moment(at));
        for n in 0..PAIRS_MAX {
            assert!(of(1, &n.to_string(), DAY_US));
        }
        assert!(!of(1, "one more", DAY_US + 1), "too many");
        assert!(of(1, "7", DAY_US + 1), "what is known stays");
        assert!(of(2, "one more", DAY_US + 1), "of somebody else");
        assert!(of(1, "one more", 2 * DAY_US), "a day later");
    }
}
