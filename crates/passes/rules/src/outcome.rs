//! What becomes of a scan at the gate, and the answer that is kept of it: outcome, ids and times, and nothing personal.

use base_core::account::AccountId;
use base_core::time::Moment;
use serde::Serialize;
use uuid::Uuid;

use crate::event::EventId;

/// What became of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// They may come in.
    Admitted,
    /// Everybody of this pass is in already.
    AlreadyAdmitted,
    /// They have left.
    Left,
    /// Nobody of this pass is inside.
    NotInside,
    /// The event does not count who leaves.
    NoReEntry,
    /// An entry was undone.
    EntryUndone,
    /// Nobody got in with this pass, so there is nothing to undo.
    NotAdmitted,
    /// No such pass.
    UnknownPass,
    /// This is no code of a pass.
    BadCode,
    /// The signature is wrong.
    Tampered,
    /// The pass was cancelled.
    Cancelled,
    /// The pass is for another event.
    WrongEvent,
    /// The gate opens later.
    NotYet,
    /// The event is over, or the code has run out.
    TooLate,
    /// The code was replaced, or its key is no longer taken.
    Revoked,
    /// There is no more room inside.
    Full,
    /// The id of the scan was used for another scan.
    ScanIdReused,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 17] = [
        Self::Admitted,
        Self::AlreadyAdmitted,
        Self::Left,
        Self::NotInside,
        Self::NoReEntry,
        Self::EntryUndone,
        Self::NotAdmitted,
        Self::UnknownPass,
        Self::BadCode,
        Self::Tampered,
        Self::Cancelled,
        Self::WrongEvent,
        Self::NotYet,
        Self::TooLate,
        Self::Revoked,
        Self::Full,
        Self::ScanIdReused,
    ];

    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::AlreadyAdmitted => "already_admitted",
            Self::Left => "left",
            Self::NotInside => "not_inside",
            Self::NoReEntry => "no_re_entry",
            Self::EntryUndone => "entry_undone",
            Self::NotAdmitted => "not_admitted",
            Self::UnknownPass => "unknown_pass",
            Self::BadCode => "bad_code",
            Self::Tampered => "tampered",
            Self::Cancelled => "cancelled",
            Self::WrongEvent => "wrong_event",
            Self::NotYet => "not_yet",
            Self::TooLate => "too_late",
            Self::Revoked => "revoked",
            Self::Full => "full",
            Self::ScanIdReused => "scan_id_reused",
        }
    }

    /// Reads a stable name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// True when nothing was changed.
    pub fn is_refusal(self) -> bool {
        !matches!(self, Self::Admitted | Self::Left | Self::EntryUndone)
    }

    /// The action's name in the audit trail.
    pub fn action(self) -> &'static str {
        match self {
            Self::Admitted => "pass_admitted",
            Self::Left => "pass_left",
            Self::EntryUndone => "pass_entry_undone",
            _ => "pass_scan_refused",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

/// The answer to a scan, as it is given and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer {
    /// The scan's id.
    pub id: Uuid,
    /// What became of it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub outcome: Outcome,
    /// The pass, if the code named one that may be spoken of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<String>,
    /// Its event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// `SINGLE` or `COUPLE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// How many people this scan let in or out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<i64>,
    /// How many people of the pass are inside now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<i64>,
    /// When somebody got in with it last (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered_at: Option<String>,
    /// The account that let them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<AccountId>,
    /// The gate at which they came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// True when they came in at this gate within the last minute: it is the same guest, still standing there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub just_now: bool,
    /// True when they came back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub re_entry: bool,
    /// True when a device had let them in by itself and it does not count: somebody has to look at it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
    /// By how many seconds the sender's clock is off, if it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_off_s: Option<i64>,
}

impl Answer {
    /// An answer that says nothing but its outcome.
    pub fn new(id: Uuid, outcome: Outcome) -> Self {
        Self {
            id,
            outcome,
            pass: None,
            event: None,
            kind: None,
            people: None,
            inside: None,
            entered_at: None,
            entered_by: None,
            gate: None,
            just_now: false,
            re_entry: false,
            conflict: false,
            clock_off_s: None,
        }
    }

    /// Says when somebody got in last.
    pub fn entered(&mut self, at: Moment, by: Option<AccountId>, gate: Option<&str>) {
        self.entered_at = Some(at.rfc3339());
        self.entered_by = by;
        self.gate = gate.map(ToOwned::to_owned);
    }
}
