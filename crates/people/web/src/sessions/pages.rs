//! `/admin/sessions` and `/profile/sessions`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::ACCOUNT_MANAGE;
use base_core::time::Moment;
use base_records::session::SessionLine;
use base_web::app::App;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use base_web::view::{Frame, Said, render};
use serde::Deserialize;

use super::work::{self, Asked, SessionPage};
use crate::agent::agent_in_short;

/// `DD/MM/YY HH:MM`.
const TIME: &str = "%d/%m/%y %H:%M";

/// A session as pages show it.
struct Row {
    id: String,
    person: String,
    address: String,
    agent: String,
    device: String,
    created_at: String,
    seen_at: String,
    is_locked: bool,
    is_this: bool,
}

impl Row {
    fn of(app: &App, caller: &Caller, line: SessionLine) -> Self {
        let time = |at: i64| Moment(at).display(&app.settings.zone, TIME);
        Self {
            id: line.id().to_owned(),
            is_locked: work::is_locked(app, &line),
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
#[template(path = "sessions/list.html")]
struct ListPage {
    frame: Frame,
    bar: FilterBar,
    rows: Vec<Row>,
    next: Option<String>,
    /// The realm, as forms send it.
    realm: String,
    said: Option<Said>,
}

#[derive(Template)]
#[template(path = "sessions/own.html")]
struct OwnPage {
    frame: Frame,
    rows: Vec<Row>,
    said: Option<Said>,
}

/// What the address of the list holds.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    cursor: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    realm: String,
    #[serde(default)]
    said: String,
}

/// `GET /admin/sessions`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "sessions");
    let asked = Asked { realm: &query.realm, text: &query.q, cursor: &query.cursor, limit: work::PAGE };
    let (page, wrong) = match work::page(&app, &caller, asked).await {
        Ok(page) => (page, None),
        Err(problem) => (SessionPage::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let is_wrong = wrong.is_some();
    let realms = ["staff", "customer"].map(|name| Choice::new(name, frame.t(&format!("realm-{name}"))));
    let bar = FilterBar::new("/admin/sessions", "session-filters")
        .text("q", frame.t("sessions-find"), Some(&query.q))
        .choice("realm", frame.t("realm"), Some(&query.realm), realms.into())
        .wrong(wrong);
    let said = said(&frame, &query.said);
    let rows = page.sessions.into_iter().map(|line| Row::of(&app, &caller, line)).collect();
    let mut response = render(&ListPage { frame, bar, rows, next: page.next, realm: query.realm, said });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn said(frame: &Frame, what: &str) -> Option<Said> {
    if let Some(n) = what.strip_prefix("ended-").and_then(|n| n.parse::<u64>().ok()) {
        return Some(Said::yes(frame.count("sessions-ended", n)));
    }
    match what {
        "gone" => Some(Said::no(frame.t("session-gone"))),
        "nobody" => Some(Said::no(frame.t("report-wrong-person"))),
        _ => None,
    }
}

/// Which session ends, or whose.
#[derive(Deserialize)]
pub struct EndFields {
    #[serde(default)]
    id: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    realm: String,
}

/// `POST /admin/sessions/end`
pub async fn end(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(ACCOUNT_MANAGE)?;
    let realm = work::realm_of_action(&fields.realm)?;
    let said = if work::end(&app, &caller, realm, &fields.id).await? { "ended-1" } else { "gone" };
    Ok(back("/admin/sessions", &fields.realm, said))
}

/// `POST /admin/sessions/end-all`
pub async fn end_all(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(ACCOUNT_MANAGE)?;
    let realm = work::realm_of_action(&fields.realm)?;
    let said = match work::end_all(&app, &caller, realm, &fields.person).await {
        Ok(ended) => format!("ended-{ended}"),
        Err(problem) if problem.code() == Problem::NOBODY => "nobody".to_owned(),
        Err(problem) => return Err(problem),
    };
    Ok(back("/admin/sessions", &fields.realm, &said))
}

fn back(path: &str, realm: &str, said: &str) -> Response {
    let realm = if realm.is_empty() { String::new() } else { format!("realm={realm}&") };
    Redirect::to(&format!("{path}?{realm}said={said}")).into_response()
}

/// What the last action was.
#[derive(Deserialize)]
pub struct OwnQuery {
    #[serde(default)]
    said: String,
}

/// `GET /profile/sessions`
pub async fn own(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<OwnQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "profile");
    let said = said(&frame, &query.said);
    let sessions = work::own(&app, &caller).await?;
    let rows = sessions.into_iter().map(|line| Row::of(&app, &caller, line)).collect();
    Ok(render(&OwnPage { frame, rows, said }))
}

/// `POST /profile/sessions/end`
pub async fn end_own(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    // Who may end any session ends their own here all the same.
    let is_own = work::own(&app, &caller).await?.iter().any(|line| line.id() == fields.id);
    let said = if is_own && work::end(&app, &caller, STAFF, &fields.id).await? { "ended-1" } else { "gone" };
    Ok(back("/profile/sessions", "", said))
}

/// `POST /profile/sessions/end-others`
pub async fn end_others(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let ended = work::end_others(&app, &form.caller).await?;
    Ok(back("/profile/sessions", "", &format!("ended-{ended}")))
}
