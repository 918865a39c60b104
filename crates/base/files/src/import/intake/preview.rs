//! The beginning of a file, as a person sees it before they say what its columns are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use base_core::import::ImportState;
use base_core::text::readable;
use base_records::import::Import;
use base_sheet::SheetFault;
use base_sheet::read::{Book, Guess, Sheet};

use super::super::domain::ImportKinds;
use super::super::find::{columns_of, in_blocks, likely_sheet, settle_header};
use super::super::mapping::Mapping;
use super::{IntakeError, Reading};

/// Longest cell that is shown, in characters.
const CELL_CHARS_MAX: usize = 100;
/// Rows that a person sees before they say what the columns are.
pub const ROWS_SHOWN: usize = 10;

/// A file as a person sees it before they say what its columns are.
#[expect(clippy::struct_excessive_bools, reason = "each decides about one part of the page")]
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its sheets that say something; a CSV file has one without a name.
    pub sheets: Vec<SheetShown>,
    /// The sheet that is shown.
    pub sheet: usize,
    /// The number of the row that holds its headings.
    pub header_row: i64,
    /// The rows above, with their numbers, each as one text.
    pub above: Vec<(i64, String)>,
    /// What separates the columns of a CSV file, where its first lines do not tell.
    pub separator: Option<char>,
    /// How many of its rows nobody sees in the spreadsheet.
    pub hidden_rows: u64,
    /// Whether they are to be read, too.
    pub takes_hidden_rows: bool,
    /// What rows name and the site does not have is to be made.
    pub make_missing: bool,
    /// Its rows stand in blocks: nothing is asked about columns.
    pub is_in_blocks: bool,
    /// The headings of columns that nobody sees in the spreadsheet.
    pub hidden_columns: Vec<String>,
    /// Its headings.
    pub header: Vec<String>,
    /// For each column of the kind which of the file's it is, as far as that is known.
    pub columns: Vec<(&'static str, Option<usize>)>,
    /// Its first rows, with their numbers.
    pub rows: Vec<(i64, Vec<String>)>,
    /// Codes stand in longer texts, as was said or as these rows show; then the rows tell what is read.
    pub label_text: bool,
}

/// A sheet by its name.
#[derive(Clone, Debug)]
pub struct SheetShown {
    /// Which of the file's sheets it is.
    pub place: usize,
    /// Its name.
    pub name: String,
    /// Nobody who opens the file sees it.
    pub is_hidden: bool,
}

/// What is to be shown of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// The sheet; the one that was chosen before where none is said.
    pub sheet: Option<usize>,
    /// The number of the row that holds its headings; found where none is said.
    pub header_row: Option<i64>,
}

/// Shows the beginning of a file.
pub async fn preview(
    reading: Reading<'_>,
    import: &Import,
    asked: Look,
    kinds: &Arc<dyn ImportKinds>,
) -> Result<Preview, IntakeError> {
    let kind = kinds.kind(&import.kind).ok_or(IntakeError::Unknown)?;
    let mapping = Mapping::stored(&import.mapping);
    let own = import.sheet.and_then(|sheet| usize::try_from(sheet).ok());
    let kinds = Arc::clone(kinds);
    // Proposed once; then what was said stands.
    let is_first = import.state == ImportState::Waiting;
    let look = move |mut book: Book| {
        let chosen = asked.sheet.or(own).unwrap_or_else(|| likely_sheet(&mut book, kind, &BTreeMap::new()));
        let is_as_before = own == Some(chosen) && asked.header_row.is_none();
        let said = Mapping {
            header_row: asked.header_row,
            hidden_rows: mapping.hidden_rows,
            make_missing: mapping.make_missing,
            ..Mapping::default()
        };
        let mapping = if is_as_before { mapping } else { Mapping { label_text: mapping.label_text, ..said } };
        settle_header(&mut book, chosen, kind, (&mapping, &BTreeMap::new()))?;
        let columns = columns_of(&book, chosen, kind, &mapping)?;
        let is_in_blocks = columns.check().is_err() && in_blocks(kind, book.header(chosen)?).is_some();
        let columns = columns.guesses().map(|(name, guess)| match guess {
            Guess::Is(column) => (name, Some(column)),
            Guess::Either(..) | Guess::None => (name, None),
        });
        let columns: Vec<(&str, Option<usize>)> = columns.collect();
        let (mut rows, mut is_label_text) = (Vec::new(), false);
        book.each_row(chosen, &mut |row| {
            let cells: Vec<&str> = columns.iter().map(|(_, at)| at.map_or("", |at| row.shown(at))).collect();
            let label_text = kinds.label_text(kind, &cells);
            is_label_text |= label_text.is_likely;
            let raw: Vec<String> = (0..row.len()).map(|at| readable(row.shown(at), CELL_CHARS_MAX)).collect();
            let mut shown = raw.clone();
            for ((_, at), code) in columns.iter().zip(label_text.cells) {
                if let (Some(shown), Cow::Owned(code)) = (at.and_then(|at| shown.get_mut(at)), code) {
                    *shown = format!("{shown} \u{2192} {code}");
                }
            }
            rows.push((row.number, raw, shown));
            if rows.len() < ROWS_SHOWN { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let (header_row, above) = above(&book, chosen)?;
        let hidden_rows = if book.tells_hidden_rows() { book.look_through(chosen)?.hidden_rows } else { 0 };
        let header = book.header(chosen)?.iter().map(|name| readable(name, CELL_CHARS_MAX)).collect();
        let label_text = if is_first { is_label_text } else { mapping.label_text };
        let row = |(number, raw, read)| (number, if label_text { read } else { raw });
        let rows = rows.into_iter().map(row).collect();
        Ok::<_, SheetFault>(Preview {
            sheets: sheets_of(&book),
            sheet: chosen,
            header_row,
            above,
            separator: book.found_separator(),
            hidden_rows,
            takes_hidden_rows: mapping.hidden_rows,
            make_missing: mapping.make_missing,
            is_in_blocks,
            hidden_columns: hidden_columns_of(&book.sheets()[chosen]),
            header,
            columns,
            rows,
            label_text,
        })
    };
    reading.of_stored(import, look).await
}

/// The sheets that say something.
fn sheets_of(book: &Book) -> Vec<SheetShown> {
    let named = book.sheets().iter().enumerate().filter(|(_, sheet)| !sheet.header.is_empty());
    let shown =
        |(place, sheet): (usize, &Sheet)| SheetShown { place, name: sheet.name.clone(), is_hidden: sheet.is_hidden };
    named.map(shown).collect()
}

/// The headings of the columns that nobody sees.
fn hidden_columns_of(sheet: &Sheet) -> Vec<String> {
    let hidden = sheet.hidden_columns.iter().filter_map(|at| sheet.header.get(*at));
    hidden.map(|name| readable(name, CELL_CHARS_MAX)).collect()
}

/// The number of the row that holds the headings, and the rows above it.
fn above(book: &Book, sheet: usize) -> Result<(i64, Vec<(i64, String)>), SheetFault> {
    let header_row = book.sheets()[sheet].header_row;
    let mut above = Vec::new();
    book.reader()?.each_top_row(sheet, &mut |row| {
        if row.number >= header_row {
            return ControlFlow::Break(());
        }
        let cells: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
        above.push((row.number, readable(&cells.join(" | "), CELL_CHARS_MAX)));
        ControlFlow::Continue(())
    })?;
    Ok((header_row, above))
}
