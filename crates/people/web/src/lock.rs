//! The lock screen: a session that nobody used for a while, or that somebody locked, opens nothing until its person has
//! typed their password. Nothing is lost: the work, the scans that wait and the place on the page stay.

pub mod api;
pub mod pages;
mod work;
