//! The passes that a group touches, and the scans that it writes.

use base_db::Writes;
use base_desk::Turn;
use passes_rules::outcome::Answer;
use passes_rules::redeem::{Change, Decision, Offline};
use passes_store::conflict::{self, ConflictRecord};
use passes_store::loaded::Loaded;
use passes_store::scan::{self, ScanRecord};

use crate::command::Read;
use crate::figures;

/// See the head of this module.
pub struct LoadedGroup {
    /// The passes and what their events say.
    pub(crate) rows: Loaded,
    scans: Vec<ScanRecord>,
    conflicts: Vec<ConflictRecord>,
}

impl LoadedGroup {
    pub(crate) fn new(rows: Loaded) -> Self {
        Self { rows, scans: Vec::new(), conflicts: Vec::new() }
    }

    /// Keeps a scan with its answer, and the conflict that it is.
    pub(crate) fn keep(&mut self, turn: &Turn<'_, Read>, decision: &Decision, text: &str) {
        let Turn { head, actor, origin, now, intent, .. } = *turn;
        self.keep_conflict(turn, decision);
        let answer: &Answer = &decision.answer;
        // A refusal that says nothing of the pass is still part of its history.
        let found = intent.pass().and_then(|pass| self.rows.pass(pass)).map(|(pass, _)| pass);
        let counts_at = intent.scan.counts_at(now, found.map(|pass| pass.sold_at));
        let pass = found.map(|pass| (pass.id.clone(), pass.event));
        let back = match decision.change {
            Some(Change::Enter { back, .. } | Change::Undo { back, .. }) => Some(back),
            _ => None,
        };
        self.scans.push(ScanRecord {
            scan_id: head.id,
            fingerprint: head.fingerprint,
            at: now,
            client_at: head.client_at,
            account: actor.account,
            gate: origin.station.clone(),
            action: intent.scan.action,
            event: pass.as_ref().map(|(_, event)| *event),
            code_hash: pass.is_none().then(|| intent.hash.clone()),
            pass: pass.map(|(id, _)| id),
            outcome: answer.outcome,
            answer: text.to_owned(),
            people: answer.people,
            back,
            device: intent.device.clone(),
            offline: intent.scan.offline.map(|offline| Offline { at: counts_at, ..offline }),
        });
    }

    fn keep_conflict(&mut self, turn: &Turn<'_, Read>, decision: &Decision) {
        let Turn { head, actor, origin, now, intent, .. } = *turn;
        let (Some(event), Some(offline)) = (decision.conflict, intent.scan.offline) else { return };
        let pass = decision.answer.pass.as_deref().and_then(|pass| self.rows.pass(pass)).map(|(pass, _)| pass);
        self.conflicts.push(ConflictRecord {
            event,
            scan_id: head.id,
            pass: pass.map(|pass| pass.id.clone()),
            at: now,
            account: actor.account,
            gate: origin.station.clone(),
            device: intent.device.clone(),
            offline,
            outcome: decision.answer.outcome,
            first: pass.and_then(|pass| pass.entry.clone()),
        });
    }

    /// Counts what was committed.
    pub(crate) fn count(&self) {
        figures::count(self.scans.iter().map(|scan| (scan.outcome, scan.people)));
    }

    pub(crate) fn write<'l>(&'l self, writes: &mut Writes<'l>) {
        scan::gather(&self.scans, writes);
        self.rows.gather(writes);
        conflict::gather(&self.conflicts, writes);
    }
}
