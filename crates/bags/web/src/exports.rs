//! Everything out as files.

pub mod api;
pub mod pages;
