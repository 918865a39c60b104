//! The dry run: every row decided as it would be, and nothing written but the result.
//!
//! Invariants: a row sees what earlier rows of the file would have made; nobody waits for a dry run; and its memory is
//! bounded by [`ROWS_CHECKED_MAX`].

use base_core::text::readable;
use base_db::StoreError;
use base_records::import::{Checked, RowNote};

use super::domain::{Acting, DryRun, ImportWork};
use super::steps::Step;
use super::table::Table;

/// Most rows that a dry run looks at: about 100 MB of loaded rows. A longer file is tried as if it ended there, and that is
/// said.
pub const ROWS_CHECKED_MAX: i64 = 100_000;
/// Longest heading that is told, in characters.
const HEADING_CHARS_MAX: usize = 100;

/// A dry run under way.
pub struct Check {
    dry_run: Box<dyn DryRun>,
    /// What it has found so far.
    pub checked: Checked,
}

impl Check {
    /// Begins one.
    pub fn begin(work: &dyn ImportWork, table: &Table, by: Acting) -> Self {
        let checked = Checked {
            rows: table.rows.min(ROWS_CHECKED_MAX),
            is_cut: table.rows > ROWS_CHECKED_MAX,
            unread: names(table.unread()),
            hidden_rows: table.hidden_rows,
            hidden_sheets: names(table.hidden_sheets()),
            hidden_columns: names(table.hidden_columns()),
            other_sheets: names(table.other_sheets()),
            beyond_rows: table.beyond.rows,
            beyond_first: table.beyond.place(table).map(|place| readable(&place, HEADING_CHARS_MAX)),
            ..Checked::default()
        };
        Self { dry_run: work.dry_run(table.kind, by), checked }
    }

    /// Tries some rows and gives those that would be refused.
    pub async fn take(&mut self, step: Step) -> Result<Vec<RowNote>, StoreError> {
        let would_be = self.dry_run.decide(step.rows).await?;
        let mut notes = step.unreadable;
        notes.extend(would_be.refused);
        let counts = &mut self.checked.counts;
        counts.created += would_be.counts.created;
        counts.linked += would_be.counts.linked;
        counts.known += would_be.counts.known;
        counts.refused += i64::try_from(notes.len()).unwrap_or(i64::MAX);
        for note in &notes {
            self.checked.outcomes.count(note);
        }
        Ok(notes)
    }
}

fn names(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(|name| readable(name, HEADING_CHARS_MAX)).collect()
}
