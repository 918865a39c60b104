//! Bills: lists, one bill, and what is done to it.

pub mod api;
pub mod filter;
pub mod json;
pub mod old;
pub mod pages;
pub mod work;
