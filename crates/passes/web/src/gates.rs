//! The gate: its page, its call, and the one of E-Pass.

pub mod api;
pub mod old;
pub mod pages;
pub mod work;
