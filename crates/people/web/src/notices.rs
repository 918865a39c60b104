//! Notices to one person.

pub mod api;
pub mod live;
pub mod pages;
pub mod work;
