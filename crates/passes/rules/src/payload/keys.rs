//! The keys of the compact format that a site has at present. They change while it runs, and everybody who holds them sees
//! the change.

use std::sync::{Arc, PoisonError, RwLock};

use super::compact::CompactKey;

/// The number of the first key of a site.
pub const FIRST_KEY: u16 = 1;

/// What is known of a key besides what follows from the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// Its number.
    pub id: u16,
    /// True when codes that it signed are no longer taken.
    pub is_revoked: bool,
}

/// See the head of this module. Cheap to clone; all clones are the same keys.
#[derive(Clone, Default)]
pub struct CompactKeys(Arc<Shared>);

#[derive(Default)]
struct Shared {
    secret: String,
    /// The newest first.
    keys: RwLock<Arc<[CompactKey]>>,
}

impl CompactKeys {
    /// The keys that follow from a secret: the first one, until somebody says that there are more.
    pub fn derived(secret: &str) -> Self {
        let first = [CompactKey::derived(secret, FIRST_KEY)];
        Self(Arc::new(Shared { secret: secret.to_owned(), keys: RwLock::new(Arc::new(first)) }))
    }

    /// Takes these keys from now on. With none, the first one stays.
    pub fn renew(&self, states: &[KeyState]) {
        if states.is_empty() || self.is_as(states) {
            return;
        }
        let mut states = states.to_vec();
        states.sort_unstable_by_key(|state| std::cmp::Reverse(state.id));
        let key = |state: &KeyState| {
            let mut key = CompactKey::derived(&self.0.secret, state.id);
            key.is_revoked = state.is_revoked;
            key
        };
        let keys: Arc<[CompactKey]> = states.iter().map(key).collect();
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// True where nothing has changed.
    fn is_as(&self, states: &[KeyState]) -> bool {
        let all = self.all();
        let is_same =
            |state: &KeyState| all.iter().any(|key| key.id() == state.id && key.is_revoked == state.is_revoked);
        all.len() == states.len() && states.iter().all(is_same)
    }

    /// Every key, the newest first.
    pub fn all(&self) -> Arc<[CompactKey]> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key that signs new codes: the newest that is not revoked.
    pub fn first(&self) -> Option<CompactKey> {
        self.all().iter().find(|key| !key.is_revoked).cloned()
    }
}

impl From<Vec<CompactKey>> for CompactKeys {
    fn from(keys: Vec<CompactKey>) -> Self {
        Self(Arc::new(Shared { secret: String::new(), keys: RwLock::new(keys.into()) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_signs_and_an_earlier_one_is_kept_until_it_is_revoked() {
        let keys = CompactKeys::derived("the secret of a site");
        let held = keys.clone();
        let ids = |keys: &CompactKeys| keys.all().iter().map(|key| (key.id(), key.is_revoked)).collect::<Vec<_>>();
        keys.renew(&[]);
        assert_eq!(ids(&held), [(1, false)]);
        let state = |id, is_revoked| KeyState { id, is_revoked };
        keys.renew(&[state(1, false), state(2, false)]);
        assert_eq!(ids(&held), [(2, false), (1, false)]);
        assert_eq!(held.first().map(|key| key.id()), Some(2));
        keys.renew(&[state(1, true), state(2, false)]);
        assert_eq!(ids(&held), [(2, false), (1, true)]);
        let first = CompactKey::derived("the secret of a site", 1).public();
        assert_eq!(held.all()[1].public(), first, "a key follows from the secret and its number");
    }
}
