//! Requests for a higher role.

pub mod api;
pub mod pages;
pub mod work;
