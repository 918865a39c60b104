//! What people see and change of themselves.

pub mod api;
pub mod pages;
pub mod work;
