//! What was scanned.

pub mod api;
pub mod pages;
