//! One group: load, decide one after another, write, commit.

use std::collections::HashMap;
use std::sync::Arc;

use bags_rules::change::Stamp;
use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_rules::floor::Floor;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::scan::Action;
use bags_rules::{decide, trail};
use bags_store::floor::Gathered;
use bags_store::person_scans::PeopleScans;
use bags_store::scan::ScanRecord;
use bags_store::workplace::{KnownPlaces, WorkplaceUpdate};
use bags_store::{floor, scan, workplace};
use base_core::account::{AccountId, Actor, Asked};
use base_core::time::{DAY_US, MINUTE_US, Moment, SECOND_US};
use base_db::{Conn, Flush, StoreError};
use base_records::audit;
use base_records::audit::{KnownOrigins, OriginId, Record};

use crate::DeskParts;
use crate::submission::{Prepared, Submission};

/// A sender's clock that is further ahead than this, in microseconds, is told so.
const CLOCK_AHEAD_US_MAX: i64 = 5 * MINUTE_US;
/// A scan that waited longer than this, in microseconds, more likely comes from a clock that is wrong.
const CLOCK_BEHIND_US_MAX: i64 = 30 * DAY_US;

/// The answers of a group, by submission. They may leave once the flush is closed.
pub struct Decided {
    pub answers: Vec<Vec<Arc<str>>>,
    pub flush: Flush,
}

/// What a lane remembers of what is stored, to write it down but once.
#[derive(Default)]
pub struct Memory {
    origins: KnownOrigins,
    places: KnownPlaces,
}

struct News {
    origins: Vec<OriginId>,
    places: Vec<WorkplaceUpdate>,
}

impl Memory {
    fn remember(&mut self, news: News, shared: bool) {
        self.origins.remember(news.origins);
        if !shared {
            self.places.remember(news.places);
        }
    }
}

/// Everything that a group writes besides the floor.
struct Ledger<'g> {
    known: HashMap<&'g str, (i64, Arc<str>)>,
    scans: Vec<ScanRecord>,
    audit: Vec<Record<'g>>,
    deltas: Deltas,
    places: HashMap<i64, WorkplaceUpdate>,
    /// What those had in hand before who finish a parent other than by a child.
    hands: HashMap<AccountId, String>,
    people: PeopleScans,
    /// Times within a group rise, so that "the newest link" is always one link.
    now: Moment,
}

/// Decides a group in one transaction. On [`StoreError::Conflict`] nothing was written.
///
/// Nearly every scan is new, and one that is not stands in the way of its own row. So the first try does not look for
/// answered scans; a conflict makes the second one look.
pub async fn run(
    parts: &DeskParts,
    shard: i64,
    memory: &mut Memory,
    group: &[Submission],
    look: bool,
) -> Result<Decided, StoreError> {
    let mut tx = parts.db.write_ahead().await?;
    let mut ledger = Ledger::open(tx.conn(), group, look).await?;
    let fresh = group.iter().flat_map(|submission| &submission.scans);
    let fresh = fresh.filter(|scan| !ledger.known.contains_key(scan.id_text.as_str())).map(|scan| &scan.intent);
    let intents: Vec<_> = fresh.collect();
    let (mut tx, mut floor) = floor::open(&parts.db, intents.iter().copied(), Some(tx)).await?;
    // Read only now: the time of a decision is that at which its rows are ours.
    ledger.now = parts.clock.now();

    let mut answers = Vec::with_capacity(group.len());
    for submission in group {
        let answer = |scan| ledger.answer(parts, &mut floor, submission, scan);
        answers.push(submission.scans.iter().map(answer).collect());
    }
    if let Some(mailing) = &parts.mailing {
        mailing.tell_of_new_bills(tx.conn(), &floor, ledger.now).await?;
    }
    let news = ledger.write(tx.conn(), &floor, shard, memory).await?;
    let flush = tx.commit_ahead().await?;
    memory.remember(news, parts.db.is_shared());
    Ok(Decided { answers, flush })
}

impl<'g> Ledger<'g> {
    async fn open(mut conn: Conn<'_>, group: &'g [Submission], look: bool) -> Result<Self, StoreError> {
        let scans = group.iter().flat_map(|submission| &submission.scans);
        let ids: Vec<&'g str> = scans.map(|scan| scan.id_text.as_str()).collect();
        let by_text: HashMap<&str, &'g str> = ids.iter().map(|id| (*id, *id)).collect();
        let found = if look { scan::answered(conn.again(), &ids).await? } else { Vec::new() };
        let known = found
            .into_iter()
            .filter_map(|row| Some((*by_text.get(row.scan_id.as_str())?, (row.fingerprint, row.answer.into()))))
            .collect();
        let room = ids.len();
        Ok(Self {
            known,
            scans: Vec::with_capacity(room),
            audit: Vec::with_capacity(room),
            deltas: Deltas::default(),
            places: HashMap::new(),
            hands: workplace::in_hand(conn, &finishers(group)).await?,
            people: PeopleScans::default(),
            now: Moment(0),
        })
    }

