//! Statements that took long: the newest of them, in memory, without their values.
//!
//! Invariants: a statement is kept as it stands in the program, with numbers in place of values, so nothing that a person typed
//! is here; how many are kept and how long each is have a limit.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use base_core::time::Moment;

/// Most that are kept; older ones go first.
pub const KEPT_MAX: usize = 1_000;
/// Most bytes of a statement.
const BYTES_MAX: usize = 8_000;

static SLOW: Mutex<VecDeque<Slow>> = Mutex::new(VecDeque::new());

/// Under what name the driver tells of statements that took long.
pub const TARGET: &str = "sqlx::query";

/// One statement, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slow {
    /// When it ended.
    pub at: Moment,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// Its text.
    pub statement: String,
}

/// A statement with all its slow runs of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowStatement {
    /// Made of the text: the same for the same statement, as long as the program stays the same.
    pub id: String,
    /// Its text.
    pub statement: String,
    /// How often it was slow.
    pub count: u64,
    /// How long it took then, on average, in microseconds.
    pub mean_us: i64,
    /// The longest, in microseconds.
    pub max_us: i64,
    /// When that was last so.
    pub last_at: Moment,
}

/// Notes a statement that took long.
pub fn note(slow: &Slow) {
    let mut text = slow.statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.len() > BYTES_MAX {
        let end = (0..=BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    let mut kept = SLOW.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() == KEPT_MAX {
        kept.pop_front();
    }
    kept.push_back(Slow { statement: text, ..*slow });
}

/// The statements that were slow since a moment, the longest on average first.
pub fn since(moment: Moment) -> Vec<SlowStatement> {
    let kept = SLOW.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found: BTreeMap<&str, SlowStatement> = BTreeMap::new();
    for slow in kept.iter().filter(|slow| slow.at >= moment) {
        let one = found.entry(&slow.statement).or_insert_with(|| SlowStatement {
            id: id_of(&slow.statement),
            statement: slow.statement.clone(),
            count: 0,
            mean_us: 0,
            max_us: 0,
            last_at: slow.at,
        });
        one.count += 1;
        // The sum, until all are counted.
        one.mean_us = one.mean_us.saturating_add(slow.took_us);
        one.max_us = one.max_us.max(slow.took_us);
        one.last_at = one.last_at.max(slow.at);
    }
    let mut all: Vec<SlowStatement> = found.into_values().collect();
    for one in &mut all {
        one.mean_us /= i64::try_from(one.count).unwrap_or(i64::MAX).max(1);
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.mean_us));
    all
}

/// The statement with this id, if it was slow lately.
pub fn find(id: &str) -> Option<String> {
    let kept = SLOW.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().rev().find(|slow| id_of(&slow.statement) == id).map(|slow| slow.statement.clone())
}

fn id_of(statement: &str) -> String {
    let mut hasher = DefaultHasher::new();
    statement.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_statement_is_added_up_and_old_runs_are_left_out() {
        let slow = |at, took_us, statement: &str| note(&Slow { at: Moment(at), took_us, statement: statement.into() });
        slow(10, 900_000, "select  of_slow_test\n  from a");
        slow(20, 100_000, "select of_slow_test from a");
        slow(30, 300_000, "select of_slow_test from a");
        slow(30, 500_000, "select of_slow_test from b");
        let found: Vec<SlowStatement> =
            since(Moment(20)).into_iter().filter(|one| one.statement.contains("of_slow_test")).collect();
        let told: Vec<(&str, u64, i64, i64)> =
            found.iter().map(|one| (one.statement.as_str(), one.count, one.mean_us, one.max_us)).collect();
        assert_eq!(
            told,
            [("select of_slow_test from b", 1, 500_000, 500_000), ("select of_slow_test from a", 2, 200_000, 300_000)]
        );
        assert_eq!(find(&found[1].id).as_deref(), Some("select of_slow_test from a"));
        assert_eq!(find("0000000000000000"), None);
        slow(40, 1, &"é".repeat(BYTES_MAX));
        let long = since(Moment(40)).into_iter().find(|one| one.statement.starts_with('é')).expect("it is kept");
        assert!(long.statement.len() <= BYTES_MAX + '…'.len_utf8() && long.statement.ends_with('…'));
    }
}
