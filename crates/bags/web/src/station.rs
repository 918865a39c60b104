//! The pages on which people scan, and the call that takes scans in.

pub mod api;
pub mod me;
pub mod pages;
