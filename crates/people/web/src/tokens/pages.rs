//! `/profile/tokens`: a person's own tokens.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::area::Area;
use base_core::time::Moment;
use base_records::token::TokenLine;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use serde::Deserialize;

use super::work::{self, Asked};

const TIME: &str = "%d/%m/%y %H:%M";
/// What the form proposes.
const DAYS: u32 = 90;

struct Row {
    id: i64,
    name: String,
    permissions: String,
    area: String,
    created_at: String,
    ends_at: String,
    used_at: String,
    is_revoked: bool,
    is_over: bool,
}

impl Row {
    fn of(app: &App, frame: &Frame, line: TokenLine) -> Self {
        let time = |at: Option<i64>| at.map(|at| Moment(at).display(&app.settings.zone, TIME)).unwrap_or_default();
        Self {
            id: line.id,
            name: line.name,
            permissions: line.permissions.unwrap_or_else(|| frame.t("token-everything")),
            area: line.area.map(|area| Area::new(&area).title()).unwrap_or_default(),
            created_at: time(Some(line.created_at)),
            ends_at: time(line.expires_at),
            used_at: time(line.used_at),
            is_revoked: line.revoked_at.is_some(),
            is_over: line.expires_at.is_some_and(|at| at <= app.clock.now().0),
        }
    }
}

#[derive(Template)]
#[template(path = "tokens/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    permissions: Vec<&'static str>,
    areas: Vec<Area>,
    days: u32,
    days_max: u32,
    /// The text of a token that was just made.
    made: String,
    name: String,
    fault: String,
    said: Option<Said>,
}

#[derive(Default)]
struct Told {
    made: String,
    name: String,
    fault: String,
    said: Option<Said>,
}

/// What the last action was.
#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    said: String,
}

/// `GET /profile/tokens`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "profile");
    let said = match query.said.as_str() {
        "revoked" => Some(Said::yes(frame.t("token-revoked"))),
        "gone" => Some(Said::no(frame.t("token-gone"))),
        _ => None,
    };
    page(&app, &caller, Told { said, ..Told::default() }).await
}

async fn page(app: &App, caller: &Caller, told: Told) -> Result<Response, Problem> {
    caller.must_be_signed_in()?;
    let frame = Frame::of(caller, "profile");
    let rows = work::own(app, caller).await?.into_iter().map(|line| Row::of(app, &frame, line)).collect();
    let is_wrong = !told.fault.is_empty();
    let mut response = render(&ListPage {
        rows,
        permissions: caller.person.permission_names(),
        areas: work::areas(app, caller),
        days: DAYS,
        days_max: work::DAYS_MAX,
        made: told.made,
        name: told.name,
        fault: told.fault,
        said: told.said,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The form of a new token, as pairs: a permission is a field of its own, since there may be several.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct NewFields(Vec<(String, String)>);

impl NewFields {
    fn one(&self, name: &str) -> String {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn asked(&self) -> Asked {
        let chosen = self.0.iter().filter(|(field, _)| field == "permission").map(|(_, value)| value.clone());
        Asked {
            name: self.one("name"),
            permissions: (self.one("all") != "yes").then(|| chosen.collect()),
            area: self.one("area"),
            days: self.one("days").trim().parse().unwrap_or_default(),
        }
    }
}

/// `POST /profile/tokens`
pub async fn create(State(app): State<App>, form: Form<NewFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let asked = fields.asked();
    let name = asked.name.clone();
    match work::create(&app, &caller, asked).await {
        Ok((_, made)) => page(&app, &caller, Told { made, ..Told::default() }).await,
        Err(problem) => {
            let Some(field) = problem.field_name() else { return Err(problem) };
            let fault = Frame::of(&caller, "").t(&format!("token-wrong-{field}"));
            page(&app, &caller, Told { name, fault, ..Told::default() }).await
        }
    }
}

/// Which token is revoked.
#[derive(Deserialize)]
pub struct RevokeFields {
    id: i64,
}

/// `POST /profile/tokens/revoke`
pub async fn revoke(State(app): State<App>, form: Form<RevokeFields>) -> Result<Response, Problem> {
    let said = if work::revoke(&app, &form.caller, form.fields.id).await? { "revoked" } else { "gone" };
    Ok(Redirect::to(&format!("/profile/tokens?said={said}")).into_response())
}
