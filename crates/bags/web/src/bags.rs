//! Bags: lists, one bag, and what is done to it.

pub mod api;
pub mod filter;
pub mod old;
pub mod pages;
pub mod work;
