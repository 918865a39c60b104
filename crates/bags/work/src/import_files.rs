//! What this wing takes in as files: its kinds, how their rows are read, tried, made true through the desk, and taken back.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use bags_rules::code::readable;
use bags_rules::file;
use bags_rules::import::{Became, ImportKind, Origin, RowFault, read_area, read_row_of, round_of, take_row};
use bags_rules::intent::Intent;
use bags_rules::label_text::{codes_of_row, parents_of_row};
use bags_rules::loaded::Loaded;
use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Details, Scan};
use bags_store::loaded;
use base_core::account::{Actor, Asked};
use base_core::area::Area;
use base_core::file::FileKind;
use base_core::permission::Grants;
use base_core::time::Moment;
use base_db::StoreError;
use base_desk::DeskError;
use base_files::import::{
    Acting, DryRun, ImportKinds, ImportWork, LabelText, OwnRows, ReadAs, RowReader, RunStep, Runner, STEP_ROWS,
    TableRow, WouldBe,
};
use base_records::import::{Import, RowNote, cells_text};

use crate::import::{ImportRow, ImportStep, note_of};
use crate::step::Step;
use crate::take_back::{FIGURES, TakeBackStep};
use crate::{Desk, DeskParts};

static KINDS: [&FileKind; 4] = [&file::BAGS, &file::BILLS, &file::CHILDREN, &file::PARENTS];

/// The kinds of files that this wing takes in, read by the rules of a site.
pub fn import_kinds(rules: &Arc<Rules>) -> Arc<dyn ImportKinds> {
    Arc::new(Kinds { rules: Arc::clone(rules) })
}

/// The same, with the desk at which the rows become true.
pub fn import_work(parts: DeskParts, desk: Desk) -> Arc<dyn ImportWork> {
    Arc::new(Work { kinds: Kinds { rules: Arc::clone(&parts.rules) }, parts, desk })
}

/// Who carries on the imports of a site with this wing alone. `node` names one running program, never two.
pub fn import_runner(parts: DeskParts, desk: Desk, grants: Arc<Grants>, node: Arc<str>) -> Runner {
    let (db, clock) = (parts.db.clone(), Arc::clone(&parts.clock));
    Runner { db, clock, works: Arc::new([import_work(parts, desk)]), grants, node }
}

/// The kind that a description belongs to.
fn own(kind: &FileKind) -> ImportKind {
    ImportKind::parse(kind.name).expect("only kinds of this wing are handed in")
}

/// Rows that were read here.
fn rows_of(rows: OwnRows) -> Vec<ImportRow> {
    *rows.downcast().expect("only rows that were read here are handed in")
}

struct Kinds {
    rules: Arc<Rules>,
}

impl ImportKinds for Kinds {
    fn kinds(&self) -> Vec<&'static FileKind> {
        KINDS.to_vec()
    }

    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader> {
        Box::new(Reader {
            kind: own(read_as.kind),
            rules: Arc::clone(&self.rules),
            label_text: read_as.label_text,
            origin: if read_as.is_export { Origin::Site } else { Origin::List },
            now: read_as.now,
            make_missing: read_as.make_missing,
            made_last: None,
            area_last: None,
            rows: Vec::new(),
        })
    }

    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        let (kind, labels) = (own(kind), &self.rules.labels);
        let mut cells = cells.to_vec();
        reorder(kind, &mut cells);
        let is_likely = parents_of_row(kind, &cells, labels).any(|code| matches!(code, Cow::Owned(_)));
        let mut codes = codes_of_row(kind, &cells, labels);
        reorder(kind, &mut codes);
        LabelText { cells: codes, is_likely }
    }

    fn undone(&self, _: &FileKind) -> &'static [&'static str] {
        &FIGURES
    }
}

/// The columns of bags as their file has them, the area before the parent, in the order of the rules, or back.
fn reorder<T>(kind: ImportKind, cells: &mut [T]) {
    if kind == ImportKind::Bags && cells.len() > AREA {
        cells.swap(AREA - 1, AREA);
    }
}

/// Where the area stands in the order of the rules.
const AREA: usize = 3;

struct Reader {
    kind: ImportKind,
    rules: Arc<Rules>,
    /// Codes are looked for in longer texts.
    label_text: bool,
    origin: Origin,
    now: Moment,
    /// What rows name and the site does not have is made.
    make_missing: bool,
    /// The parent or bill that was made last, if it was not there.
    made_last: Option<String>,
    /// The area that was read last, as it is written: that of many rows in a row.
    area_last: Option<(String, Area)>,
    rows: Vec<ImportRow>,
}

/// How many parents a bill is for that an import makes, because the file names it and the site does not have it.
const CAPACITY_OF_MADE: i64 = 50;

/// What makes the parent, or the bill, that a row names, if the site does not have it.
fn maker_of(kind: ImportKind, scan: &Scan) -> Option<Scan> {
    match kind {
        ImportKind::Children => {
            let code = scan.parent.clone().filter(|code| !code.trim().is_empty())?;
            Some(Scan { action: Action::Parent, code, client_at: scan.client_at, ..Scan::default() })
        }
        ImportKind::Parents => {
            let bill = scan.bill.clone().filter(|bill| !bill.trim().is_empty())?;
            let scan =
                Scan { action: Action::BillCreate, bill: Some(bill), client_at: scan.client_at, ..Scan::default() };
            // How many parents it is for, the file does not say; it can be changed on its page.
            Some(scan.with(Details { capacity: Some(CAPACITY_OF_MADE), ..Details::default() }))
        }
        ImportKind::Bags | ImportKind::Bills => None,
    }
}

fn name_of_made(scan: &Scan) -> &str {
    scan.bill.as_deref().unwrap_or(&scan.code)
}

