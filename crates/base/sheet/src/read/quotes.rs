//! Quotation marks of CSV that were never closed. The next mark that opens a cell then closes that one, rows later, and all
//! between them would be one cell: rows would be missing without a word.

/// Where a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    CellBegin,
    Plain,
    Quoted,
    /// Behind a mark that closes the cell, or is the first of two.
    Closed,
}

/// The column whose quotation mark was never closed, as its text shows: it goes on over a line end, and the mark that closes
/// it has more text of the cell behind it.
pub fn open_quote(row: &[u8], separator: u8) -> Option<usize> {
    let (mut at, mut column, mut has_line_end) = (At::CellBegin, 0, false);
    for byte in row {
        at = match (at, *byte) {
            (At::CellBegin, b'"') => {
                has_line_end = false;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, one) => {
                has_line_end |= matches!(one, b'\n' | b'\r');
                At::Quoted
            }
            (At::Closed, b'"') => At::Quoted,
            (_, one) if one == separator => {
                column += 1;
                At::CellBegin
            }
            (At::Closed, b' ' | b'\t' | b'\n' | b'\r') => At::Closed,
            (At::Closed, _) if has_line_end => return Some(column),
            (_, b'\n' | b'\r') => At::CellBegin,
            _ => At::Plain,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_only_the_next_row_closes_is_found_and_texts_of_several_lines_are_none() {
        for (row, column) in [
            ("A,\"x\nB,\"y\"\n", Some(1)),
            ("\"x\nB,\"y\"\n", Some(0)),
            ("A,\"two\nlines\",5\" pipe\n", None),
            ("A,\"two\nlines \"\"quoted\"\"\" ,3\n", None),
            ("A,\"x\"y,z\n", None),
            ("\"a\nb\"\n", None),
        ] {
            assert_eq!(open_quote(row.as_bytes(), b','), column, "{row:?}");
        }
    }
}
