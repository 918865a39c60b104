//! Stock as it is now: asked for when somebody looks, and remembered only for a moment and for bad days.
//!
//! Invariants: what is remembered is remembered by scope, so nobody is shown what was read for others; for one scope there is
//! one query at a time and a second; whoever waits is answered in time, with older stock that says how old it is, or with
//! the reason; a query goes on after its reader has left, and ends at its own time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use base_core::time::{Clock, Moment};
use base_seams::Outside;
use portal_erp::{Erp, ErpError, Health, Inventory};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::breaker::Breaker;
use crate::figures;

/// Rows that are remembered for bad days, over all scopes. Beyond it, those go first that nobody looked at for longest.
const ROWS_KEPT_MAX: usize = 500_000;
/// Scopes that are remembered.
const SCOPES_KEPT_MAX: usize = 2_000;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a page waits.
    pub page: Duration,
    /// How long what was read counts as now.
    pub fresh: Duration,
    /// How long a query may take whatever happens.
    pub query: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { page: Duration::from_secs(3), fresh: Duration::from_secs(1), query: Duration::from_secs(40) }
    }
}

/// Stock, and when it was asked for.
#[derive(Debug)]
pub struct Read {
    /// The stock.
    pub inventory: Inventory,
    /// When the query began: nothing that happened before is missing.
    pub read_at: Moment,
}

/// Why the stock of now is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It takes longer than a page waits.
    Slow,
    /// The ERP cannot be reached, or does not let us in.
    Away,
    /// What it says cannot be used.
    Unusable,
}

impl Why {
    /// Its name in answers and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Away => "away",
            Self::Unusable => "unusable",
        }
    }

    fn of(fault: &ErpError) -> Self {
        match fault {
            ErpError::Slow | ErpError::Busy => Self::Slow,
            ErpError::Unreachable(_) | ErpError::SignIn => Self::Away,
            _ => Self::Unusable,
        }
    }
}

/// What a reader is told: stock, a reason, or both when it is not of now.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The stock; `None` where none is known.
    pub read: Option<Arc<Read>>,
    /// Why it is not of now.
    pub why: Option<Why>,
}

/// How the ERP is, as far as the last questions show it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// When it last answered.
    pub answered_at: Option<Moment>,
    /// Why it last did not, and when. Not for customers: it may name tables and hosts.
    pub fault: Option<(Moment, ErpError)>,
    /// True while it is left alone.
    pub is_paused: bool,
    /// Queries for stock so far.
    pub queries: u64,
}

/// What a fault shows of the ERP as a whole.
enum Sign {
    /// It answered, with something that cannot be used: one bad row is a matter of those who would see it.
    Answered,
    /// This question takes too long; others may be quick.
    Slow,
    /// Nobody gets an answer.
    Away,
    /// Too many readers, or an account with too many customers, say nothing about the ERP.
    Nothing,
}

impl Sign {
    fn of(fault: &ErpError) -> Self {
        match fault {
            ErpError::Nonsense(_) | ErpError::Foreign => Self::Answered,
            ErpError::Slow => Self::Slow,
            ErpError::Busy | ErpError::Settings(_) => Self::Nothing,
            ErpError::Unreachable(_) | ErpError::SignIn | ErpError::Refused(_) | ErpError::CanWrite(_) => Self::Away,
        }
    }
}

type Found = Result<Arc<Read>, ErpError>;

#[derive(Default)]
struct Known {
    last: Option<Arc<Read>>,
    running: Option<watch::Receiver<Option<Found>>>,
    used_at: Moment,
    /// Whether this scope takes too long: that of one account may be large while all others are quick.
    slow: Breaker,
}

#[derive(Default)]
struct Memory {
    scopes: HashMap<Scope, Known>,
    breaker: Breaker,
    standing: Standing,
}

struct Inner {
    erp: Arc<dyn Erp>,
    clock: Arc<dyn Clock>,
    patience: Patience,
    memory: Mutex<Memory>,
}

/// Asks the ERP. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

/// What there is to do for a reader.
enum Step {
    Answer(Answer),
    Wait(watch::Receiver<Option<Found>>),
}

impl Live {
    /// Over an ERP.
    pub fn new(erp: Arc<dyn Erp>, clock: Arc<dyn Clock>, patience: Patience) -> Self {
        Self(Arc::new(Inner { erp, clock, patience, memory: Mutex::default() }))
    }

    /// The stock of a scope. Where that of now is not there in time, older stock is shown, if it is not older than
    /// `oldest`.
    pub async fn stock(&self, scope: &Scope, oldest: Duration) -> Answer {
        if *scope == Scope::Nothing {
            let read = Read { inventory: Inventory::default(), read_at: self.0.clock.now() };
            return Answer { read: Some(Arc::new(read)), why: None };
        }
        let mut running = match self.step(scope, oldest) {
            Step::Answer(answer) => return answer,
            Step::Wait(running) => running,
        };
        let found = timeout(self.0.patience.page, running.wait_for(Option::is_some)).await;
        match found {
            Ok(Ok(found)) => match found.as_ref() {
                Some(Ok(read)) => Answer { read: Some(read.clone()), why: None },
                Some(Err(fault)) => self.older(scope, oldest, Why::of(fault)),
                None => self.older(scope, oldest, Why::Unusable),
            },
            Ok(Err(_)) => self.older(scope, oldest, Why::Unusable),
            Err(_) => self.older(scope, oldest, Why::Slow),
        }
    }

    /// The stock that was read at a moment, if it is still remembered: a file is made of what its reader sees.
    pub fn remembered(&self, scope: &Scope, read_at: Moment) -> Option<Arc<Read>> {
        let memory = self.memory();
        let last = memory.scopes.get(scope)?.last.as_ref()?;
        (last.read_at == read_at).then(|| last.clone())
    }

