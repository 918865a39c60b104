//! What runs by itself in this wing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_core::account::AccountId;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_core::setting::CUSTOMER_IDLE_MINUTES;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_seams::Outside;
use base_seams::directory::{Directory, Listed};
use people_rules::setting::CUSTOMER_KICK;
use people_store::{By, account, directory, directory_bind, idle, password};

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

/// Keeps the accounts of the directory as the directory says: renames them, gives and takes roles, and signs out whoever is
/// disabled, expired, locked or removed there, or has left the last group.
pub struct DirectoryPeople {
    /// The parts of this wing.
    pub app: People,
    /// The directory.
    pub directory: Arc<dyn Directory>,
}

/// The directory as the base asks whether it answers.
pub struct OfDirectory(pub Arc<dyn Directory>);

#[async_trait]
impl Outside for OfDirectory {
    fn name(&self) -> &'static str {
        "directory"
    }

    async fn answers(&self) -> bool {
        self.0.connect().await.is_ok()
    }
}

#[async_trait]
impl Job for DirectoryPeople {
    fn name(&self) -> &'static str {
        "directory_people"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_secs(20))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let origin = Origin::default();
        let (mut after, mut is_changed) = (0, false);
        loop {
            let some = directory::bound_after(worker.db.read().await?.conn(), after).await?;
            let Some(last) = some.last() else { break };
            after = last.id;
            let guids: Vec<String> = some.iter().map(|bound| bound.directory_guid.clone()).collect();
            let listed = match self.directory.by_guids(&guids).await {
                Ok(listed) => listed,
                Err(error) => {
                    // Nobody is signed out for that: sessions have an end of their own.
                    // A directory that answers for others is asked about them.
                    tracing::warn!(%error, "the directory was not asked about some of its people");
                    continue;
                }
            };
            for bound in some {
                let of_them = listed.iter().find(|listed| listed.guid == bound.directory_guid);
                let by = By { at: worker.clock.now(), origin: &origin };
                is_changed |= bring_up_to_date(worker, (bound.id, of_them), by).await?;
            }
        }
        if is_changed {
            self.app.rights_changed();
        }
        directory_bind::forget_old(&worker.db, self.directory.lock_out().window_minutes, worker.clock.now()).await?;
        Ok(Done::All)
    }
}

/// Changes one account where something is different; most of the time nothing is, and nobody waits for the writer.
async fn bring_up_to_date(
    worker: &Worker,
    (id, listed): (AccountId, Option<&Listed>),
    by: By<'_>,
) -> Result<bool, JobError> {
    let mut reader = worker.db.read().await?;
    let Some(was) = account::find(reader.conn(), id).await? else { return Ok(false) };
    if !directory::differs(reader.conn(), &was, listed).await? {
        return Ok(false);
    }
    drop(reader);
    let mut tx = worker.db.write().await?;
    // Read again: an admin may have changed it meanwhile.
    let Some(was) = account::find(tx.conn(), id).await? else { return Ok(false) };
    let changed = directory::bring_up_to_date(tx.conn(), &was, listed, by).await?;
    tx.commit().await?;
    Ok(changed)
}
