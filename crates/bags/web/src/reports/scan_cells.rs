//! Scans by what they did, as reports show them.

use bags_rules::report::ScanCounts;
use base_sheet::{Cell, Kind};

/// Scans by what they did, as the cells of a row.
pub fn scan_cells(counts: ScanCounts) -> [Cell<'static>; 6] {
    [counts.accepted(), counts.parents, counts.children, counts.bills, counts.others, counts.refused].map(Cell::Whole)
}

/// The columns of [`scan_cells`].
pub const SCAN_COLUMNS: [(&str, Kind); 6] = [
    ("scans", Kind::Whole),
    ("report-parents", Kind::Whole),
    ("children", Kind::Whole),
    ("report-bills", Kind::Whole),
    ("report-corrections", Kind::Whole),
    ("report-refused", Kind::Whole),
];
