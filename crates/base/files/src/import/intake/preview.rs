//! The beginning of a file, as a person sees it before they say what its columns are.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use base_core::import::ImportState;
use base_core::text::readable;
use base_records::import::Import;
use base_sheet::SheetFault;
use base_sheet::read::{Book, Guess};

use super::super::domain::ImportKinds;
use super::super::table::{Mapping, columns_of};
use super::{IntakeError, Reading};

/// Longest cell that is shown, in characters.
const CELL_CHARS_MAX: usize = 100;
/// Rows that a person sees before they say what the columns are.
pub const ROWS_SHOWN: usize = 10;

/// A file as a person sees it before they say what its columns are.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The names of its sheets that say something, with their places; a CSV file has one without a name.
    pub sheets: Vec<(usize, String)>,
    /// The sheet that is shown.
    pub sheet: usize,
    /// Its headings.
    pub header: Vec<String>,
    /// For each column of the kind which of the file's it is, as far as that is known.
    pub columns: Vec<(&'static str, Option<usize>)>,
    /// Its first rows, with their numbers.
    pub rows: Vec<(i64, Vec<String>)>,
    /// Codes stand in longer texts, as was said or as these rows show; then the rows tell what is read.
    pub label_text: bool,
}

/// Shows the beginning of a file.
pub async fn preview(
    reading: Reading<'_>,
    import: &Import,
    sheet: Option<usize>,
    kinds: &Arc<dyn ImportKinds>,
) -> Result<Preview, IntakeError> {
    let kind = kinds.kind(&import.kind).ok_or(IntakeError::Unknown)?;
    let mapping = Mapping::stored(&import.mapping);
    let own = import.sheet.and_then(|sheet| usize::try_from(sheet).ok());
    let kinds = Arc::clone(kinds);
    // Proposed once; then what was said stands.
    let is_first = import.state == ImportState::Waiting;
    let look = move |book: Book| {
        let chosen = sheet.or(own).unwrap_or_else(|| book.first_sheet());
        let mapping = if own == Some(chosen) { mapping } else { Mapping::default() };
        let columns = columns_of(&book, chosen, kind, &mapping)?;
        let columns = columns.guesses().map(|(name, guess)| match guess {
            Guess::Is(column) => (name, Some(column)),
            Guess::Either(..) | Guess::None => (name, None),
        });
        let columns: Vec<(&str, Option<usize>)> = columns.collect();
        let (mut rows, mut is_label_text) = (Vec::new(), false);
        book.each_row(chosen, &mut |row| {
            let cells: Vec<&str> = columns.iter().map(|(_, at)| at.map_or("", |at| row.cell(at))).collect();
            let label_text = kinds.label_text(kind, &cells);
            is_label_text |= label_text.is_likely;
            let raw: Vec<String> = row.iter().map(|cell| readable(cell, CELL_CHARS_MAX)).collect();
            let mut shown = raw.clone();
            for ((_, at), code) in columns.iter().zip(label_text.cells) {
                if let (Some(shown), Cow::Owned(code)) = (at.and_then(|at| shown.get_mut(at)), code) {
                    *shown = format!("{shown} \u{2192} {code}");
                }
            }
            rows.push((row.number, raw, shown));
            if rows.len() < ROWS_SHOWN { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let named = book.sheets().iter().enumerate().filter(|(_, sheet)| !sheet.header.is_empty());
        let sheets = named.map(|(place, sheet)| (place, sheet.name.clone())).collect();
        let header = book.header(chosen)?.iter().map(|name| readable(name, CELL_CHARS_MAX)).collect();
        let label_text = if is_first { is_label_text } else { mapping.label_text };
        let row = |(number, raw, read)| (number, if label_text { read } else { raw });
        let rows = rows.into_iter().map(row).collect();
        Ok::<_, SheetFault>(Preview { sheets, sheet: chosen, header, columns, rows, label_text })
    };
    reading.of_stored(import, look).await
}
