//! Jobs that run by themselves, beside the requests of people.
//!
//! Invariant: a job may run on every node at once and may be cut off at any moment; what it does is right all the same.

pub mod jobs;

use std::sync::Arc;
use std::time::Duration;

use tallyhouse_core::time::Clock;
use tallyhouse_store::Db;
use tokio::sync::watch;

/// How often the jobs run.
const PAUSE: Duration = Duration::from_mins(1);

/// What jobs need.
#[derive(Clone)]
pub struct Worker {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long a session may lie idle, in seconds.
    pub session_idle_s: i64,
}

impl Worker {
    /// Runs every job now and then, until `closing` says so. A job that fails is told to the log and tried again.
    pub async fn run(self, mut closing: watch::Receiver<bool>) {
        loop {
            if let Err(error) = jobs::sessions::remove_ended(&self).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "ended sessions were not removed");
            }
            tokio::select! {
                _closing = closing.wait_for(|closing| *closing) => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}
