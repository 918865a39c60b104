//! Access tokens of the API that people make for themselves.

pub mod api;
pub mod pages;
mod work;
