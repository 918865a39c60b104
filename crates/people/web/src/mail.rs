//! Mails that were sent, wait or failed.

pub mod api;
pub mod pages;
pub mod work;
