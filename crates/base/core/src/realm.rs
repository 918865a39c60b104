//! Realms: staff and customers are two sets of people, with sign-in pages and cookies of their own.
//!
//! Invariant: a realm is part of every key by which an account, a session or a token is found. The same name or e-mail
//! may exist once in each, and signing in to one does not open the other.

use serde::Serialize;

/// One of the two sets of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// The people who work here. What the system does by itself is done in their realm.
    #[default]
    Staff,
    /// Customers, who see only what belongs to them.
    Customer,
}

impl Realm {
    /// Every realm.
    pub const ALL: [Self; 2] = [Self::Staff, Self::Customer];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Customer => "customer",
        }
    }

    /// The realm with a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|realm| realm.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_known_by_its_stored_name_alone() {
        for realm in Realm::ALL {
            assert_eq!(Realm::parse(realm.name()), Some(realm));
        }
        for name in ["", "Staff", "customers"] {
            assert_eq!(Realm::parse(name), None, "{name}");
        }
    }
}
