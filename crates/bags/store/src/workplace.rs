//! What a person is working on: the current parent and the station. It belongs to the person, not to the session.

use std::collections::HashMap;

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError};

static PUT: Batch = Batch::rows(
    "with r (account_id, parent, station, scanned_at) as (values ",
    4,
    ") insert into workplaces (account_id, parent, station, scanned_at)
     select account_id, parent, station, scanned_at from r where account_id is not null
     on conflict (account_id) do update set parent = excluded.parent,
        station = coalesce(excluded.station, workplaces.station), scanned_at = excluded.scanned_at",
);
static SEEN: Batch = Batch::rows(
    "with r (account_id, station, scanned_at) as (values ",
    3,
    ") insert into workplaces (account_id, station, scanned_at)
     select account_id, station, scanned_at from r where account_id is not null
     on conflict (account_id) do update set
        station = coalesce(excluded.station, workplaces.station), scanned_at = excluded.scanned_at",
);

/// The workplaces that are known to be stored, so that a busy desk need not write them again with every child. Only for
/// a database that this program has for itself: another node might move them.
#[derive(Debug, Default)]
pub struct KnownPlaces(HashMap<AccountId, WorkplaceUpdate>);

/// How many places are remembered; then all are forgotten and written again.
const KNOWN_PLACES_MAX: usize = 10_000;

impl KnownPlaces {
    /// True when the update changes nothing.
    pub fn holds(&self, update: &WorkplaceUpdate) -> bool {
        let known = self.0.get(&update.account);
        let same_parent = update.parent.is_none() || known.is_some_and(|place| update.parent == place.parent);
        let same_station = update.station.is_none() || known.is_some_and(|place| update.station == place.station);
        same_parent && same_station
    }

    /// Remembers what a commit has made durable.
    pub fn remember(&mut self, updates: Vec<WorkplaceUpdate>) {
        if self.0.len() > KNOWN_PLACES_MAX {
            self.0.clear();
        }
        for update in updates {
            let known = self.0.remove(&update.account);
            let (parent, station) = known.map(|place| (place.parent, place.station)).unwrap_or_default();
            let place =
                WorkplaceUpdate { parent: update.parent.or(parent), station: update.station.or(station), ..update };
            self.0.insert(place.account, place);
        }
    }
}

/// What is new about a person's workplace after a group of scans.
#[derive(Clone, Debug)]
pub struct WorkplaceUpdate {
    /// The person.
    pub account: AccountId,
    /// The current parent: `None` keeps it, `Some(None)` clears it.
    pub parent: Option<Option<String>>,
    /// The station, when one was named.
    pub station: Option<String>,
    /// The time of the newest scan.
    pub scanned_at: Moment,
}

/// A person's workplace.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Workplace {
    /// The current parent.
    pub parent: Option<String>,
    /// The station.
    pub station: Option<String>,
}

/// Collects the workplaces to write. One row for each person.
pub fn gather<'p>(updates: &'p [WorkplaceUpdate], writes: &mut Writes<'p>) {
    let moved = updates.iter().filter_map(|update| Some((update, update.parent.as_ref()?)));
    writes.add(&PUT, moved, |(update, parent)| {
        [update.account.into(), parent.as_deref().into(), update.station.as_deref().into(), update.scanned_at.0.into()]
    });
    let stayed = updates.iter().filter(|update| update.parent.is_none());
    writes.add(&SEEN, stayed, |update| {
        [update.account.into(), update.station.as_deref().into(), update.scanned_at.0.into()]
    });
}

/// The current parents of people; those without one are left out.
pub async fn in_hand(mut conn: Conn<'_>, accounts: &[AccountId]) -> Result<HashMap<AccountId, String>, StoreError> {
    const FIND: &str = "select parent from workplaces where account_id = $1 and parent is not null";
    let mut held = HashMap::with_capacity(accounts.len());
    for account in accounts {
        let found: Option<(String,)> =
            on!(conn.reborrow(), c => sqlx::query_as(FIND).bind(account).fetch_optional(&mut **c).await?);
        held.extend(found.map(|(parent,)| (*account, parent)));
    }
    Ok(held)
}

/// A person's workplace.
pub async fn find(db: &Db, account: AccountId) -> Result<Workplace, StoreError> {
    const FIND: &str = "select parent, station from workplaces where account_id = $1";
    let mut reader = db.read().await?;
    let found = on!(reader.conn(), c => sqlx::query_as(FIND).bind(account).fetch_optional(&mut **c).await?);
    Ok(found.unwrap_or_default())
}

/// Forgets where a person stood and what they had in hand. A desk that has the database for itself remembers it until it
/// is opened anew, see [`KnownPlaces`].
pub async fn forget(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    Ok(execute!(conn, "delete from workplaces where account_id = $1", account))
}
