//! Sessions: those of everybody for admins, and a person's own.

pub mod api;
pub mod pages;
mod work;
