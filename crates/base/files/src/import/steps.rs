//! Cutting a file into steps, a thousand rows at a time, walk after walk.

use std::ops::ControlFlow;
use std::sync::Arc;

use base_core::time::Moment;
use base_records::import::RowNote;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::cells;
use super::domain::{ImportKinds, OwnRows, ReadAs, RowReader};
use super::mapping::TableFault;
use super::table::Table;

/// Rows that one transaction decides.
pub const STEP_ROWS: usize = 1000;
/// Steps that are read ahead while the desk works.
const STEPS_AHEAD: usize = 4;

/// Some rows, before it is known where the import stands.
pub struct Step {
    /// Rows for the rules to decide on.
    pub rows: OwnRows,
    /// Rows that nothing can be decided on.
    pub unreadable: Vec<RowNote>,
    /// How many rows of the file these are, with those that this round rounds over.
    pub rows_read: i64,
    /// True for the last of its pass.
    pub is_last: bool,
}

/// Where reading begins and how far it goes.
#[derive(Clone, Copy, Debug)]
pub struct From {
    /// The walk, from 1.
    pub round: i64,
    /// How many rows of it are done.
    pub rows_done: i64,
    /// Rows after which each walk ends though the file goes on.
    pub rows_max: i64,
    /// The time that rows carry.
    pub now: Moment,
}

/// Reads a file on a thread of its own; a few steps ahead of who takes them, and no longer than they do.
pub fn steps_of(
    table: &Arc<Table>,
    from: From,
    kinds: &Arc<dyn ImportKinds>,
) -> (mpsc::Receiver<Step>, JoinHandle<Result<(), TableFault>>) {
    let (sender, steps) = mpsc::channel(STEPS_AHEAD);
    let (table, kinds) = (Arc::clone(table), Arc::clone(kinds));
    let reader = tokio::task::spawn_blocking(move || {
        let read_as = ReadAs {
            kind: table.kind,
            label_text: table.label_text,
            make_missing: table.make_missing,
            is_export: table.is_export,
            now: from.now,
        };
        let mut gathering = Gathering::new(kinds.reader(read_as));
        cut(&table, from, &mut gathering, &mut |step| match sender.blocking_send(step) {
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
    gathering: &mut Gathering,
    send: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<(), TableFault> {
    let mut flow = ControlFlow::Continue(());
    for round in from.round..=table.kind.rounds {
        let mut skip = if round == from.round { from.rows_done } else { 0 };
        let mut left = from.rows_max;
        table.each_row(&mut |row| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            if skip > 0 {
                skip -= 1;
                return ControlFlow::Continue(());
            }
            gathering.rows_read += 1;
            if !row.faults.is_empty() {
                // Told once, in the first walk.
                if round == 1 {
                    gathering.unreadable.push(cells::note(row));
                }
                return gathering.hand_on(send, &mut flow);
            }
            match gathering.reader.read(round, row) {
                Ok(is_its_turn) => gathering.readable += usize::from(is_its_turn),
                Err(note) => gathering.unreadable.push(note),
            }
            gathering.hand_on(send, &mut flow)
        })?;
        if flow.is_break() || send(gathering.step(true)).is_break() {
            break;
        }
    }
    Ok(())
}

/// A step that is not full yet.
struct Gathering {
    reader: Box<dyn RowReader>,
    /// How many rows the reader holds.
    readable: usize,
    unreadable: Vec<RowNote>,
    rows_read: i64,
}

impl Gathering {
    fn new(reader: Box<dyn RowReader>) -> Self {
        Self { reader, readable: 0, unreadable: Vec::new(), rows_read: 0 }
    }

    /// Sends what was gathered, once it fills a step.
    fn hand_on(
        &mut self,
        send: &mut dyn FnMut(Step) -> ControlFlow<()>,
        flow: &mut ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.readable + self.unreadable.len() < STEP_ROWS {
            return ControlFlow::Continue(());
        }
        *flow = send(self.step(false));
        *flow
    }

    /// What was gathered; the next step begins.
    fn step(&mut self, is_last: bool) -> Step {
        self.readable = 0;
        Step {
            rows: self.reader.take(),
            unreadable: std::mem::take(&mut self.unreadable),
            rows_read: std::mem::take(&mut self.rows_read),
            is_last,
        }
    }
}
