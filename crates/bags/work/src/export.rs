//! What this wing lets out as files: bags, bills, what people did, and totals (`bags.md` 7.4).

mod kinds;
mod rows;

pub use kinds::{DAYS_DEFAULT, DAYS_MAX, exports, site_setting};
