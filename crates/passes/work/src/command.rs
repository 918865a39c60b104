//! A scan at a gate on its way to the desk: its head, and its pass once its code is read.

use std::hash::{DefaultHasher, Hash, Hasher};

use base_core::account::AccountId;
use base_core::time::Moment;
use base_desk::{Fingerprint, Head};
use passes_rules::event::EventId;
use passes_rules::payload::{self, BYTES_MAX, Code, CodeFault, Keyring};
use passes_rules::redeem::{Action, MayScan, Offline, Scan};
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
    /// A code as it was read. What is longer than any code is cut off right behind that length: it is refused all the same,
    /// and nothing has to be done with the rest of it.
    pub fn code(text: &str) -> Self {
        Self::Code(cut(text))
    }

    /// A pass that was found by name or number.
    pub fn pass(id: &str) -> Self {
        Self::Pass(cut(id))
    }

    /// The text that was shown.
    pub fn text(&self) -> &str {
        match self {
            Self::Code(text) | Self::Pass(text) => text,
        }
    }
}

fn cut(text: &str) -> String {
    let end = if text.len() > BYTES_MAX { text.ceil_char_boundary(BYTES_MAX + 1) } else { text.len() };
    text[..end].to_owned()
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
    /// The device that sends it.
    pub device: Option<String>,
    /// Set when that device has let them in already, by itself.
    pub offline: Option<Offline>,
    /// Why an entry is undone.
    pub reason: Option<String>,
}

/// A scan with its code read.
#[derive(Debug)]
pub struct Read {
    /// What the rules need.
    pub scan: Scan,
    /// A hash of what was shown, for a code that names no pass.
    pub hash: String,
    /// The device that sends it.
    pub device: Option<String>,
    /// Why an entry is undone.
    pub reason: Option<String>,
}

impl Read {
    pub(crate) fn of(sent: GateScan, keys: &Keyring) -> Self {
        let hash = hex::encode(&Sha256::digest(sent.shown.text())[..16]);
        let code = match sent.shown {
            Shown::Code(text) => payload::read(&text, keys),
            Shown::Pass(id) if payload::epass::id_is_plain(&id) => Ok(Code { pass: id, signed: None, is_found: true }),
            Shown::Pass(_) => Err(CodeFault::Unreadable),
        };
        let GateScan { action, event, may, people, offline, device, reason, .. } = sent;
        Self { scan: Scan { action, code, event, may, people, offline }, hash, device, reason }
    }

    /// The pass that it names.
    pub(crate) fn pass(&self) -> Option<&str> {
        self.scan.code.as_ref().ok().map(|code| code.pass.as_str())
    }

    /// Scans of one pass go to the same lane. What names none touches no row, so it may go to any.
    pub(crate) fn lane(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.pass().unwrap_or(&self.hash).hash(&mut hasher);
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
        .maybe_number("offline_at", sent.offline.map(|offline| offline.at.0))
        .maybe_number("snapshot_at", sent.offline.map(|offline| offline.snapshot_at.0))
        .maybe_text("reason", sent.reason.as_deref())
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
            device: None,
            offline: None,
            reason: None,
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
            GateScan { offline: Some(Offline { at: Moment(1), snapshot_at: Moment(2) }), ..sent() },
            GateScan { offline: Some(Offline { at: Moment(2), snapshot_at: Moment(2) }), ..sent() },
            GateScan { reason: Some("x".into()), ..sent() },
        ];
        let found: BTreeSet<i64> = changed.iter().map(|scan| head(scan, Some(3)).fingerprint).collect();
        assert_eq!(found.len(), changed.len());
        let other = GateScan { id: Uuid::from_u128(9), may: MayScan::These(vec![7]), ..sent() };
        assert_eq!(head(&other, Some(3)).fingerprint, head(&sent(), Some(3)).fingerprint);
        assert_ne!(head(&sent(), Some(4)).fingerprint, head(&sent(), Some(3)).fingerprint);
    }

    #[test]
    fn of_what_is_longer_than_any_code_no_more_is_kept_than_shows_that() {
        for text in ["x".repeat(1_000_000), "é".repeat(1_000_000)] {
            let shown = Shown::code(&text);
            assert!((BYTES_MAX + 1..BYTES_MAX + 4).contains(&shown.text().len()), "{}", shown.text().len());
            let read = Read::of(GateScan { shown, ..sent() }, &Keyring::default());
            assert_eq!(read.scan.code, Err(CodeFault::Unreadable));
        }
        assert_eq!(Shown::code("x").text(), "x");
    }

    #[test]
    fn codes_that_cannot_be_read_are_spread_over_the_lanes() {
        let lane = |text: &str| Read::of(GateScan { shown: Shown::code(text), ..sent() }, &Keyring::default()).lane();
        let lanes: BTreeSet<u64> = (0..32).map(|n| lane(&n.to_string()) % 2).collect();
        assert_eq!(lanes.len(), 2);
    }

    /// This is stored in databases: if it changed, every repeat of an earlier scan would be refused.
    #[test]
    fn the_fingerprint_of_a_known_scan_stays_what_it_is() {
        assert_eq!(head(&sent(), Some(3)).fingerprint, -2_777_346_013_427_654_440);
    }
}
