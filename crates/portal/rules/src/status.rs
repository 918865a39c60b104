//! The eight states of stock, and what decides between them.

use serde::{Deserialize, Serialize};

use crate::fold::fold_name;

/// The state of a quantity of a lot at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In quarantine.
    Quarantined,
    /// Given out to a job.
    IssuedToJob,
    /// Reserved for a sale.
    SalesReserved,
    /// Made ready for a job.
    StagedToJob,
    /// Its lot failed a check of its quality, even if it passed one later.
    FailedQc,
    /// Its quality is still to be checked.
    PendingQc,
    /// Nothing is said of its quality: approved.
    ApprovedQc,
    /// Anything else.
    Available,
}

/// What the ERP says of one quantity, as far as it decides its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'f> {
    /// The segment of the stock.
    pub segment: Option<&'f str>,
    /// What is said of its quality.
    pub quality: Option<&'f str>,
    /// True if any posting of its lot is a failed check.
    pub has_failed: bool,
}

impl Status {
    /// All states, in the order in which they are decided.
    pub const ALL: [Self; 8] = [
        Self::Quarantined,
        Self::IssuedToJob,
        Self::SalesReserved,
        Self::StagedToJob,
        Self::FailedQc,
        Self::PendingQc,
        Self::ApprovedQc,
        Self::Available,
    ];

    /// Decides the state; the first that fits counts. The segment comes before the quality, which
    /// the ERP keeps apart. Case and blanks at the end do not count.
    pub fn of(facts: Facts<'_>) -> Self {
        let quality = fold_name(facts.quality.unwrap_or_default());
        match fold_name(facts.segment.unwrap_or_default()).as_str() {
            "quarantine" => Self::Quarantined,
            "job" => Self::IssuedToJob,
            "sal-reserv" => Self::SalesReserved,
            "staging" => Self::StagedToJob,
            _ if facts.has_failed => Self::FailedQc,
            _ if quality == "pending" => Self::PendingQc,
            _ if quality.is_empty() => Self::ApprovedQc,
            _ => Self::Available,
        }
    }

    /// As the earlier portal wrote it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarantined => "Quarantined",
            Self::IssuedToJob => "Issued to Job",
            Self::SalesReserved => "Sales Reserved",
            Self::StagedToJob => "Staged to Job",
            Self::FailedQc => "Failed QC",
            Self::PendingQc => "Pending QC",
            Self::ApprovedQc => "Approved QC",
            Self::Available => "Available",
        }
    }

    /// The state with such a label, regardless of its case.
    pub fn of_label(label: &str) -> Option<Self> {
        let folded = fold_name(label.trim_start());
        Self::ALL.into_iter().find(|status| fold_name(status.label()) == folded)
    }
}
