//! Signing in and out, and how long a session goes on.

pub mod api;
pub mod pages;
