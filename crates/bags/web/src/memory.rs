//! Figures that are being computed for several people at once, and figures of past days that were computed before.

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

/// See the head of this module.
#[derive(Default)]
pub struct Memory {
    /// Dashboards that are being computed.
    pub boards: Shared<Scope, Arc<Dashboard>>,
    /// Dashboards of the live feed, with the time they were computed at.
    pub live: AsyncMutex<Vec<(Scope, Moment, Arc<Dashboard>)>>,
    /// Scans by day that are being read.
    pub activity: Shared<Scope, Days>,
    /// Scans of past days.
    pub past_days: PastDays<Scope, Vec<(Date, i64)>>,
    /// The same for one person.
    pub past_activity: PastDays<AccountId, Arc<PastActivity>>,
}

/// Days of one scope, today included, oldest first: [`DAYS_MAX`] of them.
pub type Days = Arc<[(Date, i64)]>;

/// The most scopes, or people, whose past days are remembered.
const REMEMBERED_MAX: usize = 256;

struct Past<K, T> {
    of: K,
    today: Date,
    /// All scans before today.
    scans: i64,
    days: T,
}

/// Past days, by scope or by person.
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
