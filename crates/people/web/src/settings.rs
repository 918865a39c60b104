//! The settings that people change while the site runs.

pub mod api;
pub mod pages;
pub mod work;
