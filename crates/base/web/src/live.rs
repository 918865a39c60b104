//! The live feed: after each commit, at most once a second, every open page gets new figures.
//!
//! Invariant: a session that has ended, on whichever node, or a person whose rights have changed, gets no further figure, and
//! its feed ends within about a second. A browser asks for
//! the feed of the person that its page was made for, and gets no other.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::{FromRef, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use base_core::permission::HOME_READ;
use futures_util::future::select_all;
use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::Problem;
use crate::followed::{self, Following, LOOK};
use crate::parameters::Parameters;
use crate::session::Caller;

/// Figures that depend on the time alone, such as "in the last hour", are sent again after this long.
const REFRESH: Duration = Duration::from_secs(15);
/// The least time between two events of one page.
const PAUSE: Duration = Duration::from_secs(1);

/// The longest that a feed is quiet.
const BEAT: Duration = Duration::from_secs(15);
/// What nginx and others read: pass each piece on as it comes.
const NOT_BUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Figures that are sent to open pages.
#[async_trait]
pub trait LiveSource: Send + Sync + 'static {
    /// The name of the event that brings them.
    fn event(&self) -> &'static str;

    /// Changes whenever they may have changed.
    fn changes(&self) -> watch::Receiver<u64>;

    /// The figures for somebody, as JSON. Whoever asks at the same time should share the work.
    async fn figures(&self, caller: &Caller) -> Result<String, Problem>;
}

/// All figures that are sent to open pages.
#[derive(Clone)]
pub struct LiveFeed {
    sources: Arc<[Arc<dyn LiveSource>]>,
    closing: Arc<watch::Sender<bool>>,
    /// Counts what other nodes have called.
    elsewhere: Arc<watch::Sender<u64>>,
}

impl LiveFeed {
    /// A feed of these figures.
    pub fn new(sources: Vec<Arc<dyn LiveSource>>) -> Self {
        let (closing, elsewhere) = (Arc::new(watch::Sender::new(false)), Arc::new(watch::Sender::new(0)));
        Self { sources: sources.into(), closing, elsewhere }
    }

    /// What tells of changes on this node.
    pub fn changes_here(&self) -> Vec<watch::Receiver<u64>> {
        self.sources.iter().map(|source| source.changes()).collect()
    }

    /// Another node has changed something.
    pub fn changed_elsewhere(&self) {
        self.elsewhere.send_modify(|count| *count += 1);
    }

    /// Ends every feed: the server closes, and browsers connect again.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

/// What is handled here, with its description.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    App: FromRef<S>,
    LiveFeed: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(feed))
}

/// The feed of one page.
struct Follower {
    app: App,
    caller: Caller,
    feed: LiveFeed,
    changes: Vec<watch::Receiver<u64>>,
    closing: watch::Receiver<bool>,
    /// Tells that sessions have ended or rights have changed.
    forgotten: watch::Receiver<u64>,
    _following: Following,
    is_first: bool,
}

/// Whose feed is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// The id of the person that the page was made for. Somebody else is answered with 204: meanwhile another person has
    /// signed in.
    person: Option<i64>,
}

impl Follower {
    /// Waits for a change. False when the server closes, or the session has ended meanwhile.
    async fn wait(&mut self) -> bool {
        let Self { changes, closing, forgotten, caller, app, .. } = self;
        let next = async {
            tokio::time::sleep(PAUSE).await;
            let any = async {
                if changes.is_empty() {
                    std::future::pending::<()>().await;
                }
                let _changed = select_all(changes.iter_mut().map(|source| Box::pin(source.changed()))).await;
            };
            // Figures of the last hour change without a commit, so a timeout is not an error.
            let _waited = tokio::time::timeout(REFRESH, any).await;
        };
        let ended = async { while forgotten.changed().await.is_ok() && caller.still_there(app).await {} };
        // Another node tells nothing: what it has ended is looked for.
        let looking = async {
            loop {
                tokio::time::sleep(LOOK).await;
                followed::look(app).await;
            }
        };
        tokio::select! {
            () = looking => false,
            _closing = closing.wait_for(|closing| *closing) => false,
            () = ended => false,
            () = next => true,
        }
    }

    async fn events(&mut self) -> Vec<Result<Event, Infallible>> {
        for changes in &mut self.changes {
            changes.mark_unchanged();
        }
        let mut events = Vec::new();
        for source in &*self.feed.sources {
            events.push(Ok(match source.figures(&self.caller).await {
                Ok(text) => Event::default().event(source.event()).data(text),
                Err(problem) => Event::default().comment(problem.detail()),
            }));
        }
        events
    }
}

/// Sends figures after each change, at most once a second: server-sent events, each with the name of its figures.
#[utoipa::path(get, path = "/api/v1/live", params(FeedQuery), extensions(("x-permission" = json!(HOME_READ.name()))),
    responses(
        (status = 200, description = "Events for as long as the session lasts.", content_type = "text/event-stream"),
        (status = 204, description = "Somebody else is signed in than the person that was named."),
    ))]
pub async fn feed(
    State(app): State<App>,
    State(live): State<LiveFeed>,
    caller: Caller,
    Parameters(query): Parameters<FeedQuery>,
) -> Result<Response, Problem> {
    caller.must(HOME_READ)?;
    if query.person.is_some_and(|person| person != caller.person.id) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let follower = Follower {
        changes: [live.changes_here(), vec![live.elsewhere.subscribe()]].concat(),
        closing: live.closing.subscribe(),
        forgotten: app.sessions.forgotten(),
        _following: Following::new(&app, &caller),
        app,
        feed: live,
        caller,
        is_first: true,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        if !std::mem::take(&mut follower.is_first) && !follower.wait().await {
            return None;
        }
        if !follower.caller.still_there(&follower.app).await {
            return None;
        }
        let events = follower.events().await;
        Some((stream::iter(events), follower))
    });
    // A first byte at once, so that a proxy passes the head of the answer on; a beat, so that it does not take a quiet feed
    // for a dead one.
    let begun = stream::iter([Ok::<_, Infallible>(Event::default().comment("begun"))]);
    let feed = Sse::new(begun.chain(events.flatten())).keep_alive(KeepAlive::new().interval(BEAT));
    Ok(([(NOT_BUFFERED, "no"), (CACHE_CONTROL, "no-store")], feed).into_response())
}
