//! People by name: whom a filter means, and what is suggested while somebody types.
//!
//! Invariant: nobody is told the name of somebody whom they may not know (`base_records::name::Asking`).

use axum::Json;
use axum::extract::State;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::permission::HOME_READ;
use base_core::text::is_plain;
use base_records::name::{self, Asking, Named, Whose};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::Problem;
use crate::parameters::Parameters;
use crate::session::{Caller, STAFF};

/// People who are suggested unless asked otherwise, and at most.
const LIMIT_DEFAULT: u32 = 8;
const LIMIT_MAX: u32 = 20;
/// Longest text that is looked for, in characters.
const TEXT_LENGTH_MAX: usize = 200;

/// The person whom a filter means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picked {
    /// What its field holds: a name that nobody else has; or what was typed.
    pub text: String,
    /// What pages call the person.
    pub shown: String,
}

fn asking<'a>(caller: &Caller, scope: &'a Scope) -> Asking<'a> {
    Asking { realm: STAFF, id: caller.person.id, scope }
}

/// The account of a user name, or of the name that pages show.
pub async fn account_of(app: &App, text: &str) -> Result<AccountId, Problem> {
    match name::find(app.db.read().await?.conn(), STAFF, text).await? {
        Whose::Of(id) => Ok(id),
        Whose::Nobody => Err(Problem::nobody()),
        Whose::Several => Err(Problem::several_people()),
    }
}

/// Whom a filter means, for its field and the words beside it. What names nobody whom the caller may know stays as it was
/// typed.
pub async fn picked(app: &App, caller: &Caller, text: Option<&str>) -> Result<Picked, Problem> {
    let text = text.unwrap_or_default().trim();
    let typed = || Picked { text: text.to_owned(), shown: text.to_owned() };
    if text.is_empty() || !is_plain(text) {
        return Ok(typed());
    }
    let mut reader = app.db.read().await?;
    let Whose::Of(id) = name::find(reader.conn(), STAFF, text).await? else { return Ok(typed()) };
    let scope = caller.scope();
    let named = name::of(reader.conn(), asking(caller, &scope), id).await?;
    Ok(named.map_or_else(typed, |named| Picked { text: named.text().to_owned(), shown: named.shown().to_owned() }))
}

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(suggest))
}

/// Who is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NamesQuery {
    /// Any part of a user name, or of the name that pages show.
    q: Option<String>,
    /// Most people, 1 to 20; 8 when not given.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// People whose names fit.
#[derive(Serialize, ToSchema)]
pub struct Names {
    /// Those who are called exactly so first.
    results: Vec<Name>,
}

/// Somebody's name.
#[derive(Serialize, ToSchema)]
pub struct Name {
    /// What pages call the person.
    label: String,
    /// The user name, where pages call the person otherwise; empty if not.
    detail: String,
    /// What a filter takes for this person.
    value: String,
}

impl From<&Named> for Name {
    fn from(named: &Named) -> Self {
        let detail = if named.display_name.is_some() { named.username.clone() } else { String::new() };
        Self { label: named.shown().to_owned(), detail, value: named.text().to_owned() }
    }
}

/// People by any part of their name: for those who see all areas everybody, for others the people of the own area.
#[utoipa::path(get, path = "/api/v1/names", extensions(("x-permission" = json!(HOME_READ.name()))), params(NamesQuery),
    responses((status = 200, description = "Who was found.", body = Names)))]
pub async fn suggest(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<NamesQuery>,
) -> Result<Json<Names>, Problem> {
    caller.must(HOME_READ)?;
    let limit @ 1..=LIMIT_MAX = query.limit.unwrap_or(LIMIT_DEFAULT) else {
        return Err(Problem::field("limit", format!("Ask for 1 to {LIMIT_MAX} people.")));
    };
    let text = query.q.unwrap_or_default();
    if text.chars().count() > TEXT_LENGTH_MAX || !is_plain(&text) {
        return Err(Problem::field(
            "q",
            format!("Use at most {TEXT_LENGTH_MAX} characters, without control characters."),
        ));
    }
    let scope = caller.scope();
    let found = name::pick(app.db.read().await?.conn(), asking(&caller, &scope), &text, limit).await?;
    Ok(Json(Names { results: found.iter().map(Name::from).collect() }))
}
