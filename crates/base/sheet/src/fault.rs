//! What can be wrong with a file: one closed list, each with a stable code and a plain sentence that says what to do.
//!
//! Every sentence begins with `The file`, so that a caller can put the name of the file there ([`SheetFault::about`]).

use std::io;

use crate::read::row::{CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX};

const SUBJECT: &str = "The file ";

/// Why a file cannot be read as a table. Rows count from 1 with the header, columns from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SheetFault {
    /// The disk reported an error.
    #[error("The file cannot be read")]
    Unreadable(#[source] io::Error),
    /// Nobody waits for it any more, or the program ends.
    #[error("The file was not read to its end; upload it again")]
    Stopped,
    /// There is no text in it.
    #[error("The file is empty; choose one with a header row and rows under it")]
    Empty,
    /// Nothing under the header.
    #[error("The file has a header but no rows; add rows under the header")]
    NoRows,
    /// Several columns are needed and there is one.
    #[error(
        "The file has only one column, {name}; put a comma, a semicolon, a tab or | between the columns, \
         or save the table as .xlsx"
    )]
    OneColumn {
        /// Its heading.
        name: String,
    },
    /// The first line names a separator with which there is one column.
    #[error(
        "The file says in its first line, sep={separator}, that {separator} stands between its columns, and then has only \
         one column, {name}; delete that line, or correct it"
    )]
    WrongSeparator {
        /// What is named.
        separator: char,
        /// The heading.
        name: String,
    },
    /// The first line names a separator that is none.
    #[error(
        "The file says in its first line, sep={named}, what stands between its columns, and that cannot be; delete that \
         line, or name a comma, a semicolon, a tab or | there"
    )]
    UnknownSeparator {
        /// What is named.
        named: String,
    },
    /// A quotation mark that is never closed.
    #[error(
        "The file has a quotation mark in row {row}, column {}, that is not closed at the end of its text; close it, or \
         write it twice where the text has one",
        column_letters(*column)
    )]
    OpenQuote {
        /// The row.
        row: i64,
        /// The column.
        column: usize,
    },
    /// More columns than are read.
    #[error("The file has {found} or more columns in row {row}; the limit is {COLUMNS_MAX}; delete those not needed")]
    TooManyColumns {
        /// The row.
        row: i64,
        /// How many there are at least.
        found: usize,
    },
    /// A text too long for a cell.
    #[error(
        "The file has a text of more than {} kB in row {row}, column {}; shorten it, or close the quotation mark before it",
        CELL_BYTES_MAX / 1024, column_letters(*column)
    )]
    CellTooLong {
        /// The row.
        row: i64,
        /// The column.
        column: usize,
    },
    /// A row too long for a table.
    #[error("The file has more than {} kB in row {row}; shorten it, or close the quotation mark before it", ROW_BYTES_MAX / 1024)]
    RowTooLong {
        /// The row.
        row: i64,
    },
    /// A zero byte inside.
    #[error(
        "The file has a zero byte in row {row}, column {}; open it in a spreadsheet and save it again as CSV in UTF-8",
        column_letters(*column)
    )]
    ZeroByte {
        /// The row.
        row: i64,
        /// The column.
        column: usize,
    },
    /// Bytes that are invalid in the encoding of the file.
    #[error("The file is damaged near row {row}: its characters cannot be read; save it again as CSV in UTF-8")]
    BadText {
        /// The row after the last good one.
        row: i64,
    },
    /// A workbook that is too large once unpacked.
    #[error("The file unpacks to more than {} MB; split it into smaller files", bytes_max / 1_000_000)]
    TooLarge {
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// A workbook packed more tightly than any real one.
    #[error(
        "The file is compressed more than {ratio_max} times, which no real workbook is; \
         save the table as CSV"
    )]
    PackedTooTightly {
        /// The limit.
        ratio_max: u64,
    },
    /// Macros inside.
    #[error("The file contains macros; save it as a workbook without macros (.xlsx) or as CSV")]
    Macros,
    /// Encrypted.
    #[error("The file is protected with a password; remove the password in Excel and save it again as .xlsx")]
    Password,
    /// The format before 1997.
    #[error("The file is of Excel 95 or older; save it as .xlsx or CSV")]
    OldExcel,
    /// The container of old Office files, without a workbook in it.
    #[error(
        "The file is an old Office file without a workbook, or has a password; save it as .xlsx without one, or as CSV"
    )]
    OldExcelOrPassword,
    /// Something else altogether.
    #[error("The file is {what}; save the table as .xlsx or CSV and choose that file")]
    NotATable {
        /// What it is.
        what: &'static str,
    },
    /// A workbook that cannot be parsed.
    #[error("The file cannot be read as a workbook ({detail}); open it in Excel and save it again, or save it as CSV")]
    BrokenWorkbook {
        /// What is broken, in the words of the parser.
        detail: String,
    },
    /// There is no such sheet.
    #[error("The file has no sheet number {number}; it has {count}")]
    NoSheet {
        /// The number that was asked for, from 1.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// There is no sheet of that name.
    #[error("The file has no sheet {name}; its sheets are: {}", found.join(", "))]
    NoSheetNamed {
        /// What was asked for.
        name: String,
        /// The names that are there, each with its number.
        found: Vec<String>,
    },
    /// Nobody sees any of its rows.
    #[error(
        "The file has only hidden rows under its header, {rows} of them; show them in the spreadsheet and save it, \
         or have hidden rows read, too"
    )]
    RowsHidden {
        /// How many.
        rows: i64,
    },
    /// The row that was chosen as the headings is blank, or beyond the last one.
    #[error("The file has nothing in row {row}, which was chosen as its headings; choose another row")]
    NoHeaderRow {
        /// The row.
        row: i64,
    },
    /// A needed column is not there.
    #[error("The file has no column {name}; its first row is: {}; give the right column the name {name}", found.join(", "))]
    NoColumn {
        /// Its name.
        name: String,
        /// The headings that are there, each cut to 40 characters, at most 20.
        found: Vec<String>,
    },
    /// A needed column is there twice.
    #[error(
        "The file has the column {name} twice, in {} and {}; delete one or rename it",
        column_letters(*first), column_letters(*second)
    )]
    TwoColumns {
        /// Its name.
        name: String,
        /// The first.
        first: usize,
        /// The other.
        second: usize,
    },
    /// One column was chosen for two things.
    #[error("The file has one column, {}, chosen for both {one} and {other}; choose another for one of them", column_letters(*column))]
    SameColumn {
        /// The one.
        one: String,
        /// The other.
        other: String,
        /// The column of both.
        column: usize,
    },
}

