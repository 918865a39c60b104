//! One file for each job.

pub mod sessions;
