//! Cutting a file into steps for the desk: all parents first, then all children, a thousand at a time.

use std::ops::ControlFlow;

use tallyhouse_core::code::readable;
use tallyhouse_core::scan::{Action, Scan};
use tallyhouse_core::time::Moment;
use tallyhouse_desk::ImportRow;
use tallyhouse_store::import::{Import, Refusal};
use uuid::Uuid;

use super::table::{Row, Table};

/// Rows that one transaction decides.
pub const STEP_ROWS: usize = 1000;
/// The pass that registers parents.
const PARENTS: i64 = 1;
/// The pass that registers and links children.
const CHILDREN: i64 = 2;
/// The outcome of a row whose type is neither parent nor child.
pub const BAD_TYPE: &str = "bad_type";

/// A step, before it knows where the import stands.
#[derive(Debug, Default)]
pub struct Step {
    /// Rows for the rules to decide on.
    pub rows: Vec<ImportRow>,
    /// Rows that nothing can be decided on.
    pub unreadable: Vec<Refusal>,
    /// How many rows of the file these are, with those that this pass passes over.
    pub rows_read: i64,
    /// True for the last of its pass.
    pub is_last: bool,
}

/// Reads the file from where `import` stands and hands over steps, until `send` breaks off.
pub fn cut(
    table: &Table,
    import: &Import,
    now: Moment,
    send: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let mut flow = ControlFlow::Continue(());
    for pass in import.pass..=CHILDREN {
        let mut skip = if pass == import.pass { import.rows_done } else { 0 };
        let mut step = Step::default();
        table.each_row(&mut |row| {
            if skip > 0 {
                skip -= 1;
                return ControlFlow::Continue(());
            }
            step.take(pass, row, now);
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
    fn take(&mut self, pass: i64, row: Row<'_>, now: Moment) {
        self.rows_read += 1;
        let kind = row.kind.trim();
        let (action, own_pass) = if kind.eq_ignore_ascii_case("parent") {
            (Action::Parent, PARENTS)
        } else if kind.eq_ignore_ascii_case("child") {
            (Action::Child, CHILDREN)
        } else {
            if pass == PARENTS {
                self.unreadable.push(Refusal {
                    row_number: row.number,
                    code: readable(row.code),
                    outcome: BAD_TYPE.into(),
                    message: format!("The type is {:?}; write parent or child.", readable(kind)),
                });
            }
            return;
        };
        if pass != own_pass {
            return;
        }
        if self.rows.capacity() == 0 {
            self.rows.reserve_exact(STEP_ROWS);
        }
        self.rows.push(ImportRow {
            row_number: row.number,
            scan: Scan {
                id: Uuid::nil(),
                client_at: now,
                action,
                code: row.code.to_owned(),
                // A child without a parent is refused by the rules: its parent cannot be known.
                parent: (action == Action::Child).then(|| row.parent.to_owned()),
                ..Scan::default()
            },
        });
    }
}
