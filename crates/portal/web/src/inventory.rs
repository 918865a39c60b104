//! The stock of whoever looks.

pub mod pages;