    fn answer(
        &mut self,
        parts: &DeskParts,
        floor: &mut Floor,
        submission: &'g Submission,
        prepared: &'g Prepared,
    ) -> Arc<str> {
        let scan = &prepared.scan;
        if let Some((fingerprint, answer)) = self.known.get(prepared.id_text.as_str()) {
            if *fingerprint == prepared.fingerprint {
                return answer.clone();
            }
            return self.reused(parts, submission, prepared);
        }
        self.now = self.now.plus_us(1);
        let (actor, rules) = (&submission.actor, &*parts.rules);
        let mut decision = decide(floor, &prepared.intent, Asked { actor, id: scan.id, now: self.now }, rules);
        let entry = trail::of_scan(&decision.answer, decision.change.as_ref(), floor);
        if let Some(change) = &decision.change {
            let stamp = Stamp { at: self.now, by: actor.account, scan_id: Some(scan.id) };
            floor.apply(change, stamp, rules);
        }
        decision.with_facts(floor, rules);
        let mut answer = decision.answer;
        answer.clock_off_s = clock_off_s(scan.client_at, self.now);
        answer.message = (parts.phrase)(&answer);
        let of_children = decision.change.as_ref().map(trail::of_listed_children).unwrap_or_default();
        for entry in std::iter::once(entry).chain(of_children) {
            self.audit.push(Record { at: self.now, entry, origin: &submission.origin });
        }
        self.keep(floor, submission, prepared, &answer)
    }

    /// An id that stands for something else: refused, told to the trail, and not kept, for the id is taken.
    fn reused(&mut self, parts: &DeskParts, submission: &'g Submission, prepared: &Prepared) -> Arc<str> {
        let code = bags_rules::code::readable(&prepared.scan.code);
        let mut answer = Answer::new(prepared.scan.id, Outcome::ScanIdReused, code);
        answer.message = (parts.phrase)(&answer);
        let entry = trail::of_scan(&answer, None, &Floor::default());
        self.audit.push(Record { at: self.now, entry, origin: &submission.origin });
        as_json(&answer)
    }

    fn keep(&mut self, floor: &Floor, submission: &'g Submission, prepared: &'g Prepared, answer: &Answer) -> Arc<str> {
        let text = as_json(answer);
        let actor = &submission.actor;
        let own = Code::stored(&answer.code);
        let subject = answer.parent.as_ref().unwrap_or(&own);
        let of_bag = || floor.bag(subject).and_then(|bag| bag.area.clone());
        let area = answer.filed_under(&actor.scope, of_bag);
        self.deltas.scan(answer.outcome, area.clone(), self.now);
        if let Some(account) = actor.account {
            self.people.count(account, answer.outcome, self.now);
        }
        self.note_place(actor, submission, answer);
        self.known.insert(prepared.id_text.as_str(), (prepared.fingerprint, text.clone()));
        self.scans.push(ScanRecord {
            scan_id: prepared.scan.id,
            fingerprint: prepared.fingerprint,
            at: self.now,
            client_at: prepared.scan.client_at,
            account: actor.account,
            area,
            station: submission.origin.station.clone(),
            action: prepared.scan.action,
            code: answer.code.clone(),
            parent: answer.parent.clone(),
            bill: prepared.intent.bill(),
            outcome: answer.outcome,
            answer: text.to_string(),
        });
        text
    }

    /// The parent in hand: the one that was scanned last, itself or by a child; none once it is finished.
    fn note_place(&mut self, actor: &Actor, submission: &Submission, answer: &Answer) {
        let Some(account) = actor.account else { return };
        let parent = || answer.parent.as_ref().map(ToString::to_string);
        let in_hand = self.places.get(&account).and_then(|place| place.parent.as_ref());
        let in_hand = in_hand.map_or_else(|| self.hands.get(&account), Option::as_ref);
        let is_in_hand = |parent: Option<&str>| parent.is_some() && parent == in_hand.map(String::as_str);
        let parent = match answer.outcome {
            Outcome::ParentCreated | Outcome::ParentSelected => Some(Some(answer.code.clone())),
            Outcome::Linked => Some(parent().filter(|_| !answer.completed)),
            Outcome::Relinked if answer.completed && is_in_hand(parent().as_deref()) => Some(None),
            Outcome::Closed if is_in_hand(Some(&answer.code)) => Some(None),
            _ => None,
        };
        let station = submission.origin.station.clone();
        let fresh = WorkplaceUpdate { account, parent: None, station: None, scanned_at: self.now };
        let place = self.places.entry(account).or_insert(fresh);
        place.scanned_at = self.now;
        place.parent = parent.or(place.parent.take());
        place.station = station.or(place.station.take());
    }

    async fn write(&self, mut conn: Conn<'_>, floor: &Floor, shard: i64, memory: &Memory) -> Result<News, StoreError> {
        let origins = audit::offer_origins(conn.again(), &self.audit, &memory.origins).await?;
        let news = self.places.values().filter(|place| !memory.places.holds(place));
        let mut places: Vec<WorkplaceUpdate> = news.cloned().collect();
        places.sort_unstable_by_key(|place| place.account);
        let mut deltas = Deltas::of_floor(floor);
        deltas.merge(&self.deltas);
        let gathered = Gathered {
            scans: &self.scans,
            audit: &self.audit,
            places: &places,
            people: Some(&self.people),
            deltas: &deltas,
            shard,
        };
        floor::write(conn, floor, self.now, None, gathered).await?;
        Ok(News { origins, places })
    }
}

/// Who may finish a parent that he does not hold.
fn finishers(group: &[Submission]) -> Vec<AccountId> {
    let finishes = |scan: &Prepared| matches!(scan.scan.action, Action::Close | Action::Relink);
    let finishing = group.iter().filter(|submission| submission.scans.iter().any(finishes));
    let mut accounts: Vec<AccountId> = finishing.filter_map(|submission| submission.actor.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

fn as_json(answer: &Answer) -> Arc<str> {
    serde_json::to_string(answer).expect("an answer is plain text and numbers").into()
}

/// By how many seconds a sender's clock is off, where that is too much for a scan that merely waited.
fn clock_off_s(client_at: Moment, now: Moment) -> Option<i64> {
    let ahead_us = client_at.since_us(now);
    let wrong = !(-CLOCK_BEHIND_US_MAX..=CLOCK_AHEAD_US_MAX).contains(&ahead_us);
    wrong.then_some(ahead_us / SECOND_US)
}
