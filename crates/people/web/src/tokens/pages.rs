//! `/profile/tokens`: a person's own tokens.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::area::Area;
use base_core::time::Moment;
use base_records::token::TokenLine;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::list::{self, Cell, Column, Kept, List, ListKind, Row, Tone};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, TIME};
use serde::Deserialize;

use super::work::{self, Asked};
use crate::said::{SaidQuery, Told, answer};

/// What the form proposes.
const DAYS: u32 = 90;

/// The list of one's own tokens.
pub const TOKENS: &ListKind = &ListKind {
    id: "tokens",
    path: "/profile/tokens",
    title: "tokens",
    columns: &[
        Column::key("name", "token-name"),
        Column::new("status", "status"),
        Column::new("permissions", "token-permissions"),
        Column::new("area", "token-area"),
        Column::new("created", "token-created").on_demand(),
        Column::new("used", "token-used"),
        Column::new("ends", "token-ends"),
        Column::acts("acts", "session-actions"),
    ],
};

fn row(app: &App, frame: &Frame, line: TokenLine) -> Row {
    let time = |at: Option<i64>| at.map(|at| Cell::time(Moment(at).display(&app.settings.zone, TIME)));
    let is_over = line.expires_at.is_some_and(|at| at <= app.clock.now().0);
    let (tone, state) = match (line.revoked_at, is_over) {
        (Some(_), _) => (Tone::Plain, "token-is-revoked"),
        (None, true) => (Tone::Look, "token-is-over"),
        (None, false) => (Tone::Ok, "token-in-use"),
    };
    let revoke = |name: &str| {
        let fields = vec![("id", line.id.to_string())];
        let label = frame.t1("token-revoke-of", "name", name);
        Cell::button(frame.t("token-revoke"), label, "/profile/tokens/revoke".into(), fields)
    };
    let acts = if line.revoked_at.is_none() { revoke(&line.name) } else { Cell::default() };
    Row::new()
        .with("name", Cell::words(line.name))
        .with("status", Cell::chip(tone, frame.t(state)))
        .with("permissions", Cell::words(line.permissions.unwrap_or_else(|| frame.t("token-everything"))))
        .with("area", Cell::words(line.area.map(|area| Area::new(&area).title()).unwrap_or_default()))
        .with("created", time(Some(line.created_at)).unwrap_or_default())
        .with("used", time(line.used_at).unwrap_or_default())
        .with("ends", time(line.expires_at).unwrap_or_default())
        .with("acts", acts)
}

#[derive(Template)]
#[template(path = "tokens/list.html")]
struct ListPage {
    frame: Frame,
    tools: Fragment,
    list: Fragment,
    has_rows: bool,
    permissions: Vec<&'static str>,
    areas: Vec<Area>,
    days: u32,
    days_max: u32,
    /// The text of a token that was just made.
    made: String,
    told: Told,
}

/// `GET /profile/tokens`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<SaidQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "profile");
    let told = Told::of_revoked(&frame, &query, "token-revoked", "token-gone");
    page(&app, &caller, told, String::new()).await
}

async fn page(app: &App, caller: &Caller, told: Told, made: String) -> Result<Response, Problem> {
    caller.must_be_signed_in()?;
    let frame = Frame::of(caller, "profile");
    let kept = Kept::of(app.db.read().await?.conn(), caller, TOKENS).await?;
    let rows: Vec<Row> = work::own(app, caller).await?.into_iter().map(|line| row(app, &frame, line)).collect();
    let is_wrong = told.is_wrong();
    let page = ListPage {
        tools: list::columns_of(&frame, TOKENS, &kept, "")?,
        has_rows: !rows.is_empty(),
        list: List::new(&frame, TOKENS, &kept, rows).shown()?,
        permissions: caller.person.permission_names(),
        areas: work::areas(app, caller),
        days: DAYS,
        days_max: work::DAYS_MAX,
        made,
        told,
        frame,
    };
    Ok(answer(&page, is_wrong))
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
        Ok((_, made)) => page(&app, &caller, Told::default(), made).await,
        Err(problem) => {
            let told = Told::of_fault(&Frame::of(&caller, ""), problem, "token", name)?;
            page(&app, &caller, told, String::new()).await
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
