//! The cells that several reports have in common.

use bags_rules::report::ScanCounts;
use base_sheet::{Cell, Kind};

/// Scans by what they did, as the cells of a row.
pub fn scan_cells(counts: ScanCounts) -> [Cell<'static>; 6] {
    [counts.accepted(), counts.parents, counts.children, counts.bills, counts.others, counts.refused].map(Cell::Int)
}

/// The columns of [`scan_cells`].
pub const SCAN_COLUMNS: [(&str, Kind); 6] = [
    ("scans", Kind::Int),
    ("report-parent-scans", Kind::Int),
    ("report-child-scans", Kind::Int),
    ("report-bill-scans", Kind::Int),
    ("report-corrections", Kind::Int),
    ("report-refused", Kind::Int),
];

/// Whole kilograms as a cell.
pub fn kilograms(weight_kg: i64) -> Cell<'static> {
    #[expect(clippy::cast_precision_loss, reason = "no site has 2^53 kilograms")]
    let exact = weight_kg as f64;
    Cell::Kilograms(exact)
}
