//! The live feed over several nodes: a node that has changed something calls, and the others send their figures again.
//!
//! Invariant: a call only saves time. A feed that heard none sends its figures again all the same.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use base_db::{Db, StoreError};
use futures_util::future::select_all;
use tokio::sync::watch;

use crate::live::LiveFeed;

/// The least time between two calls of a node.
const PAUSE: Duration = Duration::from_millis(500);
/// When it is tried again after the database could not be reached.
const AGAIN: Duration = Duration::from_secs(5);

/// Calls after each change on this node and hears the calls of others, until the server closes. `node` is a name that no
/// other node has.
pub async fn run(feed: LiveFeed, db: Db, node: Arc<str>, mut closing: watch::Receiver<bool>) {
    if !db.is_shared() {
        return;
    }
    tokio::select! {
        _closing = closing.wait_for(|closing| *closing) => {}
        never = tell(&feed, &db, &node) => match never {},
        never = hear(&feed, &db, &node) => match never {},
    }
}

async fn tell(feed: &LiveFeed, db: &Db, node: &str) -> Infallible {
    let mut changes = feed.changes_here();
    if changes.is_empty() {
        std::future::pending::<()>().await;
    }
    loop {
        drop(select_all(changes.iter_mut().map(|source| Box::pin(source.changed()))).await);
        for source in &mut changes {
            source.mark_unchanged();
        }
        if let Err(error) = db.call(node).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "other nodes were not told of a change");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(feed: &LiveFeed, db: &Db, node: &str) -> Infallible {
    loop {
        let heard = hear_until_quiet(feed, db, node).await;
        if let Err(error) = &heard {
            tracing::debug!(error = error as &dyn std::error::Error, "other nodes are not heard");
        }
        if heard.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn hear_until_quiet(feed: &LiveFeed, db: &Db, node: &str) -> Result<(), StoreError> {
    let Some(mut calls) = db.calls().await? else { return Ok(()) };
    while let Some(caller) = calls.next().await? {
        if caller != node {
            feed.changed_elsewhere();
        }
    }
    Ok(())
}
