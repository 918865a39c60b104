//! Everything of the house as files: bags, bills, what people did, and totals, as CSV or workbook (`bags.md` 7.4).
//!
//! Invariants: nothing is cut but by a limit that was asked for, and then the name says so; a row comes at most once; memory does not grow with the number of rows, because rows
//! are read by the page and handed on. A file tells of the house while it was being made: what is written meanwhile may be
//! in it or not. Headings are English and fixed, so that programs can rely on them.

mod choice;
mod csv;
mod job;
mod rows;
mod workbook;

use base_core::time::Moment;
use base_db::StoreError;
use base_sheet::WriteFault;
pub use choice::{Choice, ChoiceFault, DAYS_DEFAULT, DAYS_MAX, Format, Given, What};
pub use csv::CsvMaker;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
pub use job::{KEPT_US, Made, PART_BYTES, make_next};
pub use rows::Rows;
pub use workbook::workbook;

/// What a file is made with, whatever is in it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where days begin and how times are shown.
    pub zone: TimeZone,
    /// How many children a full parent holds: what a bill is expected to weigh.
    pub full_children: u32,
    /// When it was asked for.
    pub at: Moment,
}

impl Setting {
    /// What is kept of it with a file that waits, beside its zone and its time, as JSON.
    pub fn as_stored(&self) -> String {
        serde_json::json!({ "full_children": self.full_children }).to_string()
    }

    /// How many children a full parent held when a file was asked for.
    fn stored_full_children(stored: &str) -> u32 {
        let stored: serde_json::Value = serde_json::from_str(stored).unwrap_or_default();
        stored["full_children"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_default()
    }

    /// A moment on the clocks of the site.
    pub(crate) fn local(&self, at: Moment) -> DateTime {
        timestamp(at).to_zoned(self.zone.clone()).datetime()
    }

    /// What the file is called: `bags_all_20261121_093000.csv`.
    pub fn file_name(&self, choice: &Choice, format: Format) -> String {
        base_sheet::stamped_name(&choice.stem(), timestamp(self.at), &self.zone, format.extension())
    }
}

fn timestamp(at: Moment) -> Timestamp {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX)
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database did not answer, or holds what it should not.
    #[error("the rows cannot be read")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the file cannot be written")]
    Write(#[from] WriteFault),
    /// The disk said no.
    #[error("the file cannot be kept")]
    Io(#[from] std::io::Error),
    /// Whoever asked for it does not want it any more.
    #[error("it was cancelled")]
    Cancelled,
    /// The program is closing.
    #[error("the work was cut off")]
    CutOff,
}
