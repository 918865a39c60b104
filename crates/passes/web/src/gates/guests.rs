//! The names of guests, looked up for all requests that wait for some at the same time. A look-up for each request would
//! cost a gate at full load more than its scans do.
//!
//! Invariant: nothing is remembered; who is answered gets what stood in the database after they asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base_db::{Db, StoreError};
use passes_store::pass::{self, PassLine};
use tokio::sync::oneshot;

/// Most passes that are looked up at once; who asks for more waits for a second look.
const AT_ONCE_MAX: usize = 400;

/// Passes by their ids.
type Found = Arc<BTreeMap<String, PassLine>>;

/// Looks passes up for whoever waits. Cheap to clone.
#[derive(Clone, Default)]
pub struct Guests(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    asked: Vec<Ask>,
    is_looking: bool,
}

struct Ask {
    passes: Vec<String>,
    found: oneshot::Sender<Found>,
}

impl Guests {
    /// These passes, as far as there are such.
    pub async fn find(&self, db: &Db, passes: &[String]) -> Result<Found, StoreError> {
        let (found, answer) = oneshot::channel();
        let begins = {
            let mut waiting = self.0.lock().expect("no holder panics");
            waiting.asked.push(Ask { passes: passes.to_vec(), found });
            !std::mem::replace(&mut waiting.is_looking, true)
        };
        if begins {
            // A task of its own: whoever asks may go away, and others wait for the same look.
            tokio::spawn(self.clone().look(db.clone()));
        }
        match answer.await {
            Ok(found) => Ok(found),
            // The look failed. Each asks again, and learns why.
            Err(_failed) => look_up(db, passes.iter().map(String::as_str)).await,
        }
    }

    /// Looks until nobody waits.
    async fn look(self, db: Db) {
        while let Some(asked) = self.next() {
            let passes = asked.iter().flat_map(|ask| &ask.passes).map(String::as_str);
            let Ok(found) = look_up(&db, passes).await else { continue };
            for ask in asked {
                // Whoever went away needs no answer.
                let _gone = ask.found.send(found.clone());
            }
        }
    }

    /// Those who wait now, as many as one look is for; none ends it.
    fn next(&self) -> Option<Vec<Ask>> {
        let mut waiting = self.0.lock().expect("no holder panics");
        let mut passes = 0;
        let fits = waiting.asked.iter().take_while(|ask| {
            passes += ask.passes.len();
            passes <= AT_ONCE_MAX
        });
        let count = fits.count().max(1).min(waiting.asked.len());
        waiting.is_looking = count > 0;
        (count > 0).then(|| waiting.asked.drain(..count).collect())
    }
}

async fn look_up(db: &Db, passes: impl Iterator<Item = &str>) -> Result<Found, StoreError> {
    let mut ids: Vec<&str> = passes.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = pass::find_all(db.read().await?.conn(), &ids).await?;
    Ok(Arc::new(found.into_iter().map(|line| (line.id.clone(), line)).collect()))
}
