//! How a file is to be read, as far as a person has said so, and what is wrong with one that cannot be.

use std::collections::BTreeMap;
use std::fmt;

use base_sheet::SheetFault;
use base_sheet::read::Book;
use serde::{Deserialize, Serialize};

/// How a file is to be read, as far as a person has said so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Which column is which: the column's number from 0, or that there is none.
    #[serde(flatten)]
    pub columns: BTreeMap<String, Option<usize>>,
    /// Codes stand in longer texts and are taken out of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub label_text: bool,
    /// The sheet that was asked for, by its name or its number from 1; which it is, is kept beside this.
    #[serde(skip)]
    pub sheet: Option<String>,
    /// The number of the row that holds the headings, where it is not the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<i64>,
    /// What separates the columns of a CSV file, where its first lines do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Rows that nobody sees in the spreadsheet are read, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden_rows: bool,
    /// What rows name and the site does not have is made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub make_missing: bool,
}

impl Mapping {
    /// Reads what is stored; what cannot be read is no mapping.
    pub fn stored(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("names and numbers")
    }

    /// By the headings of a file: what is remembered for the next one.
    pub fn by_headings(&self, header: &[String]) -> BTreeMap<String, String> {
        let heading = |(name, column): (&String, &Option<usize>)| Some((name.clone(), header.get((*column)?)?.clone()));
        self.columns.iter().filter_map(heading).collect()
    }

    /// From headings, for those that a file has exactly once.
    pub fn of_headings(headings: &BTreeMap<String, String>, header: &[String]) -> Self {
        let place = |wanted: &String| {
            let is = |name: &String| name.trim().eq_ignore_ascii_case(wanted.trim());
            let mut places = header.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at);
            places.next().filter(|_| places.next().is_none())
        };
        let pair = |(name, wanted)| Some((String::clone(name), Some(place(wanted)?)));
        Self { columns: headings.iter().filter_map(pair).collect(), ..Self::default() }
    }

    /// The same, with the headings where they were found in a sheet.
    #[must_use]
    pub fn found_in(self, book: &Book, place: usize) -> Self {
        let header_row = book.sheets().get(place).and_then(base_sheet::read::Sheet::found_header_row);
        Self { header_row, separator: book.found_separator(), ..self }
    }
}

/// What is wrong with a file, and in which of its sheets.
#[derive(Debug)]
pub struct TableFault {
    /// The sheet, where there are several.
    pub sheet: String,
    /// What is wrong.
    pub fault: SheetFault,
}

impl TableFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() { self.fault.fmt(f) } else { write!(f, "Sheet {:?}: {}", self.sheet, self.fault) }
    }
}

impl std::error::Error for TableFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}

impl From<SheetFault> for TableFault {
    fn from(fault: SheetFault) -> Self {
        Self { sheet: String::new(), fault }
    }
}
