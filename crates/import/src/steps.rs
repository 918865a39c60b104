//! Cutting a file into steps for the desk, a thousand rows at a time; bags in two walks: all parents, then all children.

use std::ops::ControlFlow;
use std::sync::Arc;

use bags_rules::code::{Labels, readable};
use bags_rules::import::{ImportKind, pass_of, read_row};
use bags_rules::label_text::codes_of_row;
use bags_rules::rules::Rules;
use bags_store::import::{RowNote, cells_text};
use bags_work::ImportRow;
use base_core::time::Moment;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::table::{Table, TableFault, TableRow};

/// Rows that one transaction decides.
pub const STEP_ROWS: usize = 1000;
/// Steps that are read ahead while the desk works.
const STEPS_AHEAD: usize = 4;

/// Some rows, before it is known where the import stands.
#[derive(Debug, Default)]
pub struct Step {
    /// Rows for the rules to decide on.
    pub rows: Vec<ImportRow>,
    /// Rows that nothing can be decided on.
    pub unreadable: Vec<RowNote>,
    /// How many rows of the file these are, with those that this pass passes over.
    pub rows_read: i64,
    /// True for the last of its pass.
    pub is_last: bool,
}

/// Where reading begins and how far it goes.
#[derive(Clone, Copy, Debug)]
pub struct From {
    /// The walk, from 1.
    pub pass: i64,
    /// How many rows of it are done.
    pub rows_done: i64,
    /// Rows after which each walk ends though the file goes on.
    pub rows_max: i64,
    /// The time that rows carry.
    pub now: Moment,
}

/// Reads a file on a thread of its own; a few steps ahead of who takes them, and no longer than he does.
pub fn steps_of(
    table: &Arc<Table>,
    from: From,
    rules: &Arc<Rules>,
) -> (mpsc::Receiver<Step>, JoinHandle<Result<(), TableFault>>) {
    let (sender, steps) = mpsc::channel(STEPS_AHEAD);
    let (table, rules) = (Arc::clone(table), Arc::clone(rules));
    let reader = tokio::task::spawn_blocking(move || {
        let labels = table.label_text.then_some(&rules.labels);
        cut(&table, from, labels, &mut |step| match sender.blocking_send(step) {
            Ok(()) => ControlFlow::Continue(()),
            // Nobody takes steps any more: the import was broken off.
            Err(_) => ControlFlow::Break(()),
        })
    });
    (steps, reader)
}

fn cut(
    table: &Table,
    from: From,
    labels: Option<&Labels>,
    send: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<(), TableFault> {
    let mut flow = ControlFlow::Continue(());
    for pass in from.pass..=table.kind.passes() {
        let mut skip = if pass == from.pass { from.rows_done } else { 0 };
        let mut left = from.rows_max;
        let mut step = Step::default();
        table.each_row(&mut |row| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            if skip > 0 {
                skip -= 1;
                return ControlFlow::Continue(());
            }
            match labels {
                None => step.take(table.kind, pass, row, from.now),
                Some(labels) => {
                    let cells = codes_of_row(table.kind, row.cells, labels);
                    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                    step.take(table.kind, pass, TableRow { cells: &cells, ..row }, from.now);
                }
            }
            if step.rows.len() + step.unreadable.len() < STEP_ROWS {
                return ControlFlow::Continue(());
            }
            flow = send(std::mem::take(&mut step));
            flow
        })?;
        step.is_last = true;
        if flow.is_break() || send(step).is_break() {
            break;
        }
    }
    Ok(())
}

impl Step {
    fn take(&mut self, kind: ImportKind, pass: i64, row: TableRow<'_>, now: Moment) {
        self.rows_read += 1;
        if pass_of(kind, row.cells) != pass {
            return;
        }
        match read_row(kind, row.cells, now) {
            Ok(scan) => {
                if self.rows.capacity() == 0 {
                    self.rows.reserve_exact(STEP_ROWS);
                }
                self.rows.push(ImportRow { row_number: row.number, scan });
            }
            Err(fault) => self.unreadable.push(RowNote {
                row_number: row.number,
                code: readable(row.cells.first().copied().unwrap_or_default()),
                outcome: fault.outcome.into(),
                message: fault.message,
                cells: cells_text(row.cells.iter().copied()),
            }),
        }
    }
}
