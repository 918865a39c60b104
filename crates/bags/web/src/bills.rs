//! Bills: lists, one bill, and what is done to it.

pub mod api;
pub mod filter;
pub mod pages;
