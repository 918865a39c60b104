//! `/profile/sessions`, and what it shares with the list of everybody, which is in `list`.

pub mod list;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_records::session::SessionLine;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, TIME, render};
use serde::Deserialize;

use super::work;
use crate::agent::agent_in_short;

/// A session as pages show it.
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) account_id: AccountId,
    pub(crate) person: String,
    pub(crate) address: String,
    pub(crate) agent: String,
    pub(crate) device: String,
    pub(crate) created_at: String,
    pub(crate) seen_at: String,
    pub(crate) ends_at: String,
    pub(crate) is_locked: bool,
    pub(crate) is_this: bool,
}

impl Shown {
    pub(crate) fn of(app: &App, caller: &Caller, realm: Realm, line: SessionLine) -> Self {
        let time = |at: i64| Moment(at).display(&app.settings.zone, TIME);
        Self {
            id: line.id().to_owned(),
            account_id: line.account_id,
            ends_at: time(line.expires_at),
            is_locked: work::is_locked(app, realm, &line),
            is_this: line.token_hash == caller.session_hash,
            created_at: time(line.created_at),
            seen_at: time(line.seen_at),
            person: line.username,
            address: line.address,
            agent: agent_in_short(&line.agent),
            device: line.device.unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "sessions/own.html")]
struct OwnPage {
    frame: Frame,
    rows: Vec<Shown>,
    said: Option<Said>,
}

#[derive(Template)]
#[template(path = "portal/sessions.html")]
struct CustomerPage {
    frame: Frame,
    rows: Vec<Shown>,
    said: Option<Said>,
}

pub(crate) fn said(frame: &Frame, what: &str) -> Option<Said> {
    if let Some(n) = what.strip_prefix("ended-").and_then(|n| n.parse::<u64>().ok()) {
        return Some(Said::yes(frame.count("sessions-ended", n)));
    }
    match what {
        "none" => Some(Said::no(frame.t("picked-nothing"))),
        "gone" => Some(Said::no(frame.t("session-gone"))),
        "nobody" => Some(Said::no(frame.t("report-wrong-person"))),
        _ => None,
    }
}

/// Which session ends, or whose.
#[derive(Deserialize)]
pub struct EndFields {
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) person: String,
    #[serde(default)]
    pub(crate) realm: String,
}

pub(crate) fn back(path: &str, realm: &str, said: &str) -> Response {
    let realm = if realm.is_empty() { String::new() } else { format!("realm={realm}&") };
    Redirect::to(&format!("{path}?{realm}said={said}")).into_response()
}

/// The page of the caller's own sessions.
fn own_page(caller: &Caller) -> &'static str {
    match caller.person.realm {
        Realm::Staff => "/profile/sessions",
        Realm::Customer => "/portal/sessions",
    }
}

/// What the last action was.
#[derive(Deserialize)]
pub struct OwnQuery {
    #[serde(default)]
    said: String,
}

/// `GET /profile/sessions` and `GET /portal/sessions`
pub async fn own(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<OwnQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "profile");
    let said = said(&frame, &query.said);
    let sessions = work::own(&app, &caller).await?;
    let rows = sessions.into_iter().map(|line| Shown::of(&app, &caller, caller.person.realm, line)).collect();
    Ok(match caller.person.realm {
        Realm::Staff => render(&OwnPage { frame, rows, said }),
        Realm::Customer => render(&CustomerPage { frame, rows, said }),
    })
}

/// `POST /profile/sessions/end` and `POST /portal/sessions/end`
pub async fn end_own(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    // Who may end any session ends their own here all the same.
    let is_own = work::own(&app, &caller).await?.iter().any(|line| line.id() == fields.id);
    let said =
        if is_own && work::end(&app, &caller, caller.person.realm, &fields.id).await? { "ended-1" } else { "gone" };
    Ok(back(own_page(&caller), "", said))
}

/// `POST /profile/sessions/end-others` and `POST /portal/sessions/end-others`
pub async fn end_others(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let ended = work::end_others(&app, &form.caller).await?;
    Ok(back(own_page(&form.caller), "", &format!("ended-{ended}")))
}
