//! One customer: what the account is, whose stock it sees, what was done with it, and what can be done.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::realm::Realm;
use base_records::session;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, Undo, path_part, render};
use portal_rules::permission::{CUSTOMER_MANAGE, CUSTOMER_READ, CUSTOMER_VIEW};
use portal_rules::scope::Scope;
use portal_store::customer::CustomerLine;
use portal_store::usage;
use serde::Deserialize;

use super::{last_activity, shown, state};
use crate::customers::work::{self, Given, Way};
use crate::state::Portal;
use crate::trail::{Line, line_of};

/// Entries of the trail on a customer's page.
const ENTRIES: u32 = 15;

#[derive(Template)]
#[template(path = "customers/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides one part of the page")]
struct ShowPage {
    frame: Frame,
    customer: CustomerLine,
    state: &'static str,
    tone: &'static str,
    last: String,
    created_at: String,
    locked_until: String,
    /// The names of the customers of the ERP; none where everything, or nothing, is seen.
    names: Vec<String>,
    sees_all: bool,
    sessions: usize,
    sessions_address: String,
    entries: Vec<Line>,
    may_manage: bool,
    may_view: bool,
    can_mail: bool,
    wrong: String,
    said: Option<Said>,
}

impl ShowPage {
    fn state_words(&self) -> String {
        self.frame.t(&format!("customer-state-{}", self.state))
    }

    fn address(&self, act: &str) -> String {
        format!("/admin/customers/{}/{act}", self.customer.id)
    }
}

async fn page(
    portal: &Portal,
    caller: &Caller,
    customer: CustomerLine,
    (wrong, said): (String, Option<Said>),
) -> Result<ShowPage, Problem> {
    let frame = Frame::of(caller, "customers");
    let now = portal.clock.now();
    let mut reader = portal.db.read().await?;
    let entries = usage::entries(reader.conn(), &customer.email, ENTRIES).await?;
    let sessions = session::of_account(reader.conn(), Realm::Customer, customer.id, now).await?.len();
    drop(reader);
    let (state, tone) = state(&customer.facts);
    let names = match &customer.scope {
        Scope::Customers(chosen) => chosen.iter().map(|one| one.name.clone()).collect(),
        Scope::All | Scope::Nothing => Vec::new(),
    };
    Ok(ShowPage {
        state,
        tone: tone.class(),
        last: last_activity(customer.facts, &frame, portal),
        created_at: shown(customer.created_at, portal),
        locked_until: customer
            .locked_until
            .filter(|until| *until > now)
            .map(|at| shown(at, portal))
            .unwrap_or_default(),
        names,
        sees_all: customer.scope == Scope::All,
        sessions,
        sessions_address: format!("/admin/sessions?realm=customer&q={}", path_part(&customer.email)),
        entries: entries.iter().map(|entry| line_of(entry, &frame, portal)).collect(),
        may_manage: caller.person.may(CUSTOMER_MANAGE),
        may_view: caller.person.may(CUSTOMER_VIEW),
        can_mail: work::can_mail(portal),
        customer,
        wrong,
        said,
        frame,
    })
}

/// `GET /admin/customers/{id}`
pub async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let customer = work::find(&portal, &id).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let said = said_of(&Frame::of(&caller, "customers"), &customer, &said);
    Ok(render(&page(&portal, &caller, customer, (String::new(), said)).await?))
}

/// The words for what was done last, with a way back where there is one.
fn said_of(frame: &Frame, customer: &CustomerLine, said: &str) -> Option<Said> {
    let known = ["saved", "unchanged", "deactivate", "reactivate"].contains(&said);
    let done = known.then(|| Said::yes(frame.t1(&format!("customer-said-{said}"), "name", &customer.called)))?;
    let back = match said {
        "deactivate" => "reactivate",
        "reactivate" => "deactivate",
        _ => return Some(done),
    };
    let undo = Undo { address: format!("/admin/customers/{}/{back}", customer.id), fields: Vec::new() };
    Some(Said { undo: Some(undo), ..done })
}

/// `POST /admin/customers/{id}/deactivate`
pub async fn deactivate(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    activate(&portal, &form.caller, &id, false).await
}

/// `POST /admin/customers/{id}/reactivate`
pub async fn reactivate(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    activate(&portal, &form.caller, &id, true).await
}

async fn activate(portal: &Portal, caller: &Caller, id: &str, is_active: bool) -> Result<Response, Problem> {
    caller.must(CUSTOMER_MANAGE)?;
    let id = work::number(id)?;
    let frame = Frame::of(caller, "customers");
    if let Err(failed) = work::activate(portal, caller, id, is_active).await {
        failed.words(portal, &frame)?;
    }
    let said = if is_active { "reactivate" } else { "deactivate" };
    Ok(Redirect::to(&format!("/admin/customers/{id}?said={said}")).into_response())
}

#[derive(Template)]
#[template(path = "customers/given.html")]
struct GivenPage<'g> {
    frame: Frame,
    given: &'g Given,
    until: String,
    is_new: bool,
}

/// Tells how a password was given; shows it, once, where it was not mailed.
pub(crate) fn given_page(portal: &Portal, caller: &Caller, given: &Given, is_new: bool) -> Response {
    let until = shown(given.until, portal);
    render(&GivenPage { frame: Frame::of(caller, "customers"), given, until, is_new })
}

/// How a customer gets another password.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordFields {
    /// `mail`, `show`, or anything else for the one that was typed.
    way: String,
    password: String,
}

/// `POST /admin/customers/{id}/password`
pub async fn give_password(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    form: Form<PasswordFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(CUSTOMER_MANAGE)?;
    let customer = work::find(&portal, &id).await?;
    let way = match fields.way.as_str() {
        "mail" => Way::Mail,
        "show" => Way::Show,
        _ => Way::Typed(&fields.password),
    };
    match work::give_password(&portal, &caller, &customer, way).await {
        Ok(given) => Ok(given_page(&portal, &caller, &given, false)),
        Err(failed) => {
            let (_, words) = failed.words(&portal, &Frame::of(&caller, "customers"))?;
            let mut response = render(&page(&portal, &caller, customer, (words, None)).await?);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
