//! CSV files of the earlier portal's tables, as `sqlcmd` or a management tool writes them: with the names of the columns in
//! the first row, in any order.

use std::ops::ControlFlow;
use std::path::Path;

use base_sheet::SheetFault;
use base_sheet::read::Book;
use thiserror::Error;

use crate::cells::{Cells, Table};
use crate::options::Options;
use crate::reading::Reading;

/// Why a file is not read at all.
#[derive(Debug, Error)]
pub enum FileFault {
    /// It is no table.
    #[error("the file cannot be read as a table")]
    Sheet(#[from] SheetFault),
    /// A column is missing.
    #[error("the file of `{}` has no column `{column}`", table.name())]
    NoColumn {
        /// Of which table the file is.
        table: Table,
        /// Which column.
        column: &'static str,
    },
}

/// Adds the rows of a file of one table to what was read before.
pub fn read_file(path: &Path, table: Table, options: &Options, reading: &mut Reading) -> Result<(), FileFault> {
    let book = Book::open(path)?;
    let sheet = book.first_sheet();
    let header = book.header(sheet)?.to_vec();
    let places = places(table, &header)?;
    let strange: Vec<usize> = (0..header.len()).filter(|at| !places.contains(&Some(*at))).collect();
    let mut row_number: u64 = 0;
    book.each_row(sheet, &mut |row| {
        row_number += 1;
        let cell = |place: &Option<usize>| place.map(|at| row.cell(at)).filter(|text| *text != options.null);
        let cells: Vec<Option<&str>> = places.iter().map(cell).collect();
        reading.take(row_number, &Cells { table, cells: &cells }, options);
        let id = cells.first().copied().flatten().unwrap_or_default();
        for at in &strange {
            let value = row.cell(*at);
            if value != options.null && !header[*at].trim().is_empty() {
                reading.take_strange(table, header[*at].trim(), id, value);
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}

/// Where each column of a table is in the file.
fn places(table: Table, header: &[String]) -> Result<Vec<Option<usize>>, FileFault> {
    /// Added later; the oldest installations lack it.
    const MAY_BE_MISSING: &str = "must_reset_password";
    let place = |column: &'static str| {
        let found = header.iter().position(|name| name.trim().eq_ignore_ascii_case(column));
        if found.is_none() && column != MAY_BE_MISSING {
            return Err(FileFault::NoColumn { table, column });
        }
        Ok(found)
    };
    table.columns().iter().map(|column| place(column)).collect()
}
