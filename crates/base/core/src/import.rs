//! Where an import stands, and how it takes refusals.

use serde::{Deserialize, Serialize};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is there; which column is which is not settled.
    Waiting,
    /// The dry run is under way, or about to be.
    Checking,
    /// The dry run is done.
    Checked,
    /// Rows become true.
    Running,
    /// Every row was decided.
    Done,
    /// It cannot go on; why is noted.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// What it made is taken back.
    RollingBack,
    /// What it made was taken back, as far as that was possible.
    RolledBack,
}

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Checking,
        Self::Checked,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::RollingBack,
        Self::RolledBack,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::RollingBack => "rolling_back",
            Self::RolledBack => "rolled_back",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True while somebody should be working on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::RollingBack)
    }

    /// True where it can be stopped.
    pub fn may_be_cancelled(self) -> bool {
        matches!(self, Self::Waiting | Self::Checking | Self::Checked | Self::Running | Self::RollingBack)
    }

    /// True where what it made, if anything, may be taken back.
    pub fn may_be_rolled_back(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What happens when a row is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// It is told in the result, and the others become true.
    #[default]
    SkipBad,
    /// Nothing of the file stays.
    AllOrNothing,
}

impl ImportMode {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SkipBad => "skip_bad",
            Self::AllOrNothing => "all_or_nothing",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::SkipBad, Self::AllOrNothing].into_iter().find(|mode| mode.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for state in ImportState::ALL {
            assert_eq!(ImportState::parse(state.name()), Some(state));
        }
    }
}
