//! Files of rows that come in.

pub mod api;
pub mod pages;
