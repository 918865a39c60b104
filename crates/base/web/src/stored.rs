//! Settings that people change while the site runs, as every handler reads them.
//!
//! Invariant: reading one asks no database. A change is seen at once on the node that made it, and within a few seconds on
//! the others, because each node reads all of them every few seconds.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use base_core::setting::{Declared, Kind};
use base_db::{Db, StoreError};
use base_records::setting;

/// A setting with what it is unless somebody sets it.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The setting.
    pub declared: Declared,
    /// What the configuration says, or else the wing.
    pub default: String,
}

/// Something that only the configuration says.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its name in the configuration, such as `bags.capacity`.
    pub name: &'static str,
    /// What it is.
    pub value: String,
}

/// All settings of a site, with their present values.
#[derive(Default)]
pub struct Stored {
    offered: Vec<Offered>,
    /// What only the configuration says.
    pub fixed: Vec<Fixed>,
    set: RwLock<BTreeMap<String, String>>,
}

impl Stored {
    /// The settings of a site; none is read yet.
    pub fn new(offered: Vec<Offered>, fixed: Vec<Fixed>) -> Self {
        Self { offered, fixed, set: RwLock::default() }
    }

    /// Every setting, in the order of the wings.
    pub fn offered(&self) -> &[Offered] {
        &self.offered
    }

    /// The setting with a name.
    pub fn find(&self, name: &str) -> Option<&Offered> {
        self.offered.iter().find(|offered| offered.declared.name == name)
    }

    /// Reads all of them.
    pub async fn refresh(&self, db: &Db) -> Result<(), StoreError> {
        let mut reader = db.read().await?;
        let all = setting::list(reader.conn()).await?;
        let all = all.into_iter().map(|setting| (setting.name, setting.value)).collect();
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    /// What somebody set; `None` where nobody did.
    pub fn set_value(&self, name: &str) -> Option<String> {
        self.set.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The present value: what somebody set, unless it is no longer one that the setting may have.
    pub fn value(&self, declared: &Declared) -> String {
        let set = self.set_value(declared.name).and_then(|text| declared.read(&text).ok());
        let default = || self.find(declared.name).map_or(declared.default, |offered| &offered.default).to_owned();
        set.unwrap_or_else(default)
    }

    /// A whole number.
    pub fn number(&self, declared: &Declared) -> i64 {
        self.value(declared).parse().unwrap_or(match declared.kind {
            Kind::Number { min, .. } => min,
            Kind::Flag | Kind::Time => 0,
        })
    }

    /// True or false.
    pub fn flag(&self, declared: &Declared) -> bool {
        self.value(declared) == "true"
    }
}

#[cfg(test)]
mod tests {
    use base_core::setting::{LOCK_FAILURES, LOCK_MINUTES};

    use super::*;

    #[test]
    fn what_is_set_wins_over_the_configuration_and_what_is_no_value_is_left_out() {
        let stored = Stored::new(vec![Offered { declared: LOCK_FAILURES, default: "7".into() }], Vec::new());
        assert_eq!((stored.number(&LOCK_FAILURES), stored.number(&LOCK_MINUTES)), (7, 30));
        let set = |value: &str| {
            let all = BTreeMap::from([(LOCK_FAILURES.name.to_owned(), value.to_owned())]);
            *stored.set.write().expect("no holder panics") = all;
        };
        set("9");
        assert_eq!(stored.number(&LOCK_FAILURES), 9);
        set("many");
        assert_eq!(stored.number(&LOCK_FAILURES), 7);
    }
}
