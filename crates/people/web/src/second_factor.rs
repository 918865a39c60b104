//! Second factors: the step at sign-in, setting one up and switching it off, and who has one.

pub mod admin;
pub mod pages;
pub mod step;
pub mod work;
