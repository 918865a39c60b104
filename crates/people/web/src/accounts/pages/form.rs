//! The forms of accounts: a new one, and changes of one. A change that somebody else made meanwhile is shown beside what was
//! typed, and asked about.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::area::Area;
use base_core::permission::Role;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use people_rules::account::Refusal;
use people_store::Failed;
use people_store::account::Account;
use people_store::create::New;
use people_store::edit::Change;
use serde::Deserialize;

use super::roles_in_words;
use super::show::given_page;
use crate::accounts::work;
use crate::accounts::work::Way;
use crate::refused;
use crate::refused::Fault;
use crate::state::People;

/// A role that can be chosen.
pub(crate) struct RoleChoice {
    pub(crate) name: &'static str,
    pub(crate) words: String,
    pub(crate) help: String,
    pub(crate) is_chosen: bool,
}

#[derive(Template)]
#[template(path = "accounts/form.html")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    /// `None` for a new account.
    pub(crate) user: Option<Account>,
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<RoleChoice>,
    pub(crate) area: String,
    pub(crate) areas: Vec<Area>,
    pub(crate) version: i64,
    pub(crate) can_mail: bool,
    pub(crate) fault: Option<Fault>,
    /// What somebody else has changed since the form was opened: the label of each field, and its value now.
    pub(crate) meanwhile: Vec<(String, String)>,
}

impl FormPage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    /// What is wrong and concerns no field of this form.
    fn fault_of_all(&self) -> &str {
        let fields = ["username", "display_name", "email", "roles", "area"];
        self.fault
            .as_ref()
            .filter(|(wrong, _)| !fields.contains(&wrong.as_str()))
            .map_or("", |(_, words)| words.as_str())
    }

    fn blank(app: &People, caller: &Caller) -> Self {
        let frame = Frame::of(caller, "users");
        Self {
            user: None,
            username: String::new(),
            display_name: String::new(),
            email: String::new(),
            roles: choices(&frame, &[]),
            area: String::new(),
            areas: app.settings.areas.clone(),
            version: 0,
            can_mail: app.settings.outbox.is_open(),
            fault: None,
            meanwhile: Vec::new(),
            frame,
        }
    }

    fn of(app: &People, caller: &Caller, account: Account) -> Self {
        let blank = Self::blank(app, caller);
        Self {
            username: account.username.clone(),
            display_name: account.display_name.clone().unwrap_or_default(),
            email: account.email.clone().unwrap_or_default(),
            roles: choices(&blank.frame, &account.standing.roles),
            area: account.area.as_ref().map(Area::to_string).unwrap_or_default(),
            version: account.version,
            user: Some(account),
            ..blank
        }
    }

    /// The form as it was filled in.
    fn filled(self, fields: &AccountFields) -> Self {
        Self {
            username: if self.user.is_none() { fields.username.clone() } else { self.username },
            display_name: fields.display_name.clone(),
            email: fields.email.clone(),
            roles: choices(&self.frame, &fields.roles()),
            area: fields.area.clone(),
            ..self
        }
    }

    fn refused(mut self, status: StatusCode, fault: Option<Fault>) -> Response {
        self.fault = fault;
        let mut response = render(&self);
        *response.status_mut() = status;
        response
    }
}

fn choices(frame: &Frame, chosen: &[Role]) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        name: role.name(),
        words: frame.t(&format!("role-{}", role.name())),
        help: frame.t(&format!("role-help-{}", role.name())),
        is_chosen: chosen.contains(&role),
    };
    Role::ALL.map(choice).into()
}

/// An account as a form sends it. Each role is a field of its own: `role_biller=1`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AccountFields {
    username: String,
    display_name: String,
    email: String,
    role_admin: String,
    role_biller: String,
    role_dispatcher: String,
    role_organiser: String,
    role_steward: String,
    role_service: String,
    area: String,
    /// The version that the form was opened with.
    version: Option<i64>,
    /// `mail`, or anything else for showing the password.
    way: String,
}

