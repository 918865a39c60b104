//! What a wing hands in to have something of its own go out as a file.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use base_core::file::{CellKind, FileKind};
use base_db::{Db, StoreError};
use base_sheet::write::RowWriter;
use base_sheet::{Cell, Column, Kind};
use serde_json::{Map, Value};

use super::error::ExportError;
use super::setting::Setting;

/// The field of a filter that says how many rows there may be at most.
pub(crate) const LIMIT: &str = "limit";

/// A field of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterField {
    /// Its name.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// What it may be.
    pub values: Values,
    /// What is said to whoever gives it to an export that has no such field: they expect it to do something.
    pub elsewhere: &'static str,
}

/// What a field of a filter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of these, or all: each with the key of its text.
    OneOf(&'static [(&'static str, &'static str)]),
    /// A number from 1.
    Number {
        /// The largest.
        max: Option<u64>,
        /// What it is unless asked otherwise.
        default: Option<u64>,
        /// The key of what is said beside it.
        help: Option<&'static str>,
    },
}

impl FilterField {
    /// The field `limit`, which the engine itself reads and keeps to.
    pub const fn limit(elsewhere: &'static str) -> Self {
        let values = Values::Number { max: None, default: None, help: Some("export-limit-help") };
        Self { name: LIMIT, label: "export-limit", values, elsewhere }
    }
}

/// A filter as it was given, field by field; empty texts and `all` stand for no filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(Vec<(String, String)>);

impl Given {
    /// With one more field, if it says something.
    #[must_use]
    pub fn with(mut self, name: &str, text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        if !text.is_empty() && text != "all" {
            self.0.push((name.to_owned(), text));
        }
        self
    }

    /// What a field says; `None` where it says nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
    }

    /// A field that is a number from 1.
    pub fn number(&self, name: &'static str, max: u64, detail: &'static str) -> Result<Option<u64>, ChoiceFault> {
        match self.get(name).map(str::parse::<u64>) {
            None => Ok(None),
            Some(Ok(n)) if (1..=max).contains(&n) => Ok(Some(n)),
            Some(_) => Err(ChoiceFault { field: name.into(), detail }),
        }
    }

    /// The names of the fields that say something, in the order in which they were given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// A part of the filter that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceFault {
    /// Which field.
    pub field: String,
    /// What it should be.
    pub detail: &'static str,
}

/// One kind of export.
pub trait ExportKind: Debug + Send + Sync {
    /// The stable name.
    fn name(&self) -> &'static str;

    /// The name of the sheet.
    fn title(&self) -> &'static str;

    /// The one line of a file without rows: `There are no NAME.` where there is an import of that name, which takes it for no
    /// row.
    fn no_data(&self) -> &'static str;

    /// The fields of its filter.
    fn fields(&self) -> &'static [FilterField];

    /// Reads a filter that has no field but its own.
    fn choose(&self, given: &Given) -> Result<Arc<dyn ExportSource>, ChoiceFault>;
}

/// What was chosen of a kind: where its rows come from. It holds no state of the reading.
#[async_trait]
pub trait ExportSource: Debug + Send + Sync {
    /// The filter, as it is kept and told to the audit trail. The limit is added to it.
    fn filter(&self) -> Map<String, Value>;

    /// What the file's name begins with.
    fn stem(&self) -> String;

    /// The columns.
    fn columns(&self) -> Vec<Column>;

    /// How many rows there are now, by what is counted anyway: cheap, whatever the number.
    async fn expected(&self, db: &Db) -> Result<u64, StoreError>;

    /// The rows behind a key, in the order of the keys, `rows_max` of them at most.
    async fn page(&self, db: &Db, setting: &Setting, after: &str, rows_max: u64) -> Result<Page, StoreError>;

    /// Writes a page that came as text, and tells how many rows it held.
    fn write_text(&self, text: &str, setting: &Setting, writer: &mut dyn RowWriter) -> Result<u64, ExportError>;
}

/// Some rows, as they were read.
#[derive(Debug)]
pub struct Page {
    /// How many.
    pub rows: u64,
    /// The rows.
    pub content: Content,
    /// The key of the last one.
    pub last: String,
    /// True where none comes behind it.
    pub is_last: bool,
}

/// The rows of a page.
#[derive(Debug)]
pub enum Content {
    /// As the store puts them together; the source takes them apart.
    Text(String),
    /// Ready to be written.
    Cells(Vec<Vec<Cell<'static>>>),
}

/// The columns of a kind of file, as they are written.
pub fn columns_of(kind: &FileKind) -> Vec<Column> {
    let cells = |kind| match kind {
        CellKind::Text => Kind::Text,
        CellKind::Int => Kind::Int,
        CellKind::Kilograms => Kind::Kilograms,
        CellKind::Time => Kind::Time,
    };
    kind.written_columns().map(|written| Column::new(written.heading, cells(written.kind), written.width)).collect()
}
