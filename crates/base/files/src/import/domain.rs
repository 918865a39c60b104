//! What a wing hands in to have files of rows brought in.
//!
//! A wing says what its kinds of files are and reads their rows ([`ImportKinds`]); where the rows become true it also decides
//! on them ([`ImportWork`]). What a row asks for stays the wing's own: the engine carries it and never looks into it.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use base_core::account::{Actor, Person};
use base_core::audit::Origin;
use base_core::file::{FileKind, Holds};
use base_core::permission::Permission;
use base_core::time::Moment;
use base_db::StoreError;
use base_desk::DeskError;
use base_records::import::{Counts, Import, RowNote};
use base_sheet::read::Unfit;

/// Rows of a step in the wing's own form. Only the wing that has read them opens them.
pub type OwnRows = Box<dyn Any + Send>;

/// One row of a file.
#[derive(Clone, Copy, Debug)]
pub struct TableRow<'r> {
    /// Its number; the header is row 1. Sheets after the first count on.
    pub number: i64,
    /// The texts of the columns that are read of its kind, in their order; empty where the file has no such column.
    pub cells: &'r [&'r str],
    /// Cells that are not what their columns should hold. A row with any is never handed to a wing.
    pub faults: &'r [CellFault],
}

/// A cell that is not what its column should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The name of the column, as its kind has it.
    pub name: &'static str,
    /// What the column should hold.
    pub holds: Holds,
    /// What is wrong with the cell.
    pub unfit: Unfit,
    /// Which of the row's cells it is; there stands what a person sees of it.
    pub at: usize,
    /// Its column in the file, from 0.
    pub place: usize,
    /// Its row in its sheet.
    pub row: i64,
}

/// How the rows of a file are to be read.
#[derive(Clone, Copy, Debug)]
pub struct ReadAs {
    /// What they are.
    pub kind: &'static FileKind,
    /// Codes stand in longer texts and are taken out of them.
    pub label_text: bool,
    /// What rows name and the site does not have is made.
    pub make_missing: bool,
    /// They were written by the export of a site such as this one: their codes were in a site already.
    pub is_export: bool,
    /// The time that rows carry.
    pub now: Moment,
}

/// Reads rows one after another and gathers them until a step is full.
pub trait RowReader: Send {
    /// Reads a row in a walk through the file, from 1, and keeps it. False where it is not its turn in this walk. A row that
    /// nothing can be decided on is given back with the reason.
    fn read(&mut self, round: i64, row: TableRow<'_>) -> Result<bool, RowNote>;

    /// Hands over what was kept.
    fn take(&mut self) -> OwnRows;
}

/// Cells of a row whose codes were taken out of longer texts.
#[derive(Debug)]
pub struct LabelText<'c> {
    /// The cells as they are read; one that was changed is owned.
    pub cells: Vec<Cow<'c, str>>,
    /// True where the row shows that the whole file is likely to be read this way.
    pub is_likely: bool,
}

/// The kinds of files that a wing takes in.
pub trait ImportKinds: Send + Sync {
    /// Every kind, in the order in which they are shown.
    fn kinds(&self) -> Vec<&'static FileKind>;

    /// Somebody who reads the rows of such a file.
    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader>;

    /// Takes codes out of the longer texts of a row.
    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c>;

    /// The names of what is counted when an import of such a file is undone, in the order in which they are shown.
    fn undone(&self, kind: &FileKind) -> &'static [&'static str];

    /// The kind with a name.
    fn kind(&self, name: &str) -> Option<&'static FileKind> {
        self.kinds().into_iter().find(|kind| kind.name == name)
    }
}

/// The kinds of several wings. Each name belongs to one of them.
#[derive(Clone, Default)]
pub struct AllKinds(Arc<[Arc<dyn ImportKinds>]>);

impl AllKinds {
    /// Those of these wings, in this order.
    pub fn of(wings: Vec<Arc<dyn ImportKinds>>) -> Self {
        Self(wings.into())
    }

    fn owner(&self, kind: &FileKind) -> &dyn ImportKinds {
        let owner = self.0.iter().find(|wing| wing.kind(kind.name).is_some());
        &**owner.expect("only kinds of these wings are handed in")
    }
}

impl ImportKinds for AllKinds {
    fn kinds(&self) -> Vec<&'static FileKind> {
        self.0.iter().flat_map(|wing| wing.kinds()).collect()
    }

    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader> {
        self.owner(read_as.kind).reader(read_as)
    }

    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        self.owner(kind).label_text(kind, cells)
    }

    fn undone(&self, kind: &FileKind) -> &'static [&'static str] {
        self.owner(kind).undone(kind)
    }
}

/// Who acts: what they may touch, and the same for the audit trail.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who, and what they may touch.
    pub actor: Actor,
    /// The same for the audit trail.
    pub origin: Origin,
    /// The person, as they are now; `None` is the site itself, which may do everything.
    pub person: Option<Person>,
}

impl Acting {
    /// True if whoever acts holds a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.person.as_ref().is_none_or(|person| person.may(permission))
    }
}

/// Some rows, and where the import stood before them.
pub struct RunStep {
    /// Who imports.
    pub by: Acting,
    /// Where the import stands in the database.
    pub before: Import,
    /// The rows.
    pub rows: OwnRows,
    /// Rows among them that nothing can be decided on, with the reason.
    pub unreadable: Vec<RowNote>,
    /// How many rows of the file these are, counting those that this walk leaves out.
    pub rows_read: i64,
    /// The walk that comes next; the same as before, except on the last step of a walk.
    pub next_round: i64,
}

/// What would become of some rows.
#[derive(Debug, Default)]
pub struct WouldBe {
    /// How many of them would come to what. Refused ones are counted by their notes.
    pub counts: Counts,
    /// Those that would be refused.
    pub refused: Vec<RowNote>,
}

/// A dry run under way: a row sees what earlier rows would have made, and nothing is written.
#[async_trait]
pub trait DryRun: Send {
    /// Tries some rows.
    async fn decide(&mut self, rows: OwnRows) -> Result<WouldBe, StoreError>;
}

/// A wing that makes rows true, and takes back what they made.
#[async_trait]
pub trait ImportWork: ImportKinds {
    /// Makes rows true in one transaction, together with the note of how far the import has come, and gives the import as it
    /// stands then. Where it does not run any more, or stands elsewhere than the step believes, nothing is written.
    async fn run(&self, step: RunStep) -> Result<Import, DeskError>;

    /// Takes back some of what an import made, in one transaction, and gives the import as it stands then.
    async fn take_back(&self, by: Acting, import_id: &str) -> Result<Import, DeskError>;

    /// Begins a dry run.
    fn dry_run(&self, kind: &'static FileKind, by: Acting) -> Box<dyn DryRun>;
}
