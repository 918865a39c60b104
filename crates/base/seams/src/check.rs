//! What can be checked of a running or a restored site.

use async_trait::async_trait;
use base_db::{Db, StoreError};

/// Most wrong things of a kind that are named.
const NAMED_MAX: usize = 20;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How many things are wrong by this finding alone; 0 when all is as it should be.
    pub wrong: u32,
    /// What was looked at, or what is wrong and with what, in one sentence.
    pub text: String,
    /// What to do about it, in one line; empty when nothing is wrong.
    pub cure: String,
}

impl Finding {
    /// All is as it should be.
    pub fn well(text: impl Into<String>) -> Self {
        Self { wrong: 0, text: text.into(), cure: String::new() }
    }

    /// Something is wrong, and this is what to do about it.
    pub fn wrong(text: impl Into<String>, cure: impl Into<String>) -> Self {
        let cure = cure.into();
        debug_assert!(!cure.trim().is_empty(), "what is wrong has a cure");
        Self { wrong: 1, text: text.into(), cure }
    }

    /// What is wrong of one kind, a few of them by name: `not_well` is said before each name, `well` where there is none. Each
    /// has the same cure.
    pub fn of_each(names: &[String], well: &str, not_well: &str, cure: &str) -> Vec<Self> {
        if names.is_empty() {
            return vec![Self::well(well)];
        }
        let told = names.iter().take(NAMED_MAX).map(|name| Self::wrong(format!("{not_well} {name}"), cure));
        let rest = names.len().saturating_sub(NAMED_MAX);
        let rest = (rest > 0).then(|| Self {
            wrong: u32::try_from(rest).unwrap_or(u32::MAX),
            text: format!("and {rest} more of these"),
            cure: cure.to_owned(),
        });
        told.chain(rest).collect()
    }
}

/// A check, for `tallyhouse doctor` and after a restore. It reads only.
#[async_trait]
pub trait Check: Send + Sync + 'static {
    /// Looks, and tells what it found. Figures that are compared are of one moment.
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_are_named_and_the_rest_is_counted() {
        assert_eq!(Finding::of_each(&[], "all is there", "missing is", "put it back"), [Finding::well("all is there")]);
        let names: Vec<String> = (1..=23).map(|n| n.to_string()).collect();
        let found = Finding::of_each(&names, "all is there", "missing is", "put it back");
        assert_eq!((found.len(), &found[19]), (21, &Finding::wrong("missing is 20", "put it back")));
        assert_eq!(found[20], Finding { wrong: 3, text: "and 3 more of these".into(), cure: "put it back".into() });
        assert_eq!(found.iter().map(|finding| finding.wrong).sum::<u32>(), 23);
    }
}
