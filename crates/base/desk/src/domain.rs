//! What a domain brings to the desk: what a scan asks for, which rows it touches, what is decided and what is written.

use std::sync::Arc;

use base_core::account::{AccountId, Actor};
use base_core::audit::{Entry, Origin};
use base_core::time::{Clock, Moment};
use base_db::{Conn, Db, StoreError, Tx, Writes};
use uuid::Uuid;

/// All that the desk must know of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The sender's own id for it; the same id always gets the same answer.
    pub id: Uuid,
    /// When the sender says it was scanned. No rule depends on it.
    pub client_at: Moment,
    /// What it asks for, see [`crate::Fingerprint`]: the same id with another fingerprint is refused.
    pub fingerprint: i64,
}

/// An answer that was stored.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The scan's id, as [`Uuid`] prints it.
    pub id: String,
    /// What the scan asked for.
    pub fingerprint: i64,
    /// The text of the answer.
    pub answer: Arc<str>,
}

/// A scan of a group that was not answered before.
pub struct Fresh<'g, I> {
    /// Who asks.
    pub actor: &'g Actor,
    /// For what.
    pub intent: &'g I,
}

/// A scan whose turn it is.
pub struct Turn<'g, I> {
    /// Its id, its time and its fingerprint.
    pub head: &'g Head,
    /// Who asks.
    pub actor: &'g Actor,
    /// From where.
    pub origin: &'g Origin,
    /// For what.
    pub intent: &'g I,
    /// The time of the decision. It rises from turn to turn, so no two decisions of a group have the same.
    pub now: Moment,
    /// By how many seconds the sender's clock is off, if that is more than waiting in a queue explains.
    pub clock_off_s: Option<i64>,
}

/// What was decided on a scan.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The answer, as it is given now and kept for every repeat. It holds outcome, ids and times and nothing personal:
    /// names and phone numbers are added when a caller is answered, so that a person can be erased.
    pub answer: Arc<str>,
    /// The entry in the audit trail.
    pub entry: Entry,
    /// More entries, if a decision changes several things that each have a history.
    pub more_entries: Vec<Entry>,
}

/// What a lane works with.
#[derive(Clone, Copy)]
pub struct LaneParts<'l> {
    /// The database.
    pub db: &'l Db,
    /// The time.
    pub clock: &'l dyn Clock,
    /// A number that two lanes, of this node or others, rarely share: counters have one row for each, so that lanes
    /// rarely wait for each other. Two lanes with the same number are slower, not wrong.
    pub shard: i64,
}

/// See the head of this module.
///
/// For a group the desk calls [`Domain::load`], then [`Domain::decide`] for one scan after another, then
/// [`Domain::settle`], [`Domain::write`] and [`Domain::after`], all in one transaction, and [`Domain::remember`] once
/// it is committed. After a [`StoreError::Conflict`] from any of them the group is decided again from the start, in a
/// new transaction.
///
/// Futures need not be `Send`: a lane has a thread of its own.
pub trait Domain: Send + Sync + 'static {
    /// The name of its threads and log lines, at most eight characters.
    const NAME: &'static str;
    /// A scan as it is sent.
    type Command: Send + 'static;
    /// A scan as it was parsed, before it waits: all that is needed to decide and store it.
    type Intent: Send + Sync + 'static;
    /// The rows that a group touches, and what the group has decided on them so far.
    type Loaded;
    /// Stored facts that a lane remembers, so that it does not write them again with every group.
    type Memory: Default + Send + 'static;
    /// A step of larger work that must not run at the same time as a group.
    type Step: Send + 'static;
    /// What a step gives.
    type Stepped: Send + 'static;

    /// The head of a scan that this account sends.
    fn head(&self, command: &Self::Command, by: Option<AccountId>) -> Head;

    /// Parses a scan. It cannot fail: a scan that cannot be parsed is decided on too, and refused.
    fn read(&self, command: Self::Command) -> Self::Intent;

    /// Scans with the same number go to the same lane. Those that touch the same rows should have the same one.
    fn lane(&self, intent: &Self::Intent) -> u64;

    /// The answers that were stored for these ids. Only called after a conflict: nearly every scan is new, and a
    /// repeated one conflicts with the row of the first.
    fn answered(&self, conn: Conn<'_>, ids: &[&str]) -> impl Future<Output = Result<Vec<Answered>, StoreError>>;

    /// Loads exactly the rows that these scans touch, set-wise and, where the database locks rows, in one order for
    /// all. An implementation that has to start again to keep that order returns a new transaction.
    fn load(
        &self,
        lane: LaneParts<'_>,
        tx: Tx,
        fresh: &[Fresh<'_, Self::Intent>],
    ) -> impl Future<Output = Result<(Tx, Self::Loaded), StoreError>>;

    /// Decides on one scan and applies it to the loaded rows, so that the next scan sees it. No I/O, no clock, no
    /// randomness: the same rows and the same turn give the same decision. A refusal changes nothing but the record of
    /// its scan.
    fn decide(&self, loaded: &mut Self::Loaded, turn: &Turn<'_, Self::Intent>) -> Decided;

    /// Refuses a scan whose id was used for something else. The answer is not stored, because the id is taken.
    fn refuse_reused(&self, head: &Head, intent: &Self::Intent) -> Decided;

    /// Works out what follows from a whole group, once all of it is decided.
    fn settle(&self, _loaded: &mut Self::Loaded, _memory: &Self::Memory) {}

    /// Adds all rows of a group: what has changed, and for each scan its id, its fingerprint and its answer. The row of
    /// a scan is written only if its id is new (`on conflict do nothing`): a row that was not written shows the desk
    /// that the scan is a repeat. A group whose scans were all answered before adds nothing.
    fn write<'l>(&self, loaded: &'l Self::Loaded, writes: &mut Writes<'l>);

    /// Writes what is rare, or depends on rows that were just written.
    fn after(&self, _conn: Conn<'_>, _loaded: &Self::Loaded) -> impl Future<Output = Result<(), StoreError>> {
        std::future::ready(Ok(()))
    }

    /// Remembers what was committed.
    fn remember(&self, _memory: &mut Self::Memory, _loaded: Self::Loaded) {}

    /// How many places a step takes in the queue.
    fn step_size(&self, step: &Self::Step) -> usize;

    /// Does a step in one transaction of its own. It may be called again for the same step, after a conflict or because
    /// the answer of a commit was lost: it must find out by itself what has already been done.
    fn step(&self, lane: LaneParts<'_>, step: &Self::Step) -> impl Future<Output = Result<Self::Stepped, StoreError>>;
}
