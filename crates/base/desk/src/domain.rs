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
    /// The sender's own id for it; the same id is answered the same way for ever.
    pub id: Uuid,
    /// When the sender says it was scanned. No rule depends on it.
    pub client_at: Moment,
    /// What it asks for, see [`crate::Fingerprint`]: the same id with another fingerprint is refused.
    pub fingerprint: i64,
}

/// An answer that was kept.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The scan's id, as [`Uuid`] prints it.
    pub id: String,
    /// What the scan asked for.
    pub fingerprint: i64,
    /// The text as it was given.
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
    /// By how many seconds the sender's clock is off, where that is too much for a scan that merely waited.
    pub clock_off_s: Option<i64>,
}

/// What was decided on a scan.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The answer, as it is given now and kept for every repeat. It holds outcome, ids and times and nothing personal: a
    /// name or a phone is joined by whoever answers a caller, so that a person can be forgotten.
    pub answer: Arc<str>,
    /// The entry in the audit trail.
    pub entry: Entry,
    /// More entries, where a decision touches several things that each have a history.
    pub more_entries: Vec<Entry>,
}

/// What a lane works with.
#[derive(Clone, Copy)]
pub struct LaneParts<'l> {
    /// Where everything is kept.
    pub db: &'l Db,
    /// The time.
    pub clock: &'l dyn Clock,
    /// A number that lanes of this node and of others rarely share: rows that many add to are kept once for each, so that
    /// lanes rarely wait for each other. Nothing goes wrong when two share it.
    pub shard: i64,
}

/// See the module's head.
///
/// For a group the desk calls [`Domain::load`], then [`Domain::decide`] for one scan after another, then
/// [`Domain::settle`], [`Domain::write`] and [`Domain::after`], all in one transaction, and [`Domain::remember`] once it is
/// committed. A [`StoreError::Conflict`] from any of them has the group decided again from the start, in a new transaction.
///
/// Futures need not be `Send`: a lane has a thread of its own.
pub trait Domain: Send + Sync + 'static {
    /// The name of its threads and log lines, at most eight characters.
    const NAME: &'static str;
    /// A scan as it is sent.
    type Command: Send + 'static;
    /// A scan as it was read, before it waits: all that deciding and keeping it needs.
    type Intent: Send + Sync + 'static;
    /// The rows that a group touches, and what the group has decided on them so far.
    type Loaded;
    /// What a lane remembers of what is stored, so as not to write it with every group.
    type Memory: Default + Send + 'static;
    /// A step of larger work that must not meet a group half-way.
    type Step: Send + 'static;
    /// What a step gives.
    type Stepped: Send + 'static;

    /// The head of a scan that this account sends.
    fn head(&self, command: &Self::Command, by: Option<AccountId>) -> Head;

    /// Reads a scan. It cannot fail: what cannot be read is decided on, too.
    fn read(&self, command: Self::Command) -> Self::Intent;

    /// Scans with the same number go to the same lane. Those that touch the same rows should have the same one.
    fn lane(&self, intent: &Self::Intent) -> u64;

    /// The answers that were kept for these ids. Only asked after a conflict: nearly every scan is new, and one that is not
    /// stands in the way of its own row.
    fn answered(&self, conn: Conn<'_>, ids: &[&str]) -> impl Future<Output = Result<Vec<Answered>, StoreError>>;

    /// Loads exactly the rows that these scans touch, set-wise and, where the database locks rows, in one order for all.
    /// Whoever must begin anew to keep that order gives another transaction back.
    fn load(
        &self,
        lane: LaneParts<'_>,
        tx: Tx,
        fresh: &[Fresh<'_, Self::Intent>],
    ) -> impl Future<Output = Result<(Tx, Self::Loaded), StoreError>>;

    /// Decides on one scan and makes that true in the loaded rows, so that the next scan sees it. No I/O, no clock, no
    /// chance: the same rows and the same turn give the same decision. A refusal changes nothing but the record of its scan.
    fn decide(&self, loaded: &mut Self::Loaded, turn: &Turn<'_, Self::Intent>) -> Decided;

    /// Refuses a scan whose id was answered for something else. The answer is not kept: the id is taken.
    fn refuse_reused(&self, head: &Head, intent: &Self::Intent) -> Decided;

    /// Works out what follows from a whole group, once all of it is decided.
    fn settle(&self, _loaded: &mut Self::Loaded, _memory: &Self::Memory) {}

    /// Adds all rows of a group: what has changed, and for each scan its id, its fingerprint and its answer. The row of a
    /// scan is written only where its id is new (`on conflict do nothing`), for one that is missing tells the desk of the
    /// repeat. A group whose scans were all answered before adds nothing.
    fn write<'l>(&self, loaded: &'l Self::Loaded, writes: &mut Writes<'l>);

    /// Writes what is rare, or in need of rows that were just written.
    fn after(&self, _conn: Conn<'_>, _loaded: &Self::Loaded) -> impl Future<Output = Result<(), StoreError>> {
        std::future::ready(Ok(()))
    }

    /// Remembers what a commit has made true.
    fn remember(&self, _memory: &mut Self::Memory, _loaded: Self::Loaded) {}

    /// How many scans a step counts for among those that wait.
    fn step_size(&self, step: &Self::Step) -> usize;

    /// Does a step in one transaction of its own. It may be called again for the same step, after a conflict or because the
    /// answer of a commit got lost: it must find out for itself what is done already.
    fn step(&self, lane: LaneParts<'_>, step: &Self::Step) -> impl Future<Output = Result<Self::Stepped, StoreError>>;
}
