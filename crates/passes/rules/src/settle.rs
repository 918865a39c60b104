//! How a conflict is settled: what it was, as somebody found out who looked.

/// What a conflict was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettledAs {
    /// The same guest was scanned at two places: nobody is inside who should not be.
    SameGuest,
    /// Somebody came in with a copy of a code, or with a pass that no longer counts, and stayed.
    OneTooMany,
    /// They were asked to leave.
    SentOut,
}

impl SettledAs {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::SameGuest, Self::OneTooMany, Self::SentOut];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SameGuest => "same_guest",
            Self::OneTooMany => "one_too_many",
            Self::SentOut => "sent_out",
        }
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}