    /// All customers of the ERP, for those who choose among them.
    pub async fn customers(&self) -> Result<Vec<Customer>, ErpError> {
        timeout(self.0.patience.query, self.0.erp.customers()).await.unwrap_or(Err(ErpError::Slow))
    }

    /// Asks the ERP its shortest question, and waits for it no longer than a page does.
    pub async fn health(&self) -> Result<Health, ErpError> {
        timeout(self.0.patience.page, self.0.erp.health()).await.unwrap_or(Err(ErpError::Slow))
    }

    /// How the ERP is.
    pub fn standing(&self) -> Standing {
        let (memory, now) = (self.memory(), self.0.clock.now());
        Standing { is_paused: memory.breaker.is_paused(now), ..memory.standing.clone() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().expect("no holder panics")
    }

    fn step(&self, scope: &Scope, oldest: Duration) -> Step {
        let now = self.0.clock.now();
        let mut memory = self.memory();
        let Memory { scopes, breaker, standing } = &mut *memory;
        let known = scopes.entry(scope.clone()).or_default();
        known.used_at = now;
        let is_fresh = |read: &&Arc<Read>| is_younger(read.read_at, now, self.0.patience.fresh);
        if let Some(read) = known.last.as_ref().filter(is_fresh) {
            return Step::Answer(Answer { read: Some(read.clone()), why: None });
        }
        if let Some(running) = &known.running {
            return Step::Wait(running.clone());
        }
        if !known.slow.may_ask(now) {
            return Step::Answer(answer_of(known, now, oldest, Why::Slow));
        }
        if !breaker.may_ask(now) {
            let why = standing.fault.as_ref().map_or(Why::Away, |(_, fault)| Why::of(fault));
            return Step::Answer(answer_of(known, now, oldest, why));
        }
        standing.queries += 1;
        let (sender, running) = watch::channel(None);
        known.running = Some(running.clone());
        tokio::spawn(self.clone().ask(scope.clone(), now, sender));
        Step::Wait(running)
    }

    /// Asks, whoever is still waiting.
    async fn ask(self, scope: Scope, began: Moment, sender: watch::Sender<Option<Found>>) {
        let (erp, asked) = (self.0.erp.clone(), scope.clone());
        let query = tokio::spawn(async move { erp.inventory(&asked).await });
        let ended = timeout(self.0.patience.query, query).await;
        let found = match ended {
            Ok(Ok(found)) => found,
            Ok(Err(_)) => Err(ErpError::Nonsense("its reader broke".into())),
            Err(_) => Err(ErpError::Slow),
        };
        let found = found.map(|inventory| Arc::new(Read { inventory, read_at: began }));
        self.note((&scope, began), &found);
        sender.send_replace(Some(found));
    }

    fn note(&self, (scope, began): (&Scope, Moment), found: &Found) {
        let now = self.0.clock.now();
        figures::asked(now.since_us(began), found.as_ref().err().map(ErpError::code));
        let mut memory = self.memory();
        let Memory { scopes, breaker, standing } = &mut *memory;
        let known = scopes.entry(scope.clone()).or_default();
        known.running = None;
        match found {
            Ok(read) => {
                known.last = Some(read.clone());
                known.slow.succeeded();
                breaker.succeeded();
                standing.answered_at = Some(now);
                standing.fault = None;
                forget(scopes);
            }
            Err(fault) => {
                tracing::warn!(code = fault.code(), fault = %fault, "stock was not read");
                match Sign::of(fault) {
                    Sign::Answered => {
                        known.slow.succeeded();
                        breaker.succeeded();
                        standing.answered_at = Some(now);
                    }
                    Sign::Slow => known.slow.failed(now),
                    Sign::Away => breaker.failed(now),
                    Sign::Nothing => {}
                }
                standing.fault = Some((now, fault.clone()));
            }
        }
        figures::paused(breaker.is_paused(now));
    }

    fn older(&self, scope: &Scope, oldest: Duration, why: Why) -> Answer {
        let (memory, now) = (self.memory(), self.0.clock.now());
        let nothing = Known::default();
        answer_of(memory.scopes.get(scope).unwrap_or(&nothing), now, oldest, why)
    }
}

/// The ERP as the base asks whether it answers.
pub struct OfErp(pub Live);

#[async_trait]
impl Outside for OfErp {
    fn name(&self) -> &'static str {
        "erp"
    }

    async fn answers(&self) -> bool {
        self.0.health().await.is_ok()
    }
}

fn is_younger(at: Moment, now: Moment, age: Duration) -> bool {
    let age_us = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    (0..age_us).contains(&now.since_us(at))
}

fn answer_of(known: &Known, now: Moment, oldest: Duration, why: Why) -> Answer {
    let read = known.last.clone().filter(|read| is_younger(read.read_at, now, oldest));
    Answer { read, why: Some(why) }
}

/// Forgets what nobody looked at for longest, where too much is remembered.
fn forget(scopes: &mut HashMap<Scope, Known>) {
    let rows_of = |known: &Known| known.last.as_ref().map_or(0, |read| read.inventory.rows.len());
    let mut rows: usize = scopes.values().map(rows_of).sum();
    while rows > ROWS_KEPT_MAX || scopes.len() > SCOPES_KEPT_MAX {
        let unused = scopes.iter().filter(|(_, known)| known.running.is_none());
        let Some(scope) = unused.min_by_key(|(_, known)| known.used_at).map(|(scope, _)| scope.clone()) else { return };
        // The newest stays, however large it is: somebody is looking at it.
        if scopes.len() == 1 {
            return;
        }
        rows -= scopes.remove(&scope).map_or(0, |known| rows_of(&known));
    }
}
