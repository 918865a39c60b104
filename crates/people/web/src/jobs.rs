//! What runs by itself in this wing.

use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_core::setting::CUSTOMER_IDLE_MINUTES;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use people_rules::setting::CUSTOMER_KICK;
use people_store::{By, idle, password};

use crate::state::People;

/// Closes temporary passwords and deletes links whose time has run out.
pub struct OldPasswords;

#[async_trait]
impl Job for OldPasswords {
    fn name(&self) -> &'static str {
        "old_passwords"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        password::close_old(&worker.db, worker.clock.now()).await?;
        Ok(Done::All)
    }
}

/// Signs out customers who do nothing, where the site wants that.
pub struct IdleCustomers(pub People);

#[async_trait]
impl Job for IdleCustomers {
    fn name(&self) -> &'static str {
        "idle_customers"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let app = &self.0;
        if !app.stored.flag(&CUSTOMER_KICK) {
            return Ok(Done::All);
        }
        let origin = Origin { realm: Realm::Customer, ..Origin::default() };
        let by = By { at: worker.clock.now(), origin: &origin };
        let minutes = app.stored.number(&CUSTOMER_IDLE_MINUTES);
        let mut tx = worker.db.write().await?;
        let ended = idle::end_customers(tx.conn(), minutes, by).await?;
        tx.commit().await?;
        if ended.n > 0 {
            app.rights_changed();
        }
        Ok(if ended.is_more { Done::More } else { Done::All })
    }
}
