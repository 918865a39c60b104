//! Tables in files, both ways, with real bytes.

mod common;
mod large;
mod pdf;
mod properties;
mod reading;
mod refusals;
mod writing;
