//! The audit trail: its list, one entry, what has happened lately, and its proof.

pub(crate) mod facts;
pub mod incidents;
pub mod pages;
pub mod proof;
mod show;
mod work;

pub use show::show;
