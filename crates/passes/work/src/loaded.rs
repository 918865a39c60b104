//! The passes that a group touches, and the scans that it writes.

use base_db::Writes;
use base_desk::Turn;
use passes_rules::outcome::Answer;
use passes_store::loaded::Loaded;
use passes_store::scan::{self, ScanRecord};

use crate::command::Read;

/// See the head of this module.
pub struct LoadedGroup {
    /// The passes and what their events say.
    pub(crate) rows: Loaded,
    scans: Vec<ScanRecord>,
}

impl LoadedGroup {
    pub(crate) fn new(rows: Loaded) -> Self {
        Self { rows, scans: Vec::new() }
    }

    /// Keeps a scan with its answer.
    pub(crate) fn keep(&mut self, turn: &Turn<'_, Read>, answer: &Answer, text: &str) {
        let Turn { head, actor, origin, now, .. } = *turn;
        // A refusal that says nothing of the pass is still part of its history.
        let pass =
            turn.intent.pass().and_then(|pass| self.rows.pass(pass)).map(|(pass, _)| (pass.id.clone(), pass.event));
        self.scans.push(ScanRecord {
            scan_id: head.id,
            fingerprint: head.fingerprint,
            at: now,
            client_at: head.client_at,
            account: actor.account,
            gate: origin.station.clone(),
            action: turn.intent.scan.action,
            event: pass.as_ref().map(|(_, event)| *event),
            code_hash: pass.is_none().then(|| turn.intent.hash.clone()),
            pass: pass.map(|(id, _)| id),
            outcome: answer.outcome,
            answer: text.to_owned(),
        });
    }

    pub(crate) fn write<'l>(&'l self, writes: &mut Writes<'l>) {
        scan::gather(&self.scans, writes);
        self.rows.gather(writes);
    }
}
