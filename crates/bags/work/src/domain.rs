//! Bags as a domain of the desk: scans of bags and bills, decided by the rules.

use std::sync::Arc;

use bags_rules::change::Stamp;
use bags_rules::code::readable;
use bags_rules::loaded::Loaded;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::scan::Scan;
use bags_rules::{Facts, decide, trail};
use bags_store::scan;
use bags_store::workplace::KnownPlaces;
use base_core::account::{AccountId, Asked};
use base_db::{Conn, StoreError, Tx, Writes};
use base_desk::{Answered, Decided, Domain, Fresh, Head, LaneParts, Turn};
use base_records::import::Import;

use crate::bags::Bags;
use crate::command::{self, Read};
use crate::loaded::LoadedGroup;
use crate::step::Step;
use crate::{import, take_back};

impl Domain for Bags {
    const NAME: &'static str = "bags";
    type Command = Scan;
    type Intent = Read;
    type Loaded = LoadedGroup;
    type Memory = KnownPlaces;
    type Step = Step;
    type Stepped = Import;

    fn head(&self, command: &Scan, by: Option<AccountId>) -> Head {
        command::head(command, by)
    }

    fn read(&self, command: Scan) -> Read {
        Read::of(command)
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
        tx: Tx,
        fresh: &[Fresh<'_, Read>],
    ) -> Result<(Tx, LoadedGroup), StoreError> {
        LoadedGroup::load(lane, tx, fresh).await
    }

    fn decide(&self, loaded: &mut LoadedGroup, turn: &Turn<'_, Read>) -> Decided {
        let (actor, rules, rows) = (turn.actor, &*self.rules, &mut loaded.rows);
        let asked = Asked { actor, id: turn.head.id, now: turn.now };
        let mut decision = decide(rows, &turn.intent.intent, asked, rules);
        let entry = trail::of_scan(&decision.answer, decision.change.as_ref(), rows);
        if let Some(change) = &decision.change {
            let stamp = Stamp { at: turn.now, by: actor.account, scan_id: Some(turn.head.id) };
            rows.apply(change, stamp, rules);
        }
        decision.with_facts(Facts { loaded: rows, rules, scope: &actor.scope });
        let more_entries = decision.change.as_ref().map(trail::of_listed_children).unwrap_or_default();
        let mut answer = decision.answer;
        answer.clock_off_s = turn.clock_off_s;
        answer.message = (self.phrase)(&answer);
        let text = as_json(&answer);
        loaded.keep(turn, &answer, &text);
        Decided { answer: text, entry, more_entries }
    }

    fn refuse_reused(&self, head: &Head, intent: &Read) -> Decided {
        let mut answer = Answer::new(head.id, Outcome::ScanIdReused, readable(&intent.scan.code));
        answer.message = (self.phrase)(&answer);
        let entry = trail::of_scan(&answer, None, &Loaded::default());
        Decided { answer: as_json(&answer), entry, more_entries: Vec::new() }
    }

    fn settle(&self, loaded: &mut LoadedGroup, memory: &KnownPlaces) {
        loaded.settle(memory);
    }

    fn write<'l>(&self, loaded: &'l LoadedGroup, writes: &mut Writes<'l>) {
        loaded.write(writes);
    }

    async fn after(&self, mut conn: Conn<'_>, loaded: &LoadedGroup) -> Result<(), StoreError> {
        if let Some(mailing) = &self.mailing {
            mailing.tell_of_new_bills(conn.reborrow(), &loaded.rows, loaded.at()).await?;
        }
        loaded.after(conn).await
    }

    fn remember(&self, memory: &mut KnownPlaces, loaded: LoadedGroup) {
        loaded.remember(memory);
    }

    fn step_size(&self, step: &Step) -> usize {
        match step {
            Step::Import(step) => step.rows.len(),
            Step::TakeBack(_) => take_back::TAKEN_AT_ONCE as usize,
        }
    }

    async fn step(&self, lane: LaneParts<'_>, step: &Step) -> Result<Import, StoreError> {
        match step {
            Step::Import(step) => import::run(self, lane, step).await,
            Step::TakeBack(step) => take_back::run(self, lane, step).await,
        }
    }
}

fn as_json(answer: &Answer) -> Arc<str> {
    serde_json::to_string(answer).expect("an answer is plain text and numbers").into()
}
