//! Files out and files in, as engines that are handed descriptions: what a wing lets out, what it takes in, and what becomes
//! of a row are the wing's; walking, leases, progress, results and formats are here.
//!
//! Invariant: nothing here knows what a wing is about.

pub mod export;
pub mod import;
