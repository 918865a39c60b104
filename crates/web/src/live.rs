//! The live feed of the dashboard: after each commit, at most once a second, everybody who looks gets new figures.
//!
//! Invariant: figures are computed once for each scope, not once for each dashboard, and a session that has ended gets
//! no further figure.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use base_core::area::Scope;
use base_core::permission::HOME_READ;
use base_core::time::{Moment, SECOND_US};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::{Mutex, watch};

use crate::app::App;
use crate::error::Problem;
use crate::session::Caller;
use crate::stats::{self, Dashboard, Own};

/// Figures that depend on the time alone, such as "in the last hour", are sent anew after this long.
const REFRESH: Duration = Duration::from_secs(15);
/// Least time between two events of one dashboard.
const PAUSE: Duration = Duration::from_secs(1);

/// The figures that were computed last, by scope.
pub struct LiveFeed {
    committed: watch::Receiver<u64>,
    closing: watch::Sender<bool>,
    computed: Mutex<Vec<(Scope, Moment, Arc<Dashboard>)>>,
}

impl LiveFeed {
    /// A feed that follows the desk's commits.
    pub fn new(committed: watch::Receiver<u64>) -> Self {
        Self { committed, closing: watch::Sender::new(false), computed: Mutex::default() }
    }

    /// Ends every feed: the house closes, and a browser that still wants figures asks again.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

/// `GET /api/v1/live`: server-sent events named `stats`.
pub async fn feed(
    State(app): State<App>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    caller.must(HOME_READ)?;
    let committed = app.live.committed.clone();
    let closing = app.live.closing.subscribe();
    let start = (app, caller, (committed, closing), true);
    let events = stream::unfold(start, |(app, caller, (mut committed, mut closing), first)| async move {
        if !first {
            let next = async {
                tokio::time::sleep(PAUSE).await;
                // Figures of the last hour change without a scan, so a wait that was too long is no error.
                let _waited = tokio::time::timeout(REFRESH, committed.changed()).await;
            };
            tokio::select! {
                _closing = closing.wait_for(|closing| *closing) => return None,
                () = next => {}
            }
        }
        committed.mark_unchanged();
        if !caller.still_there(&app).await {
            return None;
        }
        let event = match figures(&app, &caller).await {
            Ok(text) => Event::default().event("stats").data(text),
            Err(problem) => Event::default().comment(problem.detail()),
        };
        Some((Ok(event), (app, caller, (committed, closing), false)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// The figures of the scope with those of the person.
#[derive(Serialize)]
struct Figures<'f> {
    #[serde(flatten)]
    board: &'f Dashboard,
    #[serde(flatten)]
    own: Own,
}

async fn figures(app: &App, caller: &Caller) -> Result<String, Problem> {
    let board = of_scope(app, &caller.scope()).await?;
    let figures = Figures { board: &board, own: stats::own(app, caller).await? };
    Ok(serde_json::to_string(&figures).expect("figures are plain"))
}

async fn of_scope(app: &App, scope: &Scope) -> Result<Arc<Dashboard>, Problem> {
    let mut computed = app.live.computed.lock().await;
    let now = app.clock.now();
    computed.retain(|(_, at, _)| now.since_us(*at) < SECOND_US / 2);
    if let Some((_, _, board)) = computed.iter().find(|(of, ..)| of == scope) {
        return Ok(board.clone());
    }
    let board = stats::dashboard(app, scope).await?;
    computed.push((scope.clone(), now, board.clone()));
    Ok(board)
}
