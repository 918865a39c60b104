//! What a file of rows consists of, as data: one list of columns says what an export writes and what the import of the same
//! kind reads back.
//!
//! Invariant: whatever an export writes as a heading, the import of its kind knows by the same entry of the same list, so
//! that what goes out comes in again.

use crate::permission::Permission;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Codes, names, words.
    Text,
    /// Whole numbers.
    Int,
    /// Weights, in kilograms.
    Kilograms,
    /// Date and time of the site.
    Time,
}

/// What the cells of a column must hold when they come in, where a file tells more of a cell than its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holds {
    /// A code or a number that names something: what a person sees counts, digit by digit.
    Code,
    /// Words.
    #[default]
    Words,
    /// A figure.
    Figure,
    /// Whatever it is, nothing is made of it.
    Passed,
}

/// What an import does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A file without it cannot be read.
    Needed,
    /// It is read where it is there.
    Optional,
    /// It follows from what else is known, so it is written and not read.
    Derived,
}

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its heading. English and fixed, so that programs can rely on it.
    pub heading: &'static str,
    /// What its cells hold.
    pub kind: CellKind,
    /// Its width in characters.
    pub width: u8,
}

/// A column that a kind of file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Its own name, by which a person's choice of columns is kept; it may stand in a header row.
    pub name: &'static str,
    /// Other names that people give it, the best first.
    pub synonyms: &'static [&'static str],
    /// What an import does with it.
    pub reading: Reading,
    /// What its cells must hold when they come in.
    pub holds: Holds,
    /// How an export writes it; `None` where none does.
    pub written: Option<Written>,
    /// The key of what is said to whoever imports a file that has it.
    pub note: Option<&'static str>,
}

impl FileColumn {
    /// A column without which a file cannot be read.
    pub const fn needed(name: &'static str, synonyms: &'static [&'static str]) -> Self {
        Self { name, synonyms, reading: Reading::Needed, holds: Holds::Words, written: None, note: None }
    }

    /// A column that is read where it is there.
    pub const fn optional(name: &'static str, synonyms: &'static [&'static str]) -> Self {
        Self { name, synonyms, reading: Reading::Optional, holds: Holds::Words, written: None, note: None }
    }

    /// A column that is written and not read.
    pub const fn derived(name: &'static str) -> Self {
        Self { name, synonyms: &[], reading: Reading::Derived, holds: Holds::Words, written: None, note: None }
    }

    /// The same, written under a heading.
    #[must_use]
    pub const fn written(self, heading: &'static str, kind: CellKind, width: u8) -> Self {
        Self { written: Some(Written { heading, kind, width }), ..self }
    }

    /// The same, whose cells must hold this when they come in.
    #[must_use]
    pub const fn holding(self, holds: Holds) -> Self {
        Self { holds, ..self }
    }

    /// The same, with something said to whoever imports a file that has it: the key of the text.
    #[must_use]
    pub const fn noted(self, key: &'static str) -> Self {
        Self { note: Some(key), ..self }
    }

    /// True when an import reads it.
    pub const fn is_read(&self) -> bool {
        !matches!(self.reading, Reading::Derived)
    }

    /// True when a file without it cannot be read.
    pub const fn is_needed(&self) -> bool {
        matches!(self.reading, Reading::Needed)
    }
}

/// Rows that belong together: one names what the others are in. In such a file a column of marks stands beside one of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// The headings of the marks.
    pub marks: &'static [&'static str],
    /// The headings of the codes.
    pub codes: &'static [&'static str],
    /// What is marked so, in lower case, names the whole.
    pub whole_marks: &'static [&'static str],
    /// What the texts of parts contain, in capitals: any other names the whole.
    pub part_text: Option<&'static str>,
}

/// A kind of file.
#[derive(Debug, PartialEq, Eq)]
pub struct FileKind {
    /// The stored name.
    pub name: &'static str,
    /// What somebody needs who brings such a file in.
    pub permission: Permission,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [FileColumn],
    /// How often an import reads such a file from its beginning to its end.
    pub rounds: i64,
    /// True where its rows name codes, which may stand in longer texts.
    pub has_codes: bool,
    /// How its rows may stand in blocks; `None` where each row says all.
    pub blocks: Option<Blocks>,
    /// The key of the text of a choice: what rows name and the site does not have is made. `None` where nothing is.
    pub makes: Option<&'static str>,
}

impl FileKind {
    /// The column with a name.
    pub fn column(&self, name: &str) -> Option<&'static FileColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns that an import reads, in the order in which a row's cells are handed on.
    pub fn read_columns(&self) -> impl Iterator<Item = &'static FileColumn> {
        self.columns.iter().filter(|column| column.is_read())
    }

    /// How the columns of an export are written, in order.
    pub fn written_columns(&self) -> impl Iterator<Item = Written> {
        self.columns.iter().filter_map(|column| column.written)
    }
}
