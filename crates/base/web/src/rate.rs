//! How often somebody may try something in a minute, by address and by name.
//!
//! Invariant: addresses and names are remembered up to a bound; those beyond it share one.

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Most addresses and names that are remembered. Each is forgotten about a minute after its last try.
const KEYS_MAX: usize = 100_000;
/// What stands for all that are not remembered.
const OTHERS: &str = "others";

/// A limit for each of many.
pub struct Rate(DefaultKeyedRateLimiter<String>);

impl Rate {
    /// So many tries a minute.
    pub fn per_minute(tries: u32) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(tries.max(1).try_into().expect("at least one"))))
    }

    /// Counts a try; false for one too many.
    pub fn allows(&self, key: &str) -> bool {
        let key = if self.0.len() < KEYS_MAX { key } else { OTHERS };
        self.0.check_key(&key.to_owned()).is_ok()
    }

    /// Forgets those who have all their tries again.
    pub fn forget_old(&self) {
        self.0.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_tries_of_their_own_until_there_are_too_many_of_them() {
        let rate = Rate::per_minute(2);
        assert_eq!([rate.allows("a"), rate.allows("a"), rate.allows("a"), rate.allows("b")], [true, true, false, true]);
        for n in 0..KEYS_MAX + 10 {
            rate.allows(&n.to_string());
        }
        assert!(rate.0.len() <= KEYS_MAX + 1);
        assert!(!rate.allows("one more"), "those that are not remembered share their tries");
    }
}
