//! Databases of TraitorTrack on each of our own.
//!
//! The source is always PostgreSQL: without a server named in `TALLYHOUSE_TEST_POSTGRES` these tests say so and end.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod archive;
mod common;
mod compare;
mod history;
mod linear;
mod people;
mod whole;
