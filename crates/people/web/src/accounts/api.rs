//! Accounts for programs: the list, one account, and everything that can be done about it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_core::area::Area;
use base_core::permission::{ACCOUNT_MANAGE, Role};
use base_core::time::Moment;
use base_web::body::JsonBody;
use base_web::cursor;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use people_rules::permission::{ACCOUNT_READ, PERSON_ERASE};
use people_store::account::Account;
use people_store::create::New;
use people_store::edit::Change;
use people_store::remove::Removal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::filter::AccountsQuery;
use super::work;
use super::work::{Act, Given, Way};
use crate::refused::problem;
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, remove))
        .routes(routes!(data))
        .routes(routes!(give_password))
        .routes(routes!(act))
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountJson {
    /// Its number.
    id: i64,
    /// The user name.
    username: String,
    /// What pages call the person, where it is not the user name.
    display_name: Option<String>,
    /// The e-mail.
    email: Option<String>,
    /// The roles, such as `biller`.
    roles: Vec<String>,
    /// The dispatch area, of a dispatcher.
    area: Option<String>,
    /// `active`, `inactive`, `locked` or `must_change`.
    status: String,
    /// True for those who have a second factor.
    two_factor: bool,
    /// Failed sign-ins since the last one that worked.
    failed_sign_ins: i64,
    /// RFC 3339.
    locked_until: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    signed_in_at: Option<String>,
    /// Rises with each change; send it with yours, so that it does not write over one that you have not seen.
    version: i64,
}

impl AccountJson {
    fn of(account: &Account, now: Moment) -> Self {
        Self {
            id: account.id,
            username: account.username.clone(),
            display_name: account.display_name.clone(),
            email: account.email.clone(),
            roles: account.standing.roles.iter().map(|role| role.name().to_owned()).collect(),
            area: account.area.as_ref().map(Area::to_string),
            status: account.state(now).name().to_owned(),
            two_factor: account.two_factor,
            failed_sign_ins: account.failed_sign_ins,
            locked_until: account.locked_until.filter(|until| *until > now).map(Moment::rfc3339),
            created_at: account.created_at.rfc3339(),
            signed_in_at: account.signed_in_at.map(Moment::rfc3339),
            version: account.version,
        }
    }
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub struct AccountsJson {
    /// The accounts, by user name.
    accounts: Vec<AccountJson>,
    /// How many accounts fit in all.
    total: i64,
    /// Where the next page starts; null on the last page.
    next_cursor: Option<String>,
}

/// How much is kept of one kind.
#[derive(Serialize, ToSchema)]
pub struct KeptJson {
    /// The part of the program.
    wing: String,
    /// What it is.
    kind: String,
    /// How many.
    count: i64,
}

/// An account, and how much is kept of the person.
#[derive(Serialize, ToSchema)]
pub struct AccountDetail {
    #[serde(flatten)]
    account: AccountJson,
    /// How much is kept, by kind.
    kept: Vec<KeptJson>,
}

/// A temporary password.
#[derive(Serialize, ToSchema)]
pub struct GivenJson {
    /// The account.
    id: i64,
    /// The user name.
    username: String,
    /// The password, which is never told again; null where it was mailed.
    password: Option<String>,
    /// To where it was mailed.
    mailed_to: Option<String>,
    /// Until when it opens, once. RFC 3339.
    until: String,
}

impl From<Given> for GivenJson {
    fn from(given: Given) -> Self {
        let Given { id, username, password, mailed_to, until, .. } = given;
        Self { id, username, password, mailed_to, until: until.rfc3339() }
    }
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccountBody {
    /// 3 to 64 of `A-Z a-z 0-9 _ . -`.
    username: String,
    /// What pages call the person.
    #[serde(default)]
    display_name: String,
    /// The e-mail.
    #[serde(default)]
    email: String,
    /// One or more of `admin`, `biller`, `dispatcher`, `organiser`, `steward`, `service`.
    roles: Vec<String>,
    /// The area, which a dispatcher needs.
    #[serde(default)]
    area: Option<String>,
    /// Mail the temporary password instead of answering it.
    #[serde(default)]
    mail: bool,
}

/// What is to be changed; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccountBody {
    /// The version that you looked at.
    #[serde(default)]
    version: Option<i64>,
    /// What pages call the person; empty for the user name.
    #[serde(default)]
    display_name: Option<String>,
    /// The e-mail; empty for none.
    #[serde(default)]
    email: Option<String>,
    /// The roles.
    #[serde(default)]
    roles: Option<Vec<String>>,
    /// The area.
    #[serde(default)]
    area: Option<String>,
}

/// How somebody gets a temporary password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WayBody {
    /// Mail it instead of answering it.
    #[serde(default)]
    mail: bool,
}

/// How a person is removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveBody {
    /// The user name again.
    confirm: String,
    /// The user name of who takes over; nobody when left out.
    #[serde(default)]
    hand_over_to: String,
    /// Mask names and addresses in the trail, too.
    #[serde(default)]
    mask: bool,
}

/// What became of a removal.
#[derive(Serialize, ToSchema)]
pub struct RemovedJson {
    /// What went to whoever took over.
    handed_over: u64,
    /// What was kept for the person's own use, and is gone.
    forgotten: u64,
    /// Entries of the trail in which something was masked.
    masked: u64,
}

fn roles(names: &[String]) -> Result<Vec<Role>, Problem> {
    let read = |name: &String| Role::parse(name).ok_or_else(|| Problem::field("roles", "There is no such role."));
    names.iter().map(read).collect()
}

