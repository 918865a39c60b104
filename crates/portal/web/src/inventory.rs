//! The stock of whoever looks.

pub mod api;
mod export;
mod packed;
pub mod pages;
pub(crate) mod turn;
pub(crate) mod work;
