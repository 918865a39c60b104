//! The pages on which people scan, and the door that scans come in by.

pub mod api;
pub mod me;
pub mod pages;