impl SheetFault {
    /// A stable name for the API and for texts in other languages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "file_unreadable",
            Self::Stopped => "file_reading_stopped",
            Self::Empty => "file_empty",
            Self::NoRows => "file_without_rows",
            Self::OneColumn { .. } => "file_one_column",
            Self::WrongSeparator { .. } => "file_wrong_separator",
            Self::UnknownSeparator { .. } => "file_unknown_separator",
            Self::OpenQuote { .. } => "file_open_quote",
            Self::TooManyColumns { .. } => "file_too_many_columns",
            Self::CellTooLong { .. } => "file_cell_too_long",
            Self::RowTooLong { .. } => "file_row_too_long",
            Self::ZeroByte { .. } => "file_zero_byte",
            Self::BadText { .. } => "file_bad_text",
            Self::TooLarge { .. } => "file_unfolds_too_far",
            Self::PackedTooTightly { .. } => "file_packed_too_tightly",
            Self::Macros => "file_with_macros",
            Self::Password => "file_with_password",
            Self::OldExcel => "file_old_excel",
            Self::OldExcelOrPassword => "file_old_excel_or_password",
            Self::NotATable { .. } => "file_no_table",
            Self::BrokenWorkbook { .. } => "file_broken_workbook",
            Self::NoSheet { .. } | Self::NoSheetNamed { .. } => "file_no_sheet",
            Self::RowsHidden { .. } => "file_rows_hidden",
            Self::NoHeaderRow { .. } => "file_no_header_row",
            Self::NoColumn { .. } => "file_column_missing",
            Self::TwoColumns { .. } => "file_column_twice",
            Self::SameColumn { .. } => "file_column_for_two",
        }
    }

    /// The row it is about; the header is row 1.
    pub fn row(&self) -> Option<i64> {
        match self {
            Self::TooManyColumns { row, .. }
            | Self::CellTooLong { row, .. }
            | Self::OpenQuote { row, .. }
            | Self::RowTooLong { row }
            | Self::ZeroByte { row, .. }
            | Self::BadText { row }
            | Self::NoHeaderRow { row } => Some(*row),
            _ => None,
        }
    }

    /// The column it is about, counted from 0.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::CellTooLong { column, .. }
            | Self::OpenQuote { column, .. }
            | Self::ZeroByte { column, .. }
            | Self::SameColumn { column, .. } => Some(*column),
            Self::TwoColumns { second, .. } => Some(*second),
            _ => None,
        }
    }

    /// The sentence without `The file`: what follows a file's own name.
    pub fn about(&self) -> String {
        let sentence = self.to_string();
        sentence.strip_prefix(SUBJECT).map_or_else(|| sentence.clone(), str::to_owned)
    }
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteFault {
    /// The disk or the connection reported an error.
    #[error("the table cannot be written")]
    Io(#[from] io::Error),
    /// The workbook could not be put together.
    #[error("the workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The PDF could not be put together.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
    /// A text too long for a cell of a workbook.
    #[error("row {row} holds a text that is too long for a workbook; choose CSV")]
    TextTooLong {
        /// The row of the table, from 1 without the header.
        row: u64,
    },
    /// More rows than a PDF may have.
    #[error("a PDF takes at most {max} rows; choose CSV or a workbook, or a shorter time")]
    TooManyRows {
        /// The limit.
        max: usize,
    },
}

impl WriteFault {
    /// A stable name for the API and for texts in other languages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "write_failed",
            Self::Workbook(_) => "write_workbook_failed",
            Self::Pdf(_) => "write_pdf_failed",
            Self::TextTooLong { .. } => "write_text_too_long",
            Self::TooManyRows { .. } => "write_too_many_rows",
        }
    }
}

/// A column as spreadsheets name it: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(left % 26).expect("less than 26")));
        if left < 26 {
            break;
        }
        left = left / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        let names = [0, 25, 26, 51, 52, 701, 702].map(column_letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_fault_tells_its_place_and_can_be_said_about_a_name() {
        let fault = SheetFault::CellTooLong { row: 7, column: 27 };
        assert_eq!((fault.code(), fault.row(), fault.column()), ("file_cell_too_long", Some(7), Some(27)));
        assert!(fault.about().starts_with("has a text of more than 32 kB in row 7, column AB; "), "{fault}");
    }
}
