//! What is said of a row in which a cell is not what it should be: its place, what it is, and what to do about it.

use base_core::file::Holds;
use base_core::text::readable;
use base_records::import::{RowNote, cells_text};
use base_sheet::column_letters;
use base_sheet::read::Unfit;

use super::domain::{CellFault, TableRow};

/// Most cells of a row that are told of.
const FAULTS_MAX: usize = 3;
/// Longest value that is shown, in characters.
const SEEN_CHARS_MAX: usize = 40;

/// The refusal of a row with such cells.
pub fn note(row: TableRow<'_>) -> RowNote {
    let first = &row.faults[0];
    let seen = |fault: &CellFault| row.cells.get(fault.at).copied().unwrap_or_default();
    let told = row.faults.iter().take(FAULTS_MAX).map(|fault| sentence(fault, seen(fault)));
    RowNote {
        row_number: row.number,
        code: place(first, seen(first)),
        outcome: first.unfit.code().into(),
        message: told.collect::<Vec<_>>().join(" "),
        cells: cells_text(row.cells.iter().copied()),
    }
}

/// Where a cell is, as spreadsheets say it, and what is seen there: `A2 (#N/A)`.
fn place(fault: &CellFault, seen: &str) -> String {
    let place = format!("{}{}", column_letters(fault.place), fault.row);
    let seen = readable(seen, SEEN_CHARS_MAX);
    if seen.is_empty() { place } else { format!("{place} ({seen})") }
}

fn sentence(fault: &CellFault, seen: &str) -> String {
    let (place, name) = (place(fault, seen), fault.name);
    let belongs = match fault.holds {
        Holds::Code => "a code or a number that names something",
        Holds::Figure => "a whole number",
        Holds::Words | Holds::Passed => "text",
    };
    let as_text = "Format the column as text, type the value again and save the file.";
    match fault.unfit {
        Unfit::Date => format!("{place} is a date where {belongs} belongs ({name}). {as_text}"),
        Unfit::Bool => format!("{place} is TRUE or FALSE where {belongs} belongs ({name}). {as_text}"),
        Unfit::Error => {
            format!("{place} is an error where {belongs} belongs ({name}). Correct the formula, or type the value.")
        }
        Unfit::NoValue => format!(
            "{place} is a formula without a value ({name}). Open the file in a spreadsheet and save it, or type the value."
        ),
        Unfit::Number => {
            format!("{place} is a number that is not shown as its digits, where {belongs} belongs ({name}). {as_text}")
        }
        Unfit::Unseen => format!(
            "{place} is not shown in the spreadsheet, by its number format ({name}). Give the cell another format, or \
             delete its value, and save the file."
        ),
        Unfit::TooLong => {
            format!("{place} is a number of more than 15 digits ({name}); spreadsheets do not keep them all. {as_text}")
        }
    }
}
