//! What lasts longer than a request: live feeds and downloads. They end with the session or the token that they were
//! asked for with, whichever node ended it.
//!
//! Invariant: however many feeds are open, a node looks at their sessions together, twice a second at most.

use std::collections::HashSet;
use std::time::Duration;

use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::StoreError;
use base_records::{session, token};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};

use crate::app::App;
use crate::memory::{Kind, MemoryKey};
use crate::session::{Caller, STAFF, idle_since};

/// How long it takes at most until a node looks again.
pub(crate) const LOOK: Duration = Duration::from_millis(500);

/// One that is followed until this is dropped.
pub(crate) struct Following {
    app: App,
    key: MemoryKey,
}

impl Following {
    /// Follows the session or token of a caller.
    pub(crate) fn new(app: &App, caller: &Caller) -> Self {
        let key = caller.memory_key();
        app.followed.begin(&key);
        Self { app: app.clone(), key }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.app.followed.end(&self.key);
    }
}

/// Looks whether all that are followed are still there. If one is not, everybody who follows is told to look again.
pub(crate) async fn look(app: &App) {
    let now = app.clock.now();
    if !app.followed.is_turn(now) {
        return;
    }
    match gone(app, now).await {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => {
            // Told once: a feed that nobody reads may take a while to end.
            app.followed.forget(&gone);
            app.sessions.forget_all();
        }
        // Each feed looks by itself before its next figures.
        Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "nobody looked at what is followed"),
    }
}

/// Those that are followed and open nothing any more.
async fn gone(app: &App, now: Moment) -> Result<Vec<MemoryKey>, StoreError> {
    let mut gone = Vec::new();
    // Tokens are of staff alone.
    for (realm, kind) in [(STAFF, Kind::Session), (Realm::Customer, Kind::Session), (STAFF, Kind::Token)] {
        let followed = app.followed.hashes(realm, kind);
        if followed.is_empty() {
            continue;
        }
        let hashes: Vec<&str> = followed.iter().map(String::as_str).collect();
        let mut reader = app.db.read().await?;
        let open = match kind {
            Kind::Session => {
                session::open_of(reader.conn(), realm, &hashes, (now, idle_since(app, realm, now))).await?
            }
            Kind::Token => token::open_of(reader.conn(), realm, &hashes, now).await?,
        };
        let open: HashSet<String> = open.into_iter().collect();
        gone.extend(followed.into_iter().filter(|hash| !open.contains(hash)).map(|hash| (realm, kind, hash)));
    }
    Ok(gone)
}

/// The pieces of a file for as long as its caller is there; then it is cut off and does not look complete.
pub fn while_there<S>(
    app: &App,
    caller: &Caller,
    pieces: S,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + use<S>
where
    S: Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static,
{
    let begin = Some((Box::pin(pieces), app.clone(), caller.clone()));
    stream::unfold(begin, |going_on| async move {
        let (mut pieces, app, caller) = going_on?;
        if !caller.still_there(&app).await {
            return Some((Err(std::io::Error::other("the session has ended")), None));
        }
        let piece = pieces.next().await?;
        Some((piece, Some((pieces, app, caller))))
    })
}
