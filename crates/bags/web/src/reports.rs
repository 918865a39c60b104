//! Reports: on a page, in the API and as files.

pub mod api;
mod cells;
pub mod pages;
pub mod work;
