//! What is being computed for several who ask at once, and what was computed of days gone by.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bags_rules::report::PastActivity;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::time::Moment;
use base_web::shared::Shared;
use jiff::civil::Date;
use tokio::sync::Mutex as AsyncMutex;

use crate::home::board::Dashboard;

/// See the module's head.
#[derive(Default)]
pub struct Memory {
    /// Dashboards that are being computed.
    pub boards: Shared<Scope, Arc<Dashboard>>,
    /// Dashboards of the live feed, with the time they were computed at.
    pub live: AsyncMutex<Vec<(Scope, Moment, Arc<Dashboard>)>>,
    /// Scans by day that are being read.
    pub activity: Shared<Scope, Days>,
    /// Scans of days gone by.
    pub past_days: PastDays<Scope, Vec<(Date, i64)>>,
    /// The same of one person.
    pub past_activity: PastDays<AccountId, Arc<PastActivity>>,
}

/// Days of one scope, today included, oldest first: [`DAYS_MAX`] of them.
pub type Days = Arc<[(Date, i64)]>;

/// Most of whom or what days gone by are remembered.
const REMEMBERED_MAX: usize = 256;

struct Past<K, T> {
    of: K,
    today: Date,
    /// All scans before today.
    scans: i64,
    days: T,
}

/// Days gone by, by scope or by person.
pub struct PastDays<K, T>(Mutex<VecDeque<Past<K, T>>>);

impl<K, T> Default for PastDays<K, T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }
}

impl<K: PartialEq, T: Clone> PastDays<K, T> {
    pub fn get(&self, of: &K, today: Date, scans: i64) -> Option<T> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |past: &&Past<K, T>| past.of == *of && past.today == today && past.scans == scans;
        memory.iter().find(is_it).map(|past| past.days.clone())
    }

    pub fn put(&self, of: K, today: Date, scans: i64, days: T) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|past| past.of != of);
        memory.push_back(Past { of, today, scans, days });
        if memory.len() > REMEMBERED_MAX {
            memory.pop_front();
        }
    }
}