impl AccountFields {
    fn roles(&self) -> Vec<Role> {
        let fields = [
            (Role::Admin, &self.role_admin),
            (Role::Biller, &self.role_biller),
            (Role::Dispatcher, &self.role_dispatcher),
            (Role::Organiser, &self.role_organiser),
            (Role::Steward, &self.role_steward),
            (Role::Service, &self.role_service),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(role, _)| role).collect()
    }
}

/// `GET /admin/users/new`
pub async fn ask_new(State(app): State<People>, caller: Caller) -> Result<Response, Problem> {
    work::must_manage(&caller)?;
    Ok(render(&FormPage::blank(&app, &caller)))
}

/// `POST /admin/users/new`
pub async fn create(State(app): State<People>, form: Form<AccountFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    work::must_manage(&caller)?;
    let new = New {
        username: &fields.username,
        display_name: &fields.display_name,
        email: &fields.email,
        roles: fields.roles(),
        area: Some(fields.area.as_str()),
    };
    let way = if fields.way == "mail" { Way::Mail } else { Way::Show };
    match work::create_account(&app, &caller, &new, way).await {
        Ok(given) => Ok(given_page(&app, &caller, given, true)),
        Err(failed) => {
            let page = FormPage::blank(&app, &caller).filled(&fields);
            let fault = refused::fault(&page.frame, failed)?;
            Ok(page.refused(StatusCode::UNPROCESSABLE_ENTITY, Some(fault)))
        }
    }
}

/// `GET /admin/users/{id}/edit`
pub async fn ask_edit(State(app): State<People>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    if account.id == caller.person.id {
        return Ok(Redirect::to("/profile").into_response());
    }
    Ok(render(&FormPage::of(&app, &caller, account)))
}

/// `POST /admin/users/{id}/edit`
pub async fn edit(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<AccountFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    let change = Change {
        version: fields.version,
        display_name: Some(fields.display_name.clone()),
        email: Some(fields.email.clone()),
        roles: Some(fields.roles()),
        area: Some(fields.area.clone()),
        is_active: None,
    };
    let failed = match work::change(&app, &caller, account.id, &change).await {
        Ok(changed) => {
            let said = if changed { "saved" } else { "unchanged" };
            return Ok(Redirect::to(&format!("/admin/users/{}?said={said}", account.id)).into_response());
        }
        Err(failed) => failed,
    };
    // What was typed stays; saving again, with the version as it is now, writes it over what is shown.
    let now = work::find(&app, &caller, &id).await?;
    if matches!(failed, Failed::Refused(Refusal::ChangedMeanwhile)) {
        let mut page = FormPage::of(&app, &caller, now.clone()).filled(&fields);
        page.meanwhile = differences(&page.frame, &now, &fields);
        return Ok(page.refused(StatusCode::CONFLICT, None));
    }
    let page = FormPage::of(&app, &caller, now).filled(&fields);
    let fault = refused::fault(&page.frame, failed)?;
    Ok(page.refused(StatusCode::UNPROCESSABLE_ENTITY, Some(fault)))
}

/// Where the account is not what was typed: the label of each field, and its value now.
fn differences(frame: &Frame, now: &Account, fields: &AccountFields) -> Vec<(String, String)> {
    let email = now.email.clone().unwrap_or_default();
    let called = now.display_name.clone().unwrap_or_default();
    let area = now.area.as_ref().map(Area::to_string).unwrap_or_default();
    let roles = people_rules::account::sorted(fields.roles());
    let mut found = Vec::new();
    let mut add = |differs: bool, key: &str, value: String| {
        if differs {
            found.push((frame.t(key), value));
        }
    };
    add(called != fields.display_name.trim(), "user-display-name", called.clone());
    add(email != fields.email.trim().to_lowercase(), "user-email", email.clone());
    add(now.standing.roles != roles, "user-roles", roles_in_words(frame, &now.standing.roles));
    add(area != fields.area.trim(), "area", now.area.as_ref().map(Area::title).unwrap_or_default());
    found
}
