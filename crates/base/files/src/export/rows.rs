//! The rows of an export, page by page.

use base_db::{Db, StoreError};
use base_sheet::write::RowWriter;

use super::choice::Choice;
use super::error::ExportError;
use super::kind::{Content, Page};
use super::setting::Setting;

/// Reads an export from its beginning to its end.
#[derive(Clone, Debug)]
pub struct Rows {
    db: Db,
    choice: Choice,
    setting: Setting,
    after: String,
    /// How many rows there may be still.
    left: u64,
    has_ended: bool,
}

impl Rows {
    /// Begins at the first row.
    pub fn new(db: &Db, choice: Choice, setting: Setting) -> Self {
        let left = choice.limit().unwrap_or(u64::MAX);
        Self { db: db.clone(), choice, setting, after: String::new(), left, has_ended: false }
    }

    /// What is asked for.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// What the file is made with.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// How many rows there are now, by the counters; cheap whatever the number.
    pub async fn expected(&self) -> Result<u64, StoreError> {
        self.choice.expected(&self.db).await
    }

    /// The next rows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Page>, StoreError> {
        if self.has_ended {
            return Ok(None);
        }
        let mut page = self.choice.source().page(&self.db, &self.setting, &self.after, self.left).await?;
        self.left = self.left.saturating_sub(page.rows);
        self.has_ended = page.is_last || self.left == 0;
        self.after = std::mem::take(&mut page.last);
        Ok((page.rows > 0).then_some(page))
    }
}

/// Writes the rows of a page and tells how many they were.
pub(crate) fn write(
    page: &Page,
    choice: &Choice,
    setting: &Setting,
    writer: &mut dyn RowWriter,
) -> Result<u64, ExportError> {
    match &page.content {
        Content::Cells(rows) => {
            for cells in rows {
                writer.row(cells)?;
            }
            Ok(rows.len() as u64)
        }
        Content::Text(text) => {
            let written = choice.source().write_text(text, setting, writer)?;
            let unreadable = || StoreError::Unreadable { what: "row of an export", value: "a page".into() };
            if written == page.rows { Ok(written) } else { Err(unreadable().into()) }
        }
    }
}
