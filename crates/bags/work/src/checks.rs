//! What can be checked of bags: whether search knows every code, and whether figures say what rows say.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use bags_rules::rules::Rules;
use bags_store::{counter, person_scans, search};
use base_db::{Conn, Db, StoreError};
use base_seams::{Check, Finding};

/// What to do when figures are not what rows say: the program writes both together, so something else changed them.
const CURE: &str = "restore the newest backup whose check is well, and find out what changed the database";

/// Every check of this wing, in the order in which they are told.
pub fn all(rules: &Rules) -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Search), Arc::new(Figures { capacity: rules.capacity })]
}

/// How far search is behind. Codes that wait are found all the same, only slower where they are very many.
struct Search;

#[async_trait]
impl Check for Search {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let waiting = search::waiting(db).await?;
        Ok(vec![Finding::well(format!("search knows every code; {waiting} of them wait to be sorted in"))])
    }
}

/// Whether figures say what rows say. A site at work changes meanwhile: what is compared is of one moment.
struct Figures {
    /// Most children in one parent.
    capacity: u32,
}

#[async_trait]
impl Check for Figures {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let mut snapshot = db.snapshot().await?;
        let mut found = counters(snapshot.conn()).await?;
        let wrong = counter::wrong_parents(snapshot.conn(), self.capacity).await?;
        let well = "every parent has as many children as links";
        found.extend(Finding::of_each(&wrong, well, "the links do not give the count or the status of parent", CURE));
        let wrong = counter::wrong_bills(snapshot.conn()).await?;
        let well = "every bill says what stands on it";
        found.extend(Finding::of_each(&wrong, well, "what a bill says is not what stands on it:", CURE));
        let wrong: Vec<String> = person_scans::wrong(snapshot.conn()).await?.iter().map(ToString::to_string).collect();
        let well = "the figures of all people equal a recount";
        found.extend(Finding::of_each(&wrong, well, "the scans do not give the figures of account", CURE));
        Ok(found)
    }
}

/// Whether every counter is what a recount says.
async fn counters(mut conn: Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let stored = counter::stored(conn.reborrow()).await?;
    let counted = counter::recount(conn).await?;
    if stored == counted {
        return Ok(vec![Finding::well(format!("{} counters equal a recount", counted.len()))]);
    }
    let keys: BTreeSet<_> = stored.keys().chain(counted.keys()).collect();
    let told = keys.into_iter().filter_map(|key| {
        let (has, should) = (stored.get(key).copied(), counted.get(key).copied());
        let (name, area) = (key.0.name(), key.1.as_ref().map_or("no area", |area| area.as_str()));
        let (is, says) = (has.unwrap_or_default(), should.unwrap_or_default());
        (has != should).then(|| Finding::wrong(format!("{name} of {area} is {is}, a recount says {says}"), CURE))
    });
    Ok(told.collect())
}
