//! Looking after accounts.

pub mod api;
pub mod filter;
pub mod pages;
pub mod work;
