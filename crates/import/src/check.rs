//! The dry run: every row decided as it would be, on a floor that is never written.
//!
//! Invariants: the floor is carried along, so a row sees what earlier rows of the file would have made; it is loaded by
//! reads alone, so nobody waits for a dry run; and its memory is bounded by [`ROWS_CHECKED_MAX`].

use bags_rules::code::readable;
use bags_rules::floor::Floor;
use bags_rules::import::{Became, ImportKind, take_row};
use bags_rules::intent::Intent;
use bags_store::floor;
use bags_store::import::{Checked, RowNote};
use bags_work::{DeskParts, note_of};
use base_core::account::{Actor, Asked};
use base_db::StoreError;

use crate::steps::Step;
use crate::table::Table;

/// Most rows that a dry run looks at: about 100 MB of floor. A longer file is tried as if it ended there, and that is
/// said (`bags.md` 7.5 wants 80,000).
pub const ROWS_CHECKED_MAX: i64 = 100_000;

/// A dry run under way.
pub struct Check<'c> {
    parts: &'c DeskParts,
    kind: ImportKind,
    actor: Actor,
    floor: Floor,
    /// What it has found so far.
    pub checked: Checked,
}

impl<'c> Check<'c> {
    /// Begins one.
    pub fn begin(parts: &'c DeskParts, table: &Table, actor: Actor) -> Self {
        let checked = Checked {
            rows: table.rows.min(ROWS_CHECKED_MAX),
            is_cut: table.rows > ROWS_CHECKED_MAX,
            unread: table.unread().into_iter().map(readable).collect(),
            ..Checked::default()
        };
        Self { parts, kind: table.kind, actor, floor: Floor::default(), checked }
    }

    /// Tries some rows and gives those that would be refused.
    pub async fn take(&mut self, step: Step) -> Result<Vec<RowNote>, StoreError> {
        let intents: Vec<Intent> = step.rows.iter().map(|row| row.scan.intent()).collect();
        let mut reader = self.parts.db.read().await?;
        floor::look(reader.conn(), intents.iter(), &mut self.floor).await?;
        drop(reader);
        let mut notes = step.unreadable;
        let mut now = self.parts.clock.now();
        let counts = &mut self.checked.counts;
        for (row, intent) in step.rows.iter().zip(&intents) {
            now = now.plus_us(1);
            let asked = Asked { actor: &self.actor, id: row.scan.id, now };
            let (decision, became) = take_row(&mut self.floor, intent, asked, &self.parts.rules);
            match became {
                Became::Made { created, linked } => {
                    counts.created += created;
                    counts.linked += linked;
                }
                Became::Known => counts.known += 1,
                Became::Refused => notes.push(note_of(self.kind, row, &decision.answer, &self.parts.phrase)),
            }
        }
        counts.refused += i64::try_from(notes.len()).unwrap_or(i64::MAX);
        for note in &notes {
            self.checked.outcomes.count(note);
        }
        Ok(notes)
    }
}
