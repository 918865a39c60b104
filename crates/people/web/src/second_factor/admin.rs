//! `/admin/second-factors`: who has a second factor, and switching off one that was lost.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::{ACCOUNT_MANAGE, Role};
use base_records::second_factor;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::list::{self, Cell, Column, Kept, List, ListKind, Row};
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use base_web::view::{Fragment, Frame, Said, path_part, render};
use people_store::account;
use people_store::account::Filter;
use serde::Deserialize;

use super::work;
use crate::accounts::pages::Shown;
use crate::accounts::pages::list::signed_in;
use crate::state::People;

/// Most people that are listed.
const PEOPLE_MAX: u32 = 200;

/// The list of admins without a second factor.
pub const WITHOUT: &ListKind = &ListKind {
    id: "second-factors",
    path: "/admin/second-factors",
    title: "second-factor-admins-without",
    columns: &[
        Column::key("name", "user-name-of"),
        Column::new("status", "status"),
        Column::new("email", "user-email"),
        Column::new("signed_in", "user-signed-in"),
        Column::new("created", "user-created").on_demand(),
    ],
};

fn without_row(user: &Shown, frame: &Frame) -> Row {
    let name = Cell::link(&user.called, format!("/admin/users/{}", user.id));
    Row::new()
        .with("name", if user.called == user.username { name } else { name.with_note(&user.username) })
        .with("status", Cell::chip(user.tone(), frame.t(&user.state_key())))
        .with("email", Cell::words(&user.email))
        .with("signed_in", signed_in(frame, &user.signed_in_at))
        .with("created", Cell::time(&user.created_at))
}

#[derive(Template)]
#[template(path = "second_factor/admin.html")]
struct AdminPage {
    frame: Frame,
    rows: Vec<InRole>,
    tools: Fragment,
    /// Admins who have none.
    without: Fragment,
    has_without: bool,
    said: Option<Said>,
}

struct InRole {
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
    State(app): State<People>,
    caller: Caller,
    Parameters(query): Parameters<AdminQuery>,
) -> Result<Response, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let frame = Frame::of(&caller, "second-factors");
    let mut reader = app.db.snapshot().await?;
    let adoption = second_factor::adoption(reader.conn(), STAFF).await?;
    let filter = Filter { role: Some(Role::Admin), second_factor: Some(false), ..Filter::default() };
    let without = account::list(reader.conn(), &filter, None, PEOPLE_MAX, app.clock.now()).await?;
    let kept = Kept::of(reader.conn(), &caller, WITHOUT).await?;
    let without = without.accounts.iter().filter(|account| account.standing.is_active);
    let without: Vec<Row> = without.map(|account| without_row(&Shown::of(account, &frame, &app), &frame)).collect();
    let rows = adoption.into_iter().map(|one| InRole { role: one.role, with: one.with, people: one.people }).collect();
    let said = match query.said.as_str() {
        "off" => Some(Said::yes(frame.t1("second-factor-off-for", "name", &query.name))),
        "none" => Some(Said::no(frame.t1("second-factor-none-for", "name", &query.name))),
        "nobody" => Some(Said::no(frame.t("second-factor-nobody"))),
        _ => None,
    };
    Ok(render(&AdminPage {
        rows,
        tools: list::columns_of(&frame, WITHOUT, &kept, "")?,
        has_without: !without.is_empty(),
        without: List::new(&frame, WITHOUT, &kept, without).shown()?,
        said,
        frame,
    }))
}

/// `POST /admin/second-factors/off`
pub async fn turn_off(State(app): State<People>, form: Form<OffFields>) -> Result<Response, Problem> {
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
