//! What lasts longer than a request: live feeds and downloads. They end with the session or the token that they were
//! asked for with, whichever node ended it.
//!
//! Invariant: however many feeds are open, a node looks at their sessions together, twice a second at most.

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
    match all_are_there(app, now).await {
        Ok(true) => {}
        Ok(false) => app.sessions.forget_all(),
        // Each feed looks by itself before its next figures.
        Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "nobody looked at what is followed"),
    }
}

fn texts(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

async fn all_are_there(app: &App, now: Moment) -> Result<bool, StoreError> {
    let mut reader = app.db.read().await?;
    for realm in Realm::ALL {
        let (sessions, idle) = (app.followed.hashes(realm, Kind::Session), idle_since(app, realm, now));
        if sessions.is_empty() {
            continue;
        }
        let there = session::count_open(reader.conn(), realm, &texts(&sessions), (now, idle)).await?;
        if there < sessions.len() {
            return Ok(false);
        }
    }
    let tokens = app.followed.hashes(STAFF, Kind::Token);
    if tokens.is_empty() {
        return Ok(true);
    }
    Ok(token::count_open(reader.conn(), STAFF, &texts(&tokens), now).await? == tokens.len())
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
