//! Workbooks (.xlsx): what belongs to all sheets is read once and held in memory, the texts that they share in one piece;
//! sheets are read row by row. The archive was measured before ([`super::archive`]).

mod parts;
mod sheet;
mod styles;
mod texts;

pub use parts::Parts;
pub use sheet::Lines;