/// A parent that was never scanned is registered, too.
fn by_hand(scan: Scan) -> Scan {
    Scan { action: Action::BillEnter, ..scan }
}

impl RowReader for Reader {
    fn read(&mut self, round: i64, row: TableRow<'_>) -> Result<bool, RowNote> {
        let mut cells = row.cells.to_vec();
        reorder(self.kind, &mut cells);
        if !self.label_text {
            return self.read_cells(round, row, &cells);
        }
        let cells = codes_of_row(self.kind, &cells, &self.rules.labels);
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        self.read_cells(round, row, &cells)
    }

    fn take(&mut self) -> OwnRows {
        // A step may be tried again later and elsewhere: what it needs, it makes itself.
        self.made_last = None;
        Box::new(std::mem::take(&mut self.rows))
    }
}

impl Reader {
    fn area(&mut self, text: &str) -> Result<Option<Area>, RowFault> {
        if let Some((_, area)) = self.area_last.as_ref().filter(|(last, _)| last == text) {
            return Ok(Some(area.clone()));
        }
        let area = read_area(text, &self.rules)?.cloned();
        self.area_last = area.clone().map(|area| (text.to_owned(), area));
        Ok(area)
    }

    /// Reads a row whose cells are in the order of the rules.
    fn read_cells(&mut self, round: i64, row: TableRow<'_>, cells: &[&str]) -> Result<bool, RowNote> {
        if round_of(self.kind, cells) != round {
            return Ok(false);
        }
        let note = |fault: RowFault| RowNote {
            row_number: row.number,
            code: readable(cells.first().copied().unwrap_or_default()),
            outcome: fault.outcome.into(),
            message: fault.message,
            cells: cells_text(row.cells.iter().copied()),
        };
        let scan: Scan = read_row_of(self.origin, self.kind, cells, self.now).map_err(note)?;
        let area = match (self.kind, cells.get(AREA)) {
            (ImportKind::Bags, Some(text)) => self.area(text).map_err(note)?,
            _ => None,
        };
        let origin = self.origin;
        if self.rows.capacity() == 0 {
            self.rows.reserve_exact(STEP_ROWS);
        }
        let row_number = row.number;
        if let Some(missing) = self.make_missing.then(|| maker_of(self.kind, &scan)).flatten() {
            let name = name_of_made(&missing);
            // The rows of one parent or bill mostly follow each other.
            if self.made_last.as_deref() != Some(name) {
                self.made_last = Some(name.to_owned());
                self.rows.push(ImportRow { row_number, scan: missing, is_for_next: true, origin, area: None });
            }
        }
        let scan = if self.make_missing && self.kind == ImportKind::Parents { by_hand(scan) } else { scan };
        self.rows.push(ImportRow { row_number, scan, is_for_next: false, origin, area });
        Ok(true)
    }
}

struct Work {
    kinds: Kinds,
    parts: DeskParts,
    desk: Desk,
}

impl ImportKinds for Work {
    fn kinds(&self) -> Vec<&'static FileKind> {
        self.kinds.kinds()
    }

    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader> {
        self.kinds.reader(read_as)
    }

    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        self.kinds.label_text(kind, cells)
    }

    fn undone(&self, kind: &FileKind) -> &'static [&'static str] {
        self.kinds.undone(kind)
    }
}

#[async_trait]
impl ImportWork for Work {
    async fn run(&self, step: RunStep) -> Result<Import, DeskError> {
        let RunStep { by: Acting { actor, origin, .. }, before, rows, unreadable, rows_read, next_round } = step;
        let rows = rows_of(rows);
        let step = ImportStep { actor, origin, before, rows, unreadable, rows_read, next_round };
        self.desk.step(Step::Import(Box::new(step))).await
    }

    async fn take_back(&self, by: Acting, import_id: &str) -> Result<Import, DeskError> {
        let Acting { actor, origin, .. } = by;
        self.desk.step(Step::TakeBack(TakeBackStep { actor, origin, import_id: import_id.to_owned() })).await
    }

    fn dry_run(&self, kind: &'static FileKind, by: Acting) -> Box<dyn DryRun> {
        Box::new(Trial { parts: self.parts.clone(), kind: own(kind), actor: by.actor, loaded: Loaded::default() })
    }
}

/// A dry run: loaded rows that are carried along, read and never written.
struct Trial {
    parts: DeskParts,
    kind: ImportKind,
    actor: Actor,
    loaded: Loaded,
}

#[async_trait]
impl DryRun for Trial {
    async fn decide(&mut self, rows: OwnRows) -> Result<WouldBe, StoreError> {
        let rows = rows_of(rows);
        let intents: Vec<Intent> = rows.iter().map(|row| row.intent(self.kind)).collect();
        let mut reader = self.parts.db.read().await?;
        loaded::look(reader.conn(), intents.iter(), &mut self.loaded).await?;
        drop(reader);
        let mut would_be = WouldBe::default();
        let mut now = self.parts.clock.now();
        let counts = &mut would_be.counts;
        for (row, intent) in rows.iter().zip(&intents) {
            now = now.plus_us(1);
            let actor = row.actor(&self.actor, intent, &self.loaded);
            let asked = Asked { actor: &actor, id: row.scan.id, now };
            let (decision, became) = take_row(&mut self.loaded, intent, asked, &self.parts.rules);
            match became {
                Became::Made { created, linked } => {
                    counts.created += created;
                    counts.linked += linked;
                }
                Became::Known | Became::Refused if row.is_for_next => {}
                Became::Known => counts.known += 1,
                Became::Refused => {
                    would_be.refused.push(note_of(self.kind, row, &decision.answer, &self.parts.phrase));
                }
            }
        }
        Ok(would_be)
    }
}
