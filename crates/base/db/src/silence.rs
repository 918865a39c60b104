//! A database that went away without a word: its machine lost power, or the network passes nothing any more. Nothing
//! tells that to a connection, which would wait for a quarter of an hour.
//!
//! Invariant: a connection that says nothing is waited for only for [`SILENT_AFTER`], where it is taken from its pool after
//! it was idle, and once one was silent also where it is given back.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::error::StoreError;

/// How long an answer to nothing but "are you there" may take.
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// Whether a connection was silent. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Silence(Arc<AtomicBool>);

impl Silence {
    /// From now on connections that are given back are asked, too: that costs a round trip for each use.
    pub(crate) fn suspect(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// True once a connection was silent.
    pub(crate) fn is_suspected(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Asks a connection whether it is there.
    pub(crate) async fn ask(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        match tokio::time::timeout(SILENT_AFTER, connection.ping()).await {
            Ok(answered) => answered,
            Err(_elapsed) => {
                self.suspect();
                Err(timed_out())
            }
        }
    }
}

impl StoreError {
    /// What is said where the database did not answer in time. It passes: other connections may work.
    pub(crate) fn silent() -> Self {
        Self::Database(timed_out())
    }
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(ErrorKind::TimedOut.into())
}
