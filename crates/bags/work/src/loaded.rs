//! The rows that a group touches, and everything else that it writes.

use std::collections::HashMap;

use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_rules::loaded::Loaded;
use bags_rules::outcome::{Answer, Outcome};
use bags_store::loaded::Gathered;
use bags_store::person_scans::PeopleScans;
use bags_store::scan::ScanRecord;
use bags_store::workplace::{KnownPlaces, WorkplaceUpdate};
use bags_store::{loaded, workplace};
use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError, Tx, Writes};
use base_desk::{Fresh, LaneParts, Turn};

use crate::command::Read;
use crate::figures;

/// See the head of this module.
pub struct LoadedGroup {
    /// The bags, links and bills.
    pub(crate) rows: Loaded,
    scans: Vec<ScanRecord>,
    deltas: Deltas,
    places: HashMap<AccountId, WorkplaceUpdate>,
    /// The places that are not stored yet, by person.
    new_places: Vec<WorkplaceUpdate>,
    /// The parent in hand, before this group, of those who may finish a parent other than by a child.
    hands: HashMap<AccountId, String>,
    people: PeopleScans,
    /// The time of the last decision.
    at: Moment,
    shard: i64,
    /// Whether other nodes write, too.
    is_shared: bool,
}

impl LoadedGroup {
    pub(crate) async fn load(
        lane: LaneParts<'_>,
        mut tx: Tx,
        fresh: &[Fresh<'_, Read>],
    ) -> Result<(Tx, Self), StoreError> {
        let hands = workplace::in_hand(tx.conn(), &finishers(fresh)).await?;
        let intents = fresh.iter().map(|scan| &scan.intent.intent);
        let (tx, rows) = loaded::open(lane.db, intents, Some(tx)).await?;
        let loaded = Self {
            rows,
            scans: Vec::with_capacity(fresh.len()),
            deltas: Deltas::default(),
            places: HashMap::new(),
            new_places: Vec::new(),
            hands,
            people: PeopleScans::default(),
            at: Moment(0),
            shard: lane.shard,
            is_shared: lane.db.is_shared(),
        };
        Ok((tx, loaded))
    }

    /// Keeps a scan with its answer.
    pub(crate) fn keep(&mut self, turn: &Turn<'_, Read>, answer: &Answer, text: &str) {
        let Turn { head, actor, origin, now, .. } = *turn;
        let Read { scan, intent } = turn.intent;
        self.at = now;
        let own = Code::stored(&answer.code);
        let subject = answer.parent.as_ref().unwrap_or(&own);
        let of_bag = || self.rows.bag(subject).and_then(|bag| bag.area.clone());
        let area = answer.filed_under(&actor.scope, of_bag);
        self.deltas.scan(answer.outcome, area.clone(), now);
        if let Some(account) = actor.account {
            self.people.count(account, answer.outcome, now);
            self.note_place(account, origin.station.clone(), answer);
        }
        self.scans.push(ScanRecord {
            scan_id: head.id,
            fingerprint: head.fingerprint,
            at: now,
            client_at: head.client_at,
            account: actor.account,
            area,
            station: origin.station.clone(),
            action: scan.action,
            code: answer.code.clone(),
            parent: answer.parent.clone(),
            bill: intent.bill(),
            outcome: answer.outcome,
            answer: text.to_owned(),
        });
    }

    /// The parent in hand: the one that was scanned last, itself or by a child; none once it is finished.
    fn note_place(&mut self, account: AccountId, station: Option<String>, answer: &Answer) {
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
        let fresh = WorkplaceUpdate { account, parent: None, station: None, scanned_at: self.at };
        let place = self.places.entry(account).or_insert(fresh);
        place.scanned_at = self.at;
        place.parent = parent.or(place.parent.take());
        place.station = station.or(place.station.take());
    }

    /// What follows from all decisions together: the counters, and where people work.
    pub(crate) fn settle(&mut self, known: &KnownPlaces) {
        self.deltas.merge(&Deltas::of_loaded(&self.rows));
        let places = std::mem::take(&mut self.places);
        self.new_places = places.into_values().filter(|place| !known.holds(place)).collect();
        self.new_places.sort_unstable_by_key(|place| place.account);
    }

    pub(crate) fn write<'l>(&'l self, writes: &mut Writes<'l>) {
        let gathered = Gathered {
            scans: &self.scans,
            audit: &[],
            places: &self.new_places,
            people: Some(&self.people),
            deltas: &self.deltas,
            shard: self.shard,
        };
        loaded::gather(&self.rows, self.at, None, gathered, writes);
    }

    pub(crate) async fn after(&self, conn: Conn<'_>) -> Result<(), StoreError> {
        loaded::follow(conn, &self.rows, self.at, None).await
    }

    /// The time of the last decision.
    pub(crate) fn at(&self) -> Moment {
        self.at
    }

    pub(crate) fn remember(self, known: &mut KnownPlaces) {
        figures::count(self.scans.iter().map(|scan| scan.outcome));
        // On a shared database another node may have changed where people work.
        if !self.is_shared {
            known.remember(self.new_places);
        }
    }
}

/// The people whose scans may finish a parent that they do not have in hand.
fn finishers(fresh: &[Fresh<'_, Read>]) -> Vec<AccountId> {
    let finishing = fresh.iter().filter(|scan| scan.intent.may_finish());
    let mut accounts: Vec<AccountId> = finishing.filter_map(|scan| scan.actor.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}
