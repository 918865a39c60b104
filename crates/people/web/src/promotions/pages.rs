//! The page on which somebody asks for a higher role, and the one on which admins decide.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::Role;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::list::{self, Cell, Column, Kept, List, ListKind, Row, Tone};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, render};
use people_rules::permission::{PROMOTION_ASK, PROMOTION_DECIDE};
use people_rules::promotion::WORDS_CHARS_MAX;
use people_store::promotion::Request;
use serde::Deserialize;

use super::work;
use crate::accounts::pages::shown;
use crate::profile::pages::{SECTIONS, Section};
use crate::refused;
use crate::refused::Fault;
use crate::state::People;

/// A request as pages show it.
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) account_id: i64,
    pub(crate) called: String,
    pub(crate) reason: String,
    pub(crate) status: String,
    pub(crate) notes: String,
    pub(crate) decided_by: String,
    pub(crate) requested_at: String,
    pub(crate) decided_at: String,
}

impl Shown {
    fn of(request: Request, app: &People) -> Self {
        Self {
            id: request.id,
            account_id: request.account_id,
            called: request.called,
            reason: request.reason,
            status: request.status,
            notes: request.admin_notes.unwrap_or_default(),
            decided_by: request.decided_by.unwrap_or_default(),
            requested_at: shown(Moment(request.requested_at), app),
            decided_at: request.processed_at.map(|at| shown(Moment(at), app)).unwrap_or_default(),
        }
    }

    fn status_key(&self) -> String {
        format!("promotion-{}", self.status)
    }

    fn tone(&self) -> Tone {
        match self.status.as_str() {
            "approved" => Tone::Ok,
            "rejected" => Tone::Stop,
            _ => Tone::Look,
        }
    }

    fn row(&self, frame: &Frame) -> Row {
        Row::new()
            .with("person", Cell::link(&self.called, format!("/admin/users/{}", self.account_id)))
            .with("status", Cell::chip(self.tone(), frame.t(&self.status_key())))
            .with("reason", Cell::words(&self.reason))
            .with("words", Cell::words(&self.notes))
            .with("asked", Cell::time(&self.requested_at))
            .with("decided", Cell::time_by(&self.decided_at, &self.decided_by))
    }
}

/// The list of requests that were decided.
pub const PROMOTIONS: &ListKind = &ListKind {
    id: "promotions",
    path: "/admin/promotions",
    title: "promotions-decided",
    columns: &[
        Column::key("person", "user-name-of"),
        Column::new("status", "status"),
        Column::new("reason", "promotion-reason"),
        Column::new("words", "promotion-words"),
        Column::new("asked", "promotion-asked-at").on_demand(),
        Column::new("decided", "promotion-decided"),
    ],
};

#[derive(Template)]
#[template(path = "promotions/own.html")]
pub(crate) struct OwnPage {
    pub(crate) frame: Frame,
    pub(crate) sections: &'static [Section],
    pub(crate) here: &'static str,
    pub(crate) requests: Vec<Shown>,
    /// True for who may ask now.
    pub(crate) may_ask: bool,
    pub(crate) is_admin: bool,
    pub(crate) reason: String,
    pub(crate) chars_max: usize,
    pub(crate) fault: Option<Fault>,
    pub(crate) said: Option<Said>,
}

impl OwnPage {
    fn fault(&self, _field: &str) -> &str {
        self.fault.as_ref().map_or("", |(_, words)| words.as_str())
    }
}

async fn own_page(app: &People, caller: &Caller) -> Result<OwnPage, Problem> {
    let requests = work::own(app, caller).await?;
    let is_admin = caller.person.roles.contains(&Role::Admin);
    Ok(OwnPage {
        frame: Frame::of(caller, "profile"),
        sections: SECTIONS,
        here: "/promotion",
        may_ask: !is_admin && requests.iter().all(|request| request.status != "pending"),
        is_admin,
        requests: requests.into_iter().map(|request| Shown::of(request, app)).collect(),
        reason: String::new(),
        chars_max: WORDS_CHARS_MAX,
        fault: None,
        said: None,
    })
}

/// `GET /promotion`
pub async fn own(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let mut page = own_page(&app, &caller).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    page.said = (said == "asked").then(|| Said::yes(page.frame.t("promotion-said-asked")));
    Ok(render(&page))
}

/// A request.
#[derive(Deserialize)]
pub struct AskFields {
    #[serde(default)]
    reason: String,
}

/// `POST /promotion`
pub async fn ask(State(app): State<People>, form: Form<AskFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PROMOTION_ASK)?;
    match work::ask(&app, &caller, &fields.reason).await {
        Ok(_) => Ok(Redirect::to("/promotion?said=asked").into_response()),
        Err(failed) => {
            let mut page = own_page(&app, &caller).await?;
            page.fault = Some(refused::fault(&page.frame, failed)?);
            page.reason = fields.reason;
            let mut response = render(&page);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

#[derive(Template)]
#[template(path = "promotions/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) waiting: Vec<Shown>,
    pub(crate) tools: Fragment,
    pub(crate) decided: Fragment,
    pub(crate) has_decided: bool,
    pub(crate) chars_max: usize,
    pub(crate) said: Option<Said>,
}

async fn list_page(app: &People, caller: &Caller) -> Result<ListPage, Problem> {
    let all = work::all(app, caller).await?.into_iter().map(|request| Shown::of(request, app));
    let (waiting, decided): (Vec<Shown>, Vec<Shown>) = all.partition(|request| request.status == "pending");
    let frame = Frame::of(caller, "promotions");
    let kept = Kept::of(app.db.read().await?.conn(), caller, PROMOTIONS).await?;
    let rows = decided.iter().map(|request| request.row(&frame)).collect();
    Ok(ListPage {
        waiting,
        tools: list::columns_of(&frame, PROMOTIONS, &kept, "")?,
        has_decided: !decided.is_empty(),
        decided: List::new(&frame, PROMOTIONS, &kept, rows).shown()?,
        chars_max: WORDS_CHARS_MAX,
        said: None,
        frame,
    })
}

/// `GET /admin/promotions`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let mut page = list_page(&app, &caller).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let known = ["approve", "reject"].contains(&said.as_str());
    page.said = known.then(|| Said::yes(page.frame.t(&format!("promotion-said-{said}"))));
    Ok(render(&page))
}

/// A decision.
#[derive(Deserialize)]
pub struct DecideFields {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    notes: String,
}

/// `POST /admin/promotions/{id}`
pub async fn decide(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<DecideFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PROMOTION_DECIDE)?;
    let decided = async {
        let (id, decision) = (work::number(&id)?, work::decision(&fields.decision)?);
        work::decide(&app, &caller, id, decision, &fields.notes).await
    };
    match decided.await {
        Ok(_) => Ok(Redirect::to(&format!("/admin/promotions?said={}", fields.decision)).into_response()),
        Err(failed) => {
            let mut page = list_page(&app, &caller).await?;
            let (_, words) = refused::fault(&page.frame, failed)?;
            page.said = Some(Said::no(words));
            let mut response = render(&page);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
