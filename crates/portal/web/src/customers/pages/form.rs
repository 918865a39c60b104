//! The forms of customers: a new one, and changes of one, with the customers of the ERP to choose among.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_web::error::Problem;
use base_web::form::Form;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use portal_rules::customer::Customer;
use portal_rules::permission::CUSTOMER_MANAGE;
use portal_rules::scope::Scope;
use portal_store::customer::CustomerLine;
use serde::Deserialize;

use super::show::given_page;
use crate::customers::choice::{self, Choices};
use crate::customers::work::{self, Failed, Wanted, Way};
use crate::state::Portal;

/// What a form sends: each box that is ticked is a `customer` of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Sent(Vec<(String, String)>);

impl Sent {
    fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        !self.field(name).is_empty()
    }

    fn customers(&self) -> Vec<String> {
        self.0.iter().filter(|(field, _)| field == "customer").map(|(_, value)| value.clone()).collect()
    }
}

#[derive(Template)]
#[template(path = "customers/form.html")]
struct FormPage {
    frame: Frame,
    /// `None` for a new account.
    customer: Option<CustomerLine>,
    display_name: String,
    email: String,
    sees_all: bool,
    choices: Choices,
    find: String,
    version: i64,
    can_mail: bool,
    /// What was wrong: the field, and the sentence.
    wrong: Option<(&'static str, String)>,
}

impl FormPage {
    fn fault(&self, field: &str) -> &str {
        self.wrong.as_ref().filter(|(name, _)| *name == field).map_or("", |(_, words)| words.as_str())
    }

    /// What is wrong and stands at no field of the form.
    fn fault_of_all(&self) -> &str {
        let fields = ["display_name", "email", "customers"];
        self.wrong.as_ref().filter(|(name, _)| !fields.contains(name)).map_or("", |(_, words)| words.as_str())
    }

    fn of(portal: &Portal, caller: &Caller, customer: Option<CustomerLine>, known: Option<&[Customer]>) -> Self {
        let scope = customer.as_ref().map(|line| line.scope.clone()).unwrap_or_default();
        Self {
            frame: Frame::of(caller, "customers"),
            display_name: customer.as_ref().and_then(|line| line.display_name.clone()).unwrap_or_default(),
            email: customer.as_ref().map(|line| line.email.clone()).unwrap_or_default(),
            sees_all: scope == Scope::All,
            choices: choice::choices(&scope, known, ""),
            find: String::new(),
            version: customer.as_ref().map_or(0, |line| line.version),
            can_mail: work::can_mail(portal),
            customer,
            wrong: None,
        }
    }

    /// The form as it was filled in.
    fn filled(self, sent: &Sent, scope: &Scope, known: Option<&[Customer]>) -> Self {
        let find = sent.field("find").to_owned();
        Self {
            display_name: sent.field("display_name").to_owned(),
            email: sent.field("email").to_owned(),
            sees_all: sent.has("all"),
            choices: choice::choices(scope, known, &find),
            find,
            ..self
        }
    }

    fn with_status(&self, status: StatusCode) -> Response {
        let mut response = render(self);
        *response.status_mut() = status;
        response
    }
}

/// `GET /admin/customers/new`
pub async fn ask_new(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    caller.must(CUSTOMER_MANAGE)?;
    let known = choice::known(&portal).await;
    Ok(render(&FormPage::of(&portal, &caller, None, known.as_deref())))
}

/// `GET /admin/customers/{id}/edit`
pub async fn ask_edit(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must(CUSTOMER_MANAGE)?;
    let line = work::find(&portal, &id).await?;
    let known = choice::known(&portal).await;
    Ok(render(&FormPage::of(&portal, &caller, Some(line), known.as_deref())))
}

/// What a form asks for: the scope that is ticked, also where it is none yet.
fn ticked(sent: &Sent, known: Option<&[Customer]>, before: &Scope) -> Result<Scope, Failed> {
    let unknown = || Failed::Field("customers", "customer-scope-unknown".to_owned());
    let chosen = choice::chosen(&sent.customers(), known, before).ok_or_else(unknown)?;
    Ok(Scope::chosen(sent.has("all"), chosen)?)
}

/// The boxes that were ticked, to be shown again whatever is wrong with them.
fn ticked_so_far(sent: &Sent, known: Option<&[Customer]>, before: &Scope) -> Scope {
    let values = sent.customers().into_iter();
    let known_ones = values.filter_map(|value| choice::chosen(&[value], known, before)).flatten();
    Scope::chosen(false, known_ones).unwrap_or_default()
}

/// `POST /admin/customers/new`
pub async fn create(State(portal): State<Portal>, form: Form<Sent>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(CUSTOMER_MANAGE)?;
    let known = choice::known(&portal).await;
    let (known, before) = (known.as_deref(), Scope::Nothing);
    let page = |wrong| {
        let so_far = ticked_so_far(&fields, known, &before);
        FormPage { wrong, ..FormPage::of(&portal, &caller, None, known).filled(&fields, &so_far, known) }
    };
    if fields.field("act") == "find" {
        return Ok(page(None).with_status(StatusCode::OK));
    }
    let way = if fields.field("way") == "mail" { Way::Mail } else { Way::Show };
    let done = match ticked(&fields, known, &before) {
        Ok(scope) => {
            let (name, email) = (fields.field("display_name"), fields.field("email"));
            work::create(&portal, &caller, &Wanted { name, email, scope, version: None }, way).await
        }
        Err(failed) => Err(failed),
    };
    match done {
        Ok(given) => Ok(given_page(&portal, &caller, &given, true)),
        Err(failed) => {
            let wrong = failed.words(&portal, &Frame::of(&caller, "customers"))?;
            Ok(page(Some(wrong)).with_status(StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// `POST /admin/customers/{id}/edit`
pub async fn edit(State(portal): State<Portal>, Path(id): Path<String>, form: Form<Sent>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(CUSTOMER_MANAGE)?;
    let line = work::find(&portal, &id).await?;
    let known = choice::known(&portal).await;
    let known = known.as_deref();
    let page = |line: CustomerLine, wrong| {
        let so_far = ticked_so_far(&fields, known, &line.scope);
        FormPage { wrong, ..FormPage::of(&portal, &caller, Some(line), known).filled(&fields, &so_far, known) }
    };
    if fields.field("act") == "find" {
        return Ok(page(line, None).with_status(StatusCode::OK));
    }
    let version = fields.field("version").parse().ok();
    let done = match ticked(&fields, known, &line.scope) {
        Ok(scope) => {
            let (name, email) = (fields.field("display_name"), fields.field("email"));
            work::edit(&portal, &caller, &line, &Wanted { name, email, scope, version }).await
        }
        Err(failed) => Err(failed),
    };
    match done {
        Ok(changed) => {
            let said = if changed { "saved" } else { "unchanged" };
            Ok(Redirect::to(&format!("/admin/customers/{}?said={said}", line.id)).into_response())
        }
        Err(failed) => {
            let is_meanwhile = matches!(failed, Failed::Meanwhile);
            let wrong = failed.words(&portal, &Frame::of(&caller, "customers"))?;
            let status = if is_meanwhile { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            // What was typed stays; saving again, with the version as it is now, writes it over what is there.
            let now = work::find(&portal, &id).await?;
            Ok(page(now, Some(wrong)).with_status(status))
        }
    }
}
