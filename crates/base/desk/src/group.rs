//! One group: load, decide one after another, write, commit.

use std::collections::HashMap;
use std::sync::Arc;

use base_core::audit::{Entry, Origin};
use base_core::time::{DAY_US, MINUTE_US, Moment, SECOND_US};
use base_db::{Conn, Flush, StoreError, Writes};
use base_records::audit;
use base_records::audit::{KnownOrigins, Record};

use crate::domain::{Decided, Domain, Fresh, LaneParts, Turn};
use crate::submission::{Prepared, Submission};

/// A sender whose clock is further ahead than this, in microseconds, is told so.
const CLOCK_AHEAD_US_MAX: i64 = 5 * MINUTE_US;
/// A scan that seems to have waited longer than this, in microseconds, more likely comes from a clock that is wrong.
const CLOCK_BEHIND_US_MAX: i64 = 30 * DAY_US;

/// The answers of a group, by submission. They may be sent once the commit is on the disk.
pub struct Done {
    pub answers: Vec<Vec<Arc<str>>>,
    pub flush: Flush,
}

/// Stored facts that a lane remembers, so that each is written only once.
pub struct Memory<D: Domain> {
    origins: KnownOrigins,
    of_domain: D::Memory,
}

impl<D: Domain> Default for Memory<D> {
    fn default() -> Self {
        Self { origins: KnownOrigins::default(), of_domain: D::Memory::default() }
    }
}

/// The answer that a scan id was given.
struct Known {
    fingerprint: i64,
    answer: Arc<str>,
}

/// What the desk itself stores for a group.
struct Ledger<'g> {
    known: HashMap<&'g str, Known>,
    audit: Vec<Record<'g>>,
    /// Times rise within a group, so that there is always one newest scan.
    now: Moment,
}

/// Decides a group in one transaction. On [`StoreError::Conflict`] nothing was written.
///
/// Nearly every scan is new, and a repeated one conflicts with the row of the first. So the first try does not look for
/// answered scans; after a conflict the second one does.
pub async fn run<D: Domain>(
    domain: &D,
    lane: LaneParts<'_>,
    memory: &mut Memory<D>,
    group: &[Submission<D>],
    look: bool,
) -> Result<Done, StoreError> {
    let mut tx = lane.db.write_ahead().await?;
    let mut ledger = Ledger::open(domain, tx.conn(), group, look).await?;
    let (mut tx, mut loaded) = domain.load(lane, tx, &ledger.fresh(group)).await?;
    // Read only now: a decision has the time at which its rows were locked.
    ledger.now = lane.clock.now();

    let mut answers = Vec::with_capacity(group.len());
    for submission in group {
        let answer = |prepared| ledger.answer(domain, &mut loaded, submission, prepared);
        answers.push(submission.scans.iter().map(answer).collect());
    }
    domain.settle(&mut loaded, &memory.of_domain);
    memory.origins.forget_old(ledger.now);
    let origins = audit::offer_origins(tx.conn(), &ledger.audit, &memory.origins).await?;
    let mut writes = Writes::default();
    domain.write(&loaded, &mut writes);
    audit::gather(&ledger.audit, &mut writes);
    writes.run(tx.conn()).await?;
    domain.after(tx.conn(), &loaded).await?;
    let flush = tx.commit_ahead().await?;
    memory.origins.remember(origins);
    domain.remember(&mut memory.of_domain, loaded);
    Ok(Done { answers, flush })
}

impl<'g> Ledger<'g> {
    async fn open<D: Domain>(
        domain: &D,
        conn: Conn<'_>,
        group: &'g [Submission<D>],
        look: bool,
    ) -> Result<Self, StoreError> {
        let scans = group.iter().flat_map(|submission| &submission.scans);
        let ids: Vec<&'g str> = scans.map(|scan| scan.id_text.as_str()).collect();
        let mut known = HashMap::with_capacity(ids.len());
        if look {
            let by_text: HashMap<&str, &'g str> = ids.iter().map(|id| (*id, *id)).collect();
            for found in domain.answered(conn, &ids).await? {
                if let Some(id) = by_text.get(found.id.as_str()) {
                    known.insert(*id, Known { fingerprint: found.fingerprint, answer: found.answer });
                }
            }
        }
        Ok(Self { known, audit: Vec::with_capacity(ids.len()), now: Moment(0) })
    }

    fn fresh<D: Domain>(&self, group: &'g [Submission<D>]) -> Vec<Fresh<'g, D::Intent>> {
        let of = |submission: &'g Submission<D>| {
            let fresh = submission.scans.iter().filter(|scan| !self.known.contains_key(scan.id_text.as_str()));
            fresh.map(move |scan| Fresh { actor: &submission.actor, intent: &scan.intent })
        };
        group.iter().flat_map(of).collect()
    }

    fn answer<D: Domain>(
        &mut self,
        domain: &D,
        loaded: &mut D::Loaded,
        submission: &'g Submission<D>,
        prepared: &'g Prepared<D::Intent>,
    ) -> Arc<str> {
        let Prepared { head, id_text, intent } = prepared;
        let origin = &*submission.origin;
        if let Some(known) = self.known.get(id_text.as_str()) {
            if known.fingerprint == head.fingerprint {
                return known.answer.clone();
            }
            return self.tell(domain.refuse_reused(head, intent), origin);
        }
        self.now = self.now.plus_us(1);
        let clock_off_s = clock_off_s(head.client_at, self.now);
        let turn = Turn { head, actor: &submission.actor, origin, intent, now: self.now, clock_off_s };
        let answer = self.tell(domain.decide(loaded, &turn), origin);
        self.known.insert(id_text, Known { fingerprint: head.fingerprint, answer: answer.clone() });
        answer
    }

    /// Adds the audit entries of a decision, and gives the answer.
    fn tell(&mut self, decided: Decided, origin: &'g Origin) -> Arc<str> {
        let Decided { answer, entry, more_entries } = decided;
        let at = self.now;
        let record = |entry: Entry| Record { at, entry, origin };
        self.audit.push(record(entry));
        self.audit.extend(more_entries.into_iter().map(record));
        answer
    }
}

/// By how many seconds a sender's clock is off, if that is more than waiting in a queue explains.
fn clock_off_s(client_at: Moment, now: Moment) -> Option<i64> {
    let ahead_us = client_at.since_us(now);
    let wrong = !(-CLOCK_BEHIND_US_MAX..=CLOCK_AHEAD_US_MAX).contains(&ahead_us);
    wrong.then_some(ahead_us / SECOND_US)
}
