//! Reports: on a page, in the API and as files.

pub mod api;
pub mod pages;
pub mod scan_cells;

/// The words of one reader of this wing's reports.
pub type Words<'w> = base_web::report::Words<'w, crate::state::Bags>;
