//! A domain that does what another does, and fails where the plan says so: before its rows are loaded, before the commit or
//! after it.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};

use base_core::account::AccountId;
use base_db::{Conn, StoreError, Tx, Writes};
use base_desk::{Answered, Decided, Domain, Fresh, Head, LaneParts, Turn};
use tokio::sync::Semaphore;

/// What happens to one try of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Before anything is loaded another node was faster.
    ConflictFirst,
    /// The same before the commit, twice.
    ConflictLast,
    /// The database cannot be reached for a moment.
    Unreachable,
    /// The group fails for good, before its commit.
    Mistake,
    /// The process ends before the commit.
    CrashBefore,
    /// The process ends after the commit, before any answer.
    CrashAfter,
}

/// The commit waits until it may go on.
#[derive(Clone)]
pub struct Hold {
    pub reached: Arc<Semaphore>,
    pub go: Arc<Semaphore>,
}

impl Default for Hold {
    fn default() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), go: Arc::new(Semaphore::new(0)) }
    }
}

/// Called in the moment in which a process ends.
type AtEnd = Box<dyn FnOnce() + Send>;

/// What will happen at one desk.
#[derive(Default)]
pub struct Plan {
    /// In the order in which they happen, the last first.
    pub faults: Mutex<Vec<Fault>>,
    pub hold: Mutex<Option<Hold>>,
    pub at_end: Mutex<Option<AtEnd>>,
}

impl Plan {
    fn takes(&self, wanted: &[Fault]) -> Option<Fault> {
        let mut faults = self.faults.lock().expect("no panic while it is held");
        if faults.last().is_some_and(|fault| wanted.contains(fault)) { faults.pop() } else { None }
    }

    fn end(&self) -> ! {
        if let Some(at_end) = self.at_end.lock().expect("no panic while it is held").take() {
            at_end();
        }
        // Ends the lane as the end of its process would, without a word.
        resume_unwind(Box::new("the process ends"))
    }
}

pub struct Faulty<D> {
    pub inner: D,
    pub plan: Arc<Plan>,
}

impl<D: Domain> Domain for Faulty<D> {
    const NAME: &'static str = D::NAME;
    type Command = D::Command;
    type Intent = D::Intent;
    type Loaded = D::Loaded;
    type Memory = D::Memory;
    /// Keeps the lane busy until there is a permit.
    type Step = Arc<Semaphore>;
    type Stepped = ();

    fn head(&self, command: &D::Command, by: Option<AccountId>) -> Head {
        self.inner.head(command, by)
    }

    fn read(&self, command: D::Command) -> D::Intent {
        self.inner.read(command)
    }

    fn lane(&self, intent: &D::Intent) -> u64 {
        self.inner.lane(intent)
    }

    async fn answered(&self, conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
        self.inner.answered(conn, ids).await
    }

    async fn load(
        &self,
        lane: LaneParts<'_>,
        tx: Tx,
        fresh: &[Fresh<'_, D::Intent>],
    ) -> Result<(Tx, D::Loaded), StoreError> {
        match self.plan.takes(&[Fault::ConflictFirst, Fault::Unreachable]) {
            Some(Fault::Unreachable) => Err(sqlx::Error::PoolTimedOut.into()),
            Some(_) => Err(StoreError::Conflict),
            None => self.inner.load(lane, tx, fresh).await,
        }
    }

    fn decide(&self, loaded: &mut D::Loaded, turn: &Turn<'_, D::Intent>) -> Decided {
        self.inner.decide(loaded, turn)
    }

    fn refuse_reused(&self, head: &Head, intent: &D::Intent) -> Decided {
        self.inner.refuse_reused(head, intent)
    }

    fn settle(&self, loaded: &mut D::Loaded, memory: &D::Memory) {
        self.inner.settle(loaded, memory);
    }

    fn write<'l>(&self, loaded: &'l D::Loaded, writes: &mut Writes<'l>) {
        self.inner.write(loaded, writes);
    }

    async fn after(&self, conn: Conn<'_>, loaded: &D::Loaded) -> Result<(), StoreError> {
        self.inner.after(conn, loaded).await?;
        let hold = self.plan.hold.lock().expect("no panic while it is held").take();
        if let Some(Hold { reached, go }) = hold {
            reached.add_permits(1);
            let _may_go = go.acquire().await;
        }
        match self.plan.takes(&[Fault::ConflictLast, Fault::Mistake, Fault::CrashBefore]) {
            Some(Fault::ConflictLast) => Err(StoreError::Conflict),
            Some(Fault::Mistake) => Err(StoreError::Unreadable { what: "fault", value: String::new() }),
            Some(_) => self.plan.end(),
            None => Ok(()),
        }
    }

    fn remember(&self, memory: &mut D::Memory, loaded: D::Loaded) {
        if self.plan.takes(&[Fault::CrashAfter]).is_some() {
            self.plan.end();
        }
        self.inner.remember(memory, loaded);
    }

    fn step_size(&self, _: &Arc<Semaphore>) -> usize {
        1
    }

    async fn step(&self, _: LaneParts<'_>, permits: &Arc<Semaphore>) -> Result<(), StoreError> {
        // Closed, it goes on, too.
        let _permit = permits.acquire().await;
        Ok(())
    }
}
