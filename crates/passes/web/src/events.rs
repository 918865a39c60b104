//! Events: what they are, who works at them, and how they go.

pub mod form;
pub mod pages;
pub mod work;
