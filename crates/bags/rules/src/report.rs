//! The sums in reports on bags, bills and scans, and the shapes in which they are read.
//!
//! Invariant: every total is the sum of the rows under it.

mod activity;
mod areas;
pub mod attention;
mod bills;
mod eod;
mod scans;

pub use activity::{Activity, CHART_DAYS, PastActivity};
pub use areas::{AREA_DAYS_MAX, AreaLine, AreaReport};
pub use bills::{BillLine, BillSums, BillTotals};
pub use eod::{Eod, EodBill, EodPlan};
pub use scans::{HourOfArea, ScanCounts, ScanDay};