/// Lists the accounts of staff, by user name.
#[utoipa::path(get, path = "/api/v1/accounts", extensions(("x-permission" = json!(ACCOUNT_READ.name()))),
    params(AccountsQuery), responses((status = 200, description = "A page of accounts.", body = AccountsJson)))]
pub async fn list(
    State(app): State<People>,
    caller: Caller,
    Parameters(query): Parameters<AccountsQuery>,
) -> Result<Json<AccountsJson>, Problem> {
    let page = work::page(&app, &caller, &query).await?;
    let now = app.clock.now();
    Ok(Json(AccountsJson {
        accounts: page.accounts.iter().map(|account| AccountJson::of(account, now)).collect(),
        total: page.total,
        next_cursor: page.next.as_ref().map(|next| cursor::write(&app, &caller, next)),
    }))
}

/// Tells what is known of one account, and how much is kept of the person.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", extensions(("x-permission" = json!(ACCOUNT_READ.name()))),
    params(("id", description = "The account's number")), responses(
    (status = 200, description = "The account.", body = AccountDetail)))]
pub async fn show(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AccountDetail>, Problem> {
    let account = work::find(&app, &caller, &id).await?;
    let about = work::about(&app, &account).await?;
    let kept = about.kept.into_iter().map(|(wing, kept)| KeptJson {
        wing: wing.to_owned(),
        kind: kept.what.to_owned(),
        count: kept.n,
    });
    Ok(Json(AccountDetail { account: AccountJson::of(&account, app.clock.now()), kept: kept.collect() }))
}

/// Creates an account with a temporary password, which opens once.
#[utoipa::path(post, path = "/api/v1/accounts", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    request_body = NewAccountBody, responses(
    (status = 201, description = "The account is created.", body = GivenJson),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn create(
    State(app): State<People>,
    caller: Caller,
    JsonBody(body): JsonBody<NewAccountBody>,
) -> Result<Response, Problem> {
    work::must_manage(&caller)?;
    let new = New {
        username: &body.username,
        display_name: &body.display_name,
        email: &body.email,
        roles: roles(&body.roles)?,
        area: body.area.as_deref(),
    };
    let way = if body.mail { Way::Mail } else { Way::Show };
    let given = work::create_account(&app, &caller, &new, way).await.map_err(problem)?;
    let place = format!("/api/v1/accounts/{}", given.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(GivenJson::from(given))).into_response())
}

/// Changes an account. Whoever gets other rights is signed out everywhere.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    request_body = ChangeAccountBody, params(("id", description = "The account's number")), responses(
    (status = 200, description = "The account as it is now.", body = AccountJson),
    (status = 409, description = "A rule says no, or somebody changed it meanwhile; `code` says which.", body = ProblemBody)))]
pub async fn change(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeAccountBody>,
) -> Result<Json<AccountJson>, Problem> {
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    let change = Change {
        version: body.version,
        display_name: body.display_name,
        email: body.email,
        roles: body.roles.as_deref().map(roles).transpose()?,
        area: body.area,
        is_active: None,
    };
    work::change(&app, &caller, account.id, &change).await.map_err(problem)?;
    let now = work::find(&app, &caller, &id).await?;
    Ok(Json(AccountJson::of(&now, app.clock.now())))
}

/// Does one thing about an account: `activate`, `deactivate`, `unlock`, `send-link` (mails a link for a new password) or
/// `void-link`.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/{action}", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    params(("id", description = "The account's number"), ("action", description = "What to do")), responses(
    (status = 200, description = "The account as it is now.", body = AccountJson),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn act(
    State(app): State<People>,
    caller: Caller,
    Path((id, action)): Path<(String, String)>,
) -> Result<Json<AccountJson>, Problem> {
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    work::act(&app, &caller, account.id, Act::parse(&action)?).await.map_err(problem)?;
    let now = work::find(&app, &caller, &id).await?;
    Ok(Json(AccountJson::of(&now, app.clock.now())))
}

/// Gives somebody a temporary password, which opens once, and signs them out everywhere.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/password", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    request_body = Option<WayBody>, params(("id", description = "The account's number")), responses(
    (status = 200, description = "The password, or where it was mailed to.", body = GivenJson),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn give_password(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
    body: Option<JsonBody<WayBody>>,
) -> Result<Json<GivenJson>, Problem> {
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    let way = if body.is_some_and(|JsonBody(body)| body.mail) { Way::Mail } else { Way::Show };
    Ok(Json(work::give_password(&app, &caller, account.id, way).await.map_err(problem)?.into()))
}

/// Gives everything that is kept of a person: an object of parts of the program, of kinds, of rows.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/data", extensions(("x-permission" = json!(PERSON_ERASE.name()))),
    params(("id", description = "The account's number")), responses(
    (status = 200, description = "All of it.", body = serde_json::Value, content_type = "application/json")))]
pub async fn data(State(app): State<People>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (_, data) = work::data(&app, &caller, &id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], data.text).into_response())
}

/// Removes a person. What others need stays, under the account's number.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}", extensions(("x-permission" = json!(PERSON_ERASE.name()))),
    request_body = RemoveBody, params(("id", description = "The account's number")), responses(
    (status = 200, description = "The person is removed.", body = RemovedJson),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn remove(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<RemoveBody>,
) -> Result<Json<RemovedJson>, Problem> {
    caller.must(PERSON_ERASE)?;
    let account = work::find(&app, &caller, &id).await?;
    let removal = Removal { confirm: &body.confirm, heir: None, masks_trail: body.mask };
    let removed = work::remove_person(&app, &caller, account.id, removal, &body.hand_over_to).await.map_err(problem)?;
    Ok(Json(RemovedJson { handed_over: removed.handed_over, forgotten: removed.forgotten, masked: removed.masked }))
}
