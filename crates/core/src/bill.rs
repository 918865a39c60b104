//! What bag work needs to know of bills: whether a parent stands on one, and whether that one is closed (L8, D1).

use serde::Serialize;

/// Where a bill stands (`bags.md` 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BillStatus {
    /// Created, no parent on it yet.
    New,
    /// At least one parent on it, or reopened.
    Processing,
    /// Closed: neither it nor the children of its parents change until it is reopened.
    Completed,
}

impl BillStatus {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Processing => "processing",
            Self::Completed => "completed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::New, Self::Processing, Self::Completed].into_iter().find(|status| status.name() == name)
    }
}

/// The bill that a parent stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBill {
    /// The bill's own number, as the biller typed it.
    pub bill: String,
    /// Where that bill stands.
    pub status: BillStatus,
}
