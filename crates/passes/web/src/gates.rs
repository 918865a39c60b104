//! The gate: its pages, its calls, the one of E-Pass, and conflicts.

pub mod api;
pub mod conflicts;
pub mod device;
pub mod guests;
pub mod old;
pub mod pages;
pub mod work;
