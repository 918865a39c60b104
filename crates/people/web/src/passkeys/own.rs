//! `/profile/passkeys` and `/portal/passkeys`: the passkeys of whoever is signed in.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::realm::Realm;
use base_core::time::Moment;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, TIME, render};
use people_store::passkey as passkeys;
use people_store::recovery_code;
use serde::Deserialize;

use super::challenge::Challenge;
use super::work::{self, NewFields, Refused};

/// A passkey as the page shows it.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// Empty for one that was not used yet.
    pub(crate) used_at: String,
}

#[derive(Template)]
#[template(path = "passkeys/own.html")]
struct OwnPage {
    frame: Frame,
    page: Content,
}

#[derive(Template)]
#[template(path = "portal/passkeys.html")]
struct CustomerPage {
    frame: Frame,
    page: Content,
}

#[derive(Template)]
#[template(path = "portal/codes.html")]
struct CustomerCodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// What both pages show.
pub(crate) struct Content {
    pub(crate) rows: Vec<Row>,
    /// False where passkeys cannot be bound to the address of the site.
    pub(crate) is_possible: bool,
    /// How many recovery codes are left.
    pub(crate) codes_left: i64,
    pub(crate) fault: String,
    pub(crate) said: Option<Said>,
    /// The address of the page: forms are sent below it.
    pub(crate) address: &'static str,
}

/// The entry of the menu: customers have one for this page, staff find it among the pages of their own account.
fn place(caller: &Caller) -> &'static str {
    match caller.person.realm {
        Realm::Staff => "profile",
        Realm::Customer => "passkeys",
    }
}

fn address(caller: &Caller) -> &'static str {
    match caller.person.realm {
        Realm::Staff => "/profile/passkeys",
        Realm::Customer => "/portal/passkeys",
    }
}

/// What the last action was.
#[derive(Deserialize)]
pub struct OwnQuery {
    #[serde(default)]
    said: String,
}

/// `GET /profile/passkeys` and `GET /portal/passkeys`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<OwnQuery>,
) -> Result<Response, Problem> {
    caller.must_be_signed_in()?;
    page(&app, &caller, &query.said, "").await
}

async fn page(app: &App, caller: &Caller, said: &str, fault: Refused) -> Result<Response, Problem> {
    let frame = Frame::of(caller, place(caller));
    let mut reader = app.db.read().await?;
    let all = passkeys::of(reader.conn(), caller.person.id).await?;
    let codes_left = recovery_code::left(reader.conn(), caller.person.id).await?;
    drop(reader);
    let time = |at: i64| Moment(at).display(&app.settings.zone, TIME);
    let rows = all.into_iter().map(|key| Row {
        id: key.id,
        name: key.name,
        created_at: time(key.created_at),
        used_at: key.used_at.map(time).unwrap_or_default(),
    });
    let said = match said {
        "added" | "renamed" | "removed" => Some(Said::yes(frame.t(&format!("passkey-said-{said}")))),
        "gone" => Some(Said::no(frame.t("passkey-gone"))),
        _ => None,
    };
    let page = Content {
        rows: rows.collect(),
        is_possible: work::site(app).is_some(),
        codes_left,
        fault: if fault.is_empty() { String::new() } else { frame.t(fault) },
        said,
        address: address(caller),
    };
    let mut response = match caller.person.realm {
        Realm::Staff => render(&OwnPage { frame, page }),
        Realm::Customer => render(&CustomerPage { frame, page }),
    };
    if !fault.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /profile/passkeys/options` and `GET /portal/passkeys/options`: what the browser needs to make a passkey.
pub async fn options(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_signed_in()?;
    let site = work::site(&app).ok_or_else(work::no_site)?;
    let all = passkeys::of(app.db.read().await?.conn(), caller.person.id).await?;
    let challenge = Challenge::new(&app);
    let mut response = Json(work::creation_options(&app, &site, &challenge, (&caller, &all))).into_response();
    challenge.put(&app, &work::purpose_of_new(&caller), &mut response);
    Ok(response)
}

fn back(caller: &Caller, said: &str) -> Response {
    Redirect::to(&format!("{}?said={said}", address(caller))).into_response()
}

/// `POST /profile/passkeys/add` and `POST /portal/passkeys/add`
pub async fn add(State(app): State<App>, headers: HeaderMap, form: Form<NewFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::add(&app, &caller, &headers, &fields).await? {
        Ok(codes) if codes.is_empty() => Ok(back(&caller, "added")),
        Ok(codes) => {
            let frame = Frame::of(&caller, place(&caller));
            Ok(match caller.person.realm {
                Realm::Staff => crate::second_factor::pages::codes_page(frame, codes),
                Realm::Customer => render(&CustomerCodesPage { frame, codes }),
            })
        }
        Err(fault) => page(&app, &caller, "", fault).await,
    }
}

/// Which passkey, and what becomes of it.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct ChangeFields {
    id: i64,
    name: String,
    password: String,
}

/// `POST /profile/passkeys/rename` and `POST /portal/passkeys/rename`
pub async fn rename(State(app): State<App>, form: Form<ChangeFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::rename(&app, &caller, fields.id, &fields.name).await? {
        Ok(is_done) => Ok(back(&caller, if is_done { "renamed" } else { "gone" })),
        Err(fault) => page(&app, &caller, "", fault).await,
    }
}

/// `POST /profile/passkeys/remove` and `POST /portal/passkeys/remove`
pub async fn remove(State(app): State<App>, form: Form<ChangeFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::remove(&app, &caller, fields.id, &fields.password).await? {
        Ok(is_done) => Ok(back(&caller, if is_done { "removed" } else { "gone" })),
        Err(fault) => page(&app, &caller, "", fault).await,
    }
}
