//! What this wing remembers to save time: at which events people work.
//!
//! Invariant: nothing is remembered for longer than a second, and who is assigned to an event or taken off is forgotten at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base_core::account::AccountId;
use base_core::time::{Moment, SECOND_US};
use base_db::{Db, StoreError};
use passes_rules::redeem::MayScan;
use passes_store::event::{self, Seen};

/// People who are remembered before those of more than a second ago are looked for.
const PEOPLE_MAX: usize = 256;

/// Events of people, as they were read a moment ago. Cheap to clone.
#[derive(Clone, Default)]
pub struct Assigned(Arc<Mutex<HashMap<AccountId, (Moment, MayScan)>>>);

impl Assigned {
    /// Which passes somebody may scan.
    pub async fn may_scan(&self, db: &Db, seen: Seen, now: Moment) -> Result<MayScan, StoreError> {
        let Seen::Of(account) = seen else { return Ok(MayScan::All) };
        if let Some(known) = self.known(account, now) {
            return Ok(known);
        }
        let may = event::may_scan(db.read().await?.conn(), seen).await?;
        let mut known = self.0.lock().expect("no holder panics");
        if known.len() >= PEOPLE_MAX {
            known.retain(|_, (at, _)| is_fresh(*at, now));
        }
        known.insert(account, (now, may.clone()));
        Ok(may)
    }

    fn known(&self, account: AccountId, now: Moment) -> Option<MayScan> {
        let known = self.0.lock().expect("no holder panics");
        known.get(&account).filter(|(at, _)| is_fresh(*at, now)).map(|(_, may)| may.clone())
    }

    /// Forgets somebody whose events have changed.
    pub fn forget(&self, account: AccountId) {
        self.0.lock().expect("no holder panics").remove(&account);
    }
}

fn is_fresh(at: Moment, now: Moment) -> bool {
    (0..SECOND_US).contains(&now.since_us(at))
}
