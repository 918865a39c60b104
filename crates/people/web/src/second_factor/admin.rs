//! `/admin/second-factors`: who has a second factor, and switching off one that was lost.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::{ACCOUNT_MANAGE, Role};
use base_records::second_factor;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use base_web::view::{Frame, Said, path_part, render};
use serde::Deserialize;

use super::work;

/// Most names that are listed.
const NAMES_MAX: u32 = 200;

#[derive(Template)]
#[template(path = "second_factor/admin.html")]
struct AdminPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Admins who have none.
    without: Vec<String>,
    said: Option<Said>,
}

struct Row {
    role: Role,
    with: i64,
    people: i64,
}

/// What the last action was.
#[derive(Deserialize)]
pub struct AdminQuery {
    #[serde(default)]
    said: String,
    #[serde(default)]
    name: String,
}

/// Whose second factor is switched off.
#[derive(Deserialize)]
pub struct OffFields {
    #[serde(default)]
    username: String,
}

/// `GET /admin/second-factors`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<AdminQuery>,
) -> Result<Response, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let frame = Frame::of(&caller, "second-factors");
    let mut reader = app.db.snapshot().await?;
    let adoption = second_factor::adoption(reader.conn(), STAFF).await?;
    let without = second_factor::names(reader.conn(), (STAFF, Role::Admin), false, NAMES_MAX).await?;
    let rows = adoption.into_iter().map(|one| Row { role: one.role, with: one.with, people: one.people }).collect();
    let said = match query.said.as_str() {
        "off" => Some(Said::yes(frame.t1("second-factor-off-for", "name", &query.name))),
        "none" => Some(Said::no(frame.t1("second-factor-none-for", "name", &query.name))),
        "nobody" => Some(Said::no(frame.t("second-factor-nobody"))),
        _ => None,
    };
    Ok(render(&AdminPage { frame, rows, without, said }))
}

/// `POST /admin/second-factors/off`
pub async fn turn_off(State(app): State<App>, form: Form<OffFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(ACCOUNT_MANAGE)?;
    caller.must_be_signed_in()?;
    let said = match work::turn_off_for(&app, &caller, &fields.username).await {
        Ok(true) => "off",
        Ok(false) => "none",
        Err(problem) if problem.code() == Problem::NOBODY => "nobody",
        Err(problem) => return Err(problem),
    };
    let name = path_part(fields.username.trim());
    Ok(Redirect::to(&format!("/admin/second-factors?said={said}&name={name}")).into_response())
}
