//! Events: what they are, who works at them, and how they go.

pub mod archive;
pub mod erase;
pub mod form;
pub mod logo;
pub mod pages;
pub mod work;
