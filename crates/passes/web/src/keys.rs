//! The keys of compact codes: their page, and what gates are told of those that are no longer taken.

pub mod api;
pub mod pages;
