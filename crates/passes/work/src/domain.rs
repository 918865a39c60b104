//! Passes as a domain of the desk: scans at gates, decided by the rules.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_db::{Conn, StoreError, Tx, Writes};
use base_desk::{Answered, Decided, Domain, Fresh, Head, LaneParts, Turn};
use passes_rules::outcome::{Answer, Outcome};
use passes_rules::payload::Keyring;
use passes_rules::redeem::{Action, Asked, decide};
use passes_store::scan;

use crate::command::{self, GateScan, Read};
use crate::loaded::LoadedGroup;

/// What passes bring to the desk, besides their rows.
#[derive(Clone)]
pub struct Gates {
    /// The keys that codes are checked with.
    pub keys: Arc<Keyring>,
}

impl Domain for Gates {
    const NAME: &'static str = "gates";
    type Command = GateScan;
    type Intent = Read;
    type Loaded = LoadedGroup;
    type Memory = ();
    type Step = Infallible;
    type Stepped = ();

    fn head(&self, command: &GateScan, by: Option<AccountId>) -> Head {
        command::head(command, by)
    }

    fn read(&self, command: GateScan) -> Read {
        Read::of(command, &self.keys)
    }

    fn lane(&self, intent: &Read) -> u64 {
        intent.lane()
    }

    async fn answered(&self, conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
        let found = scan::answered(conn, ids).await?;
        let known =
            |row: scan::Answered| Answered { id: row.scan_id, fingerprint: row.fingerprint, answer: row.answer.into() };
        Ok(found.into_iter().map(known).collect())
    }

    async fn load(
        &self,
        lane: LaneParts<'_>,
        mut tx: Tx,
        fresh: &[Fresh<'_, Read>],
    ) -> Result<(Tx, LoadedGroup), StoreError> {
        let passes: BTreeSet<&str> = fresh.iter().filter_map(|scan| scan.intent.pass()).collect();
        let undoing = fresh.iter().filter(|scan| scan.intent.scan.action == Action::Undo);
        let undone = undoing.filter_map(|scan| scan.intent.pass()).collect();
        let asked = passes_store::loaded::Asked { passes, undone, shard: lane.shard };
        let rows = passes_store::loaded::load(tx.conn(), &asked).await?;
        Ok((tx, LoadedGroup::new(rows)))
    }

    fn decide(&self, loaded: &mut LoadedGroup, turn: &Turn<'_, Read>) -> Decided {
        let (scan, gate) = (&turn.intent.scan, turn.origin.station.as_deref());
        let asked = Asked { id: turn.head.id, by: turn.actor.account, gate, now: turn.now };
        let found = turn.intent.pass().and_then(|pass| loaded.rows.pass(pass));
        let mut decision = decide(scan, found, asked);
        if let (Some(change), Some(pass)) = (&decision.change, &decision.answer.pass) {
            loaded.rows.change(pass, |row| row.apply(change, scan, asked));
        }
        decision.answer.clock_off_s = turn.clock_off_s;
        let text = as_json(&decision.answer);
        let entry = entry(&decision.answer, turn.intent);
        loaded.keep(turn, &decision, &text);
        Decided { answer: text, entry, more_entries: Vec::new() }
    }

    fn refuse_reused(&self, head: &Head, intent: &Read) -> Decided {
        let answer = Answer::new(head.id, Outcome::ScanIdReused);
        Decided { answer: as_json(&answer), entry: entry(&answer, intent), more_entries: Vec::new() }
    }

    fn write<'l>(&self, loaded: &'l LoadedGroup, writes: &mut Writes<'l>) {
        loaded.write(writes);
    }

    fn remember(&self, (): &mut (), loaded: LoadedGroup) {
        loaded.count();
    }

    fn step_size(&self, step: &Infallible) -> usize {
        match *step {}
    }

    async fn step(&self, _: LaneParts<'_>, step: &Infallible) -> Result<(), StoreError> {
        match *step {}
    }
}

fn as_json(answer: &Answer) -> Arc<str> {
    serde_json::to_string(answer).expect("an answer is plain text and numbers").into()
}

/// The entry of the trail: the pass by its id, or what was shown by its hash.
fn entry(answer: &Answer, intent: &Read) -> Entry {
    let subject = intent.pass().unwrap_or(&intent.hash);
    let mut after = serde_json::Map::new();
    if answer.outcome.is_refusal() {
        after.insert("outcome".into(), answer.outcome.code().into());
    }
    after.extend(answer.event.map(|event| ("event".to_owned(), event.into())));
    after.extend(answer.people.map(|people| ("people".to_owned(), people.into())));
    after.extend(intent.device.as_ref().map(|device| ("device".to_owned(), device.as_str().into())));
    if let Some(offline) = intent.scan.offline {
        after.insert("let_in_at".into(), offline.at.rfc3339().into());
        after.insert("snapshot_at".into(), offline.snapshot_at.rfc3339().into());
        after.insert("conflict".into(), answer.conflict.into());
    }
    after.extend(intent.reason.as_ref().map(|reason| ("reason".to_owned(), reason.as_str().into())));
    Entry::new(answer.outcome.action(), "pass", subject).with_after(&after.into())
}
