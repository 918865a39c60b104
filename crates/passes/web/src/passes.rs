//! Passes: the list, one pass with its code, the form, files, and the addresses of E-Pass.

pub mod at_gate;
pub mod card;
pub mod file;
pub mod filter;
pub mod form;
pub mod guest;
pub mod hand_out;
pub mod old;
pub mod pages;
pub mod show;
pub mod work;
