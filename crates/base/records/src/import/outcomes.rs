//! What became of rows: how many, and what the refused ones were refused for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rows::RowNote;

/// Most examples that are kept of one outcome.
const EXAMPLES_MAX: usize = 3;

/// A refused row, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its number.
    pub row: i64,
    /// Its code.
    pub code: String,
    /// Why.
    pub message: String,
}

/// How often an outcome came, and the first few times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How often.
    pub n: i64,
    /// The first times.
    pub examples: Vec<Example>,
}

/// What refused rows were refused for, by the code of the outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outcomes(pub BTreeMap<String, Seen>);

impl Outcomes {
    /// Counts one.
    pub fn count(&mut self, note: &RowNote) {
        let seen = self.0.entry(note.outcome.clone()).or_default();
        seen.n += 1;
        if seen.examples.len() < EXAMPLES_MAX {
            let (code, message) = (note.code.clone(), note.message.clone());
            seen.examples.push(Example { row: note.row_number, code, message });
        }
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Things that are new.
    pub created: i64,
    /// Links between things that are new.
    pub linked: i64,
    /// Rows that say what is so already.
    pub known: i64,
    /// Rows that a rule refused.
    pub refused: i64,
}

/// What the dry run has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// How many rows it looked at.
    pub rows: i64,
    /// True where the file has more rows than it looks at.
    pub is_cut: bool,
    /// What would become of them.
    pub counts: Counts,
    /// What the refused ones would be refused for.
    pub outcomes: Outcomes,
    /// The headings of columns that are not read.
    #[serde(default)]
    pub unread: Vec<String>,
    /// Rows that are left out because nobody sees them in the spreadsheet.
    #[serde(default)]
    pub hidden_rows: i64,
    /// The names of sheets that are left out for the same reason.
    #[serde(default)]
    pub hidden_sheets: Vec<String>,
    /// The headings of columns that are read though nobody sees them.
    #[serde(default)]
    pub hidden_columns: Vec<String>,
    /// The names of other sheets that are not read.
    #[serde(default)]
    pub other_sheets: Vec<String>,
    /// Rows with cells that belong to no column, under no heading or beyond the last one: nothing is made of those cells.
    #[serde(default)]
    pub beyond_rows: i64,
    /// The place of the first such cell, such as `E7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_first: Option<String>,
}
