//! Removes sessions that have ended and failures that no longer matter. Neither has any effect any more; this only keeps
//! the tables small.

use std::time::Duration;

use async_trait::async_trait;
use base_core::realm::Realm;
use base_records::{session, sign_in};

use crate::{Done, Job, JobError, Schedule, Worker};

/// The job.
pub struct Sessions;

#[async_trait]
impl Job for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let now = worker.clock.now();
        for realm in Realm::ALL {
            session::remove_ended(&worker.db, realm, now).await?;
        }
        sign_in::remove_old(&worker.db, now, sign_in::ROWS_MAX).await?;
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base_core::permission::Role;
    use base_core::time::{Clock, HOUR_US, Moment};
    use base_records::session::Session;
    use tallyhouse_support::{TestClock, create_account, each_database};

    use super::*;

    #[tokio::test]
    async fn only_sessions_that_have_ended_go() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let account_id = create_account(&test.db, "arjun", Role::Dispatcher, None, "no password").await;
            let now = clock.now();
            for (token_hash, created_at) in [("old", now.plus_us(-2 * HOUR_US)), ("new", now)] {
                let session = Session {
                    realm: Realm::Staff,
                    token_hash: token_hash.into(),
                    account_id,
                    created_at: created_at.0,
                    seen_at: created_at.0,
                    expires_at: created_at.plus_us(HOUR_US).0,
                    ..Session::default()
                };
                let mut tx = test.db.write().await.expect("a transaction");
                session::create(tx.conn(), &session).await.expect("a session");
                tx.commit().await.expect("a commit");
            }
            let worker = crate::tests::worker(&test.db, clock);
            assert_eq!(Sessions.run(&worker).await.expect("it runs"), Done::All);
            let mut reader = test.db.read().await.expect("a reader");
            for (token_hash, is_there) in [("old", false), ("new", true)] {
                let found = session::find(reader.conn(), Realm::Staff, token_hash, Moment(0)).await.expect("an answer");
                assert_eq!(found.is_some(), is_there, "{token_hash}");
            }
        }
    }
}
