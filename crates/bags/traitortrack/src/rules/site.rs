//! What the rules for all kinds of rows share: the site they come to, and what is reported about a row.

use bags_rules::rules::Rules;
use base_core::area::Area;
use base_core::time::{Moment, SECOND_US};

/// How far the time of a scan and that of the link it made may lie apart, in microseconds.
pub const SAME_ACT_US_MAX: i64 = 5 * SECOND_US;

/// What the rules need to know about the site.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    /// Labels and capacity.
    pub rules: &'s Rules,
    /// The areas of the site.
    pub areas: &'s [Area],
    /// Whether passwords can be checked against a hash.
    pub hash_is_known: fn(&str) -> bool,
    /// Whether secrets that must be read again can be encrypted, and therefore kept.
    pub encrypts: bool,
    /// The present moment, for rows without a time.
    pub now: Moment,
}

/// A problem with a row, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of row: `user`, `bag`, `link`, `bill`, `bill_bag`, `scan`, `audit`, `promotion`, `notification`.
    pub kind: &'static str,
    /// Its number in the earlier database.
    pub earlier_id: i64,
    /// Its code, number or name.
    pub code: String,
    /// The problem, a stable name such as `over_capacity`.
    pub found: &'static str,
    /// What was done, in words.
    pub done: String,
}

impl Finding {
    /// A finding about one row.
    pub fn new(kind: &'static str, earlier_id: i64, code: &str, found: &'static str, done: impl Into<String>) -> Self {
        Self { kind, earlier_id, code: code.to_owned(), found, done: done.into() }
    }
}

/// Reads a time as PostgreSQL writes it in JSON; without a zone it is UTC. `None` when it is none, or before 1970.
pub fn moment(text: Option<&str>) -> Option<Moment> {
    let text = text?.trim();
    Moment::parse(text).or_else(|| Moment::parse(&format!("{text}Z")))
}

/// An area by its name there: blanks are underscores, and `Default` in every form is none.
pub(super) fn area(text: Option<&str>) -> Option<Area> {
    let name = text?.trim().to_lowercase().replace([' ', '-'], "_");
    (!matches!(name.as_str(), "" | "default" | "default_area" | "none" | "null")).then(|| Area::new(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_zone_is_utc() {
        let utc = Moment::parse("2026-11-21T02:30:17.560417Z");
        assert_eq!(moment(Some("2026-11-21T02:30:17.560417")), utc);
        assert_eq!(moment(Some("2026-11-21T08:00:17.560417+05:30")), utc);
        for none in [None, Some("infinity"), Some(""), Some("1969-01-01T00:00:00")] {
            assert_eq!(moment(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_default_area_is_none() {
        for none in [None, Some(""), Some("Default"), Some("Default Area"), Some(" default ")] {
            assert_eq!(area(none), None, "{none:?}");
        }
        assert_eq!(area(Some("Sri Ganganagar")), Some(Area::new("sri_ganganagar")));
    }
}

#[cfg(test)]
pub mod testing {
    //! A site for the tests of this folder.

    use super::*;

    /// A site with the areas of the earlier system.
    pub fn with_site<T>(body: impl FnOnce(&Site<'_>) -> T) -> T {
        let areas: Vec<Area> = base_core::area::AREAS_OF_SOURCE.iter().map(|name| Area::new(name)).collect();
        let rules = Rules::default();
        let hash_is_known = |hash: &str| hash.starts_with("scrypt:");
        body(&Site { rules: &rules, areas: &areas, hash_is_known, encrypts: true, now: Moment(7) })
    }

    /// The stable names of findings.
    pub fn found(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().map(|finding| finding.found).collect()
    }
}
