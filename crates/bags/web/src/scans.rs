//! What was scanned.

pub mod api;
pub mod pages;
pub mod work;
