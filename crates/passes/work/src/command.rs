//! A scan at a gate on its way to the desk: its head, and its pass once its code is read.

use std::hash::{DefaultHasher, Hash, Hasher};

use base_core::account::AccountId;
use base_core::time::Moment;
use base_desk::{Fingerprint, Head};
use passes_rules::event::EventId;
use passes_rules::payload::{self, Code, CodeFault, Keyring};
use passes_rules::redeem::{Action, MayScan, Scan};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What somebody shows at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A code, as it was read.
    Code(String),
    /// A pass that the steward found by name or number, without its code.
    Pass(String),
}

impl Shown {
    /// The text that was shown.
    pub fn text(&self) -> &str {
        match self {
            Self::Code(text) | Self::Pass(text) => text,
        }
    }
}

/// A scan as it is sent.
#[derive(Clone, Debug)]
pub struct GateScan {
    /// The sender's own id for it.
    pub id: Uuid,
    /// When the sender says it was scanned.
    pub client_at: Moment,
    /// What is asked for.
    pub action: Action,
    /// What was shown.
    pub shown: Shown,
    /// The event of the gate; `None` where only the person's events count.
    pub event: Option<EventId>,
    /// Which passes the person may scan, as it was when this was sent.
    pub may: MayScan,
    /// How many come in, where people may come one by one.
    pub people: Option<i64>,
}

/// A scan with its code read.
#[derive(Debug)]
pub struct Read {
    /// What the rules need.
    pub scan: Scan,
    /// A hash of what was shown, for a code that names no pass.
    pub hash: String,
}

impl Read {
    pub(crate) fn of(sent: GateScan, keys: &Keyring) -> Self {
        let hash = hex::encode(&Sha256::digest(sent.shown.text())[..16]);
        let code = match sent.shown {
            Shown::Code(text) => payload::read(&text, keys),
            Shown::Pass(id) if payload::epass::id_is_plain(&id) => Ok(Code { pass: id, signed: None, is_found: true }),
            Shown::Pass(_) => Err(CodeFault::Unreadable),
        };
        let GateScan { action, event, may, people, .. } = sent;
        Self { scan: Scan { action, code, event, may, people }, hash }
    }

    /// The pass that it names.
    pub(crate) fn pass(&self) -> Option<&str> {
        self.scan.code.as_ref().ok().map(|code| code.pass.as_str())
    }

    /// Scans of one pass go to the same lane.
    pub(crate) fn lane(&self) -> u64 {
        let Some(pass) = self.pass() else { return 0 };
        let mut hasher = DefaultHasher::new();
        pass.hash(&mut hasher);
        hasher.finish()
    }
}

/// What a scan asks for. Neither its id nor what the person may scan is part of it: the same scan stays the same when
/// somebody is assigned to another event.
pub(crate) fn head(sent: &GateScan, by: Option<AccountId>) -> Head {
    let (kind, text) = match &sent.shown {
        Shown::Code(text) => ("code", text),
        Shown::Pass(text) => ("pass", text),
    };
    let fingerprint = Fingerprint::of(sent.action.name())
        .maybe_number("by", by)
        .number("client_at", sent.client_at.0)
        .text(kind, text)
        .maybe_number("event", sent.event)
        .maybe_number("people", sent.people)
        .finish();
    Head { id: sent.id, client_at: sent.client_at, fingerprint }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn sent() -> GateScan {
        GateScan {
            id: Uuid::nil(),
            client_at: Moment(1_791_172_800_000_000),
            action: Action::Admit,
            shown: Shown::Code("x".into()),
            event: Some(7),
            may: MayScan::All,
            people: None,
        }
    }

    #[test]
    fn any_field_that_changes_changes_the_fingerprint_and_rights_do_not() {
        let changed = [
            sent(),
            GateScan { client_at: Moment(1), ..sent() },
            GateScan { action: Action::Leave, ..sent() },
            GateScan { shown: Shown::Pass("x".into()), ..sent() },
            GateScan { shown: Shown::Code("y".into()), ..sent() },
            GateScan { event: None, ..sent() },
            GateScan { people: Some(1), ..sent() },
        ];
        let found: BTreeSet<i64> = changed.iter().map(|scan| head(scan, Some(3)).fingerprint).collect();
        assert_eq!(found.len(), changed.len());
        let other = GateScan { id: Uuid::from_u128(9), may: MayScan::These(vec![7]), ..sent() };
        assert_eq!(head(&other, Some(3)).fingerprint, head(&sent(), Some(3)).fingerprint);
        assert_ne!(head(&sent(), Some(4)).fingerprint, head(&sent(), Some(3)).fingerprint);
    }

    /// This is stored in databases: if it changed, every repeat of an earlier scan would be refused.
    #[test]
    fn the_fingerprint_of_a_known_scan_stays_what_it_is() {
        assert_eq!(head(&sent(), Some(3)).fingerprint, -2_777_346_013_427_654_440);
    }
}
