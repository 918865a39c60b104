//! What was last seen of this node, shared by pages and by whoever looks.

use std::sync::{Mutex, PoisonError};

use base_core::time::Moment;

/// What whoever looks at this node has seen last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When this program started.
    pub started_at: Option<Moment>,
    /// How full the fullest disk is, in percent.
    pub disk_percent: Option<i64>,
    /// Other systems by name, and whether each answers.
    pub outside: Vec<(String, bool)>,
}

/// The same, shared.
#[derive(Debug, Default)]
pub struct Seen(Mutex<Last>);

impl Seen {
    /// What was seen last.
    pub fn last(&self) -> Last {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what is seen now.
    pub fn note(&self, change: impl FnOnce(&mut Last)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
