//! Customers as the ERP knows them.
//!
//! Invariant: a customer is known by the ERP's own key where it has one, and by name only where it has none.

use serde::{Deserialize, Serialize};

use crate::fold::fold_name;

/// One customer of the ERP.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Customer {
    /// What stays the same when the name changes. `None` where the ERP has nothing but names.
    pub key: Option<String>,
    /// As the ERP writes it.
    pub name: String,
}

impl Customer {
    /// A customer with a key.
    pub fn keyed(key: &str, name: &str) -> Self {
        Self { key: Some(key.to_owned()), name: name.to_owned() }
    }

    /// A customer that is known by name alone.
    pub fn named(name: &str) -> Self {
        Self { key: None, name: name.to_owned() }
    }

    /// True if `self`, as it was once chosen, means `found`, as the ERP has it today. Keys decide where this one has a
    /// key: another customer that took over the name is not meant.
    pub fn means(&self, found: &Self) -> bool {
        match &self.key {
            Some(key) => found.key.as_ref() == Some(key),
            None => !self.name.trim_end().is_empty() && fold_name(&self.name) == fold_name(&found.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_outlives_a_change_of_name_and_is_not_replaced_by_it() {
        let chosen = Customer::keyed("7", "Acme");
        assert!(chosen.means(&Customer::keyed("7", "Acme Foods")));
        assert!(!chosen.means(&Customer::keyed("8", "Acme")));
        assert!(!chosen.means(&Customer::named("Acme")));
    }

    #[test]
    fn a_name_means_every_customer_of_that_name_and_an_empty_one_nobody() {
        let chosen = Customer::named("Nut|House");
        assert!(chosen.means(&Customer::keyed("7", "NUT|house ")));
        assert!(!chosen.means(&Customer::keyed("7", "Nut")));
        assert!(!Customer::named(" ").means(&Customer::named("")));
    }
}
