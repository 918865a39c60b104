//! Imports on each database: dry run, run, interruption, rollback.

mod common;
mod dry_run;
mod lease;
mod roll_back;
mod round_trip;
mod runs;
