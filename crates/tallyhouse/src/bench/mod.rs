//! Measurements against the real program on a fresh database: the server as a process of its own, a light client beside
//! it, and in the same run the two figures to compare with, a route that does nothing and the database
//! without the web.
//!
//! Invariant: nothing is measured that a user could not do; every scan is durable and audited before it is answered.

mod bare;
mod client;
mod gates;
mod scans;
mod sign_ins;
mod site;
mod trail;

use std::time::Duration;

pub use bare::measure as measure_bare;
pub use client::{Get, Measured, ask, drive, drive_paced};
pub use gates::{Call, GateScanner, open_gate};
pub use scans::{Codes, Scanner};
pub use sign_ins::{SignIns, people as signers};
pub use site::{BenchSite, Watched, watch};

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Connections, each waiting for its answer before it sends again.
    pub connections: usize,
    /// How long each measurement runs.
    pub span: Duration,
}
