//! The day at a glance.

pub mod api;
pub mod board;
pub mod live;
pub mod pages;
