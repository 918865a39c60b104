//! Looking after accounts.

pub mod api;
pub mod archive;
pub mod filter;
pub mod pages;
pub mod work;
