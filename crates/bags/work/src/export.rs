//! What this wing lets out as files: bags, bills, what people did, and totals.

mod kinds;
mod rows;

pub use kinds::{DAYS_DEFAULT, DAYS_MAX, exports, kinds, site_setting};
