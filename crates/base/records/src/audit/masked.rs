//! Which entries were masked when somebody was removed: the entry of the removal names them, and is under the tree itself.
//!
//! Invariant: what was masked holds no values, so nobody can write others there; what nobody named was not masked.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::Value;

/// The field of the entry of a removal that names what was masked.
pub const FIELD: &str = "masked_entries";

/// Numbers of entries as the entry of the removal names them: `3-7,12`. They are in order.
pub fn written(seqs: &[i64]) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for seq in seqs {
        match ranges.last_mut() {
            Some(last) if last.1 + 1 == *seq => last.1 = *seq,
            _ => ranges.push((*seq, *seq)),
        }
    }
    let text = |(first, last): &(i64, i64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

fn read(text: &str) -> Option<Vec<RangeInclusive<i64>>> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    text.split(',').filter(|part| !part.is_empty()).map(range).collect()
}

/// Who was removed, by the name that is left of them, and which entries were masked for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Removals(BTreeMap<String, Vec<RangeInclusive<i64>>>);

impl Removals {
    /// Adds the entry of a removal.
    pub(super) fn add(&mut self, entity: &str, after: Option<&str>) {
        let after: Option<Value> = after.and_then(|after| serde_json::from_str(after).ok());
        let named = after.as_ref().and_then(|after| after.get(FIELD)?.as_str()).and_then(read);
        self.0.entry(entity.to_owned()).or_default().extend(named.unwrap_or_default());
    }

    /// Adds those of another page.
    pub(super) fn join(&mut self, other: Self) {
        for (entity, named) in other.0 {
            self.0.entry(entity).or_default().extend(named);
        }
    }

    /// Whether somebody was removed.
    pub(super) fn has(&self, entity: &str) -> bool {
        self.0.contains_key(entity)
    }

    /// Whether an entry was masked for somebody; for anybody where nobody is named.
    pub(super) fn names(&self, entity: Option<&str>, seq: i64) -> bool {
        let has = |named: &Vec<RangeInclusive<i64>>| named.iter().any(|range| range.contains(&seq));
        match entity {
            Some(entity) => self.0.get(entity).is_some_and(has),
            None => self.0.values().any(has),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_names_the_entries_that_were_masked_for_it_and_no_others() {
        assert_eq!((written(&[]), written(&[3, 4, 5, 9, 11, 12])), (String::new(), "3-5,9,11-12".to_owned()));
        let mut removals = Removals::default();
        removals.add("removed-1", Some(r#"{"masked_entries":"3-5,9"}"#));
        removals.add("removed-2", Some(r#"{"masked_entries":"x-5"}"#));
        removals.add("removed-3", None);
        assert!(removals.names(Some("removed-1"), 4) && removals.names(None, 9) && removals.has("removed-3"));
        assert!(!removals.names(Some("removed-2"), 4) && !removals.names(None, 6) && !removals.has("removed-4"));
    }
}
