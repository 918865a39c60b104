//! Sessions and tokens that were looked up a moment ago.
//!
//! Invariant: nothing is remembered for longer than a second, and a sign-out, the end of somebody's sessions or a
//! change of rights empties it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use base_core::account::{AccountId, Person};
use base_core::realm::Realm;
use base_core::time::{Moment, SECOND_US};
use tokio::sync::watch;

/// How long a looked-up session may be used without looking again, in microseconds.
const MEMORY_US_MAX: i64 = SECOND_US;

/// A session or token that was looked up.
#[derive(Clone)]
pub(crate) struct Known {
    pub person: Arc<Person>,
    pub locale: String,
    pub csrf: String,
    pub device: Option<Arc<str>>,
    /// True for somebody who must set up a second factor before anything else.
    pub must_enrol: bool,
    pub looked_up_at: Moment,
}

/// What somebody proved themselves by. A session's token is not valid as a token of the API, and neither is valid in
/// another realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Session,
    Token,
}

/// Under what a looked-up session or token is remembered: realm, kind and hash.
pub(crate) type MemoryKey = (Realm, Kind, String);

/// How much a memory saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// How often something was remembered.
    pub hits: u64,
    /// How often it was looked up.
    pub misses: u64,
    /// How many things are remembered now.
    pub entries: usize,
}

/// Sessions and tokens that were looked up a moment ago.
#[derive(Default)]
pub struct SessionMemory {
    known: Mutex<HashMap<MemoryKey, Known>>,
    /// How often all of it was forgotten.
    forgotten: watch::Sender<u64>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl SessionMemory {
    pub(crate) fn get(&self, key: &MemoryKey, now: Moment) -> Option<Known> {
        let memory = self.known.lock().expect("no holder panics");
        let known = memory.get(key).filter(|known| now.since_us(known.looked_up_at) < MEMORY_US_MAX).cloned();
        let counted = if known.is_some() { &self.hits } else { &self.misses };
        counted.fetch_add(1, Ordering::Relaxed);
        known
    }

    pub(crate) fn put(&self, key: MemoryKey, known: Known) {
        self.known.lock().expect("no holder panics").insert(key, known);
    }

    /// How often something was remembered, and how often it was looked up.
    pub fn asked(&self) -> Remembered {
        let entries = self.known.lock().expect("no holder panics").len();
        let [hits, misses] = [&self.hits, &self.misses].map(|count| count.load(Ordering::Relaxed));
        Remembered { hits, misses, entries }
    }

    /// Forgets everything: after a sign-out, the end of somebody's sessions, a change of rights.
    pub fn forget_all(&self) {
        self.known.lock().expect("no holder panics").clear();
        self.forgotten.send_modify(|times| *times += 1);
    }

    /// Forgets what is known of one person, whose rights stay as they are.
    pub fn forget_of(&self, account: AccountId) {
        self.known.lock().expect("no holder panics").retain(|_, known| known.person.id != account);
    }

    /// Changes whenever all was forgotten: what lasts longer than a request looks again who it is for.
    pub fn forgotten(&self) -> watch::Receiver<u64> {
        self.forgotten.subscribe()
    }

    /// Forgets what is too old to be used anyway.
    pub fn forget_old(&self, now: Moment) {
        let mut memory = self.known.lock().expect("no holder panics");
        memory.retain(|_, known| now.since_us(known.looked_up_at) < MEMORY_US_MAX);
    }
}

/// Whoever asks for a look sooner after the last one than this asks in vain: it was a moment ago.
const LOOK_US_MIN: i64 = 450_000;

/// The sessions and tokens behind what lasts longer than a request, with how many of it each has.
#[derive(Default)]
pub(crate) struct Followed {
    all: Mutex<HashMap<MemoryKey, usize>>,
    looked_at: AtomicI64,
}

impl Followed {
    /// Follows one.
    pub(crate) fn begin(&self, key: &MemoryKey) {
        *self.all.lock().expect("no holder panics").entry(key.clone()).or_default() += 1;
    }

    /// Follows it no more.
    pub(crate) fn end(&self, key: &MemoryKey) {
        let mut all = self.all.lock().expect("no holder panics");
        if let Some(times) = all.get_mut(key) {
            *times -= 1;
            if *times == 0 {
                all.remove(key);
            }
        }
    }

    /// Follows those no more, however much of them there is.
    pub(crate) fn forget(&self, gone: &[MemoryKey]) {
        let mut all = self.all.lock().expect("no holder panics");
        all.retain(|key, _| !gone.contains(key));
    }

    /// The hashes of all of a kind in a realm.
    pub(crate) fn hashes(&self, of: Realm, wanted: Kind) -> Vec<String> {
        let all = self.all.lock().expect("no holder panics");
        let asked = all.keys().filter(|(realm, kind, _)| *realm == of && *kind == wanted);
        asked.map(|(_, _, hash)| hash.clone()).collect()
    }

    /// True for the one that is to look now, for everybody.
    pub(crate) fn is_turn(&self, now: Moment) -> bool {
        let last = self.looked_at.load(Ordering::SeqCst);
        let is_due = (now.0 - last).abs() >= LOOK_US_MIN;
        is_due && self.looked_at.compare_exchange(last, now.0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}
