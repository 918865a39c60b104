//! One's own account for programs, and how strong a password is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base_core::area::Area;
use base_core::permission::HOME_READ;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::request::RequestFacts;
use base_web::session::Caller;
use people_rules::password::PasswordFault;
use people_store::account::Account;
use people_store::profile::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, NewPassword};
use crate::hashing;
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new().routes(routes!(show, change)).routes(routes!(change_password)).routes(routes!(strength))
}

/// One's own account.
#[derive(Serialize, ToSchema)]
pub struct ProfileJson {
    /// The user name.
    username: String,
    /// What pages call you, where it is not the user name.
    display_name: Option<String>,
    /// The e-mail.
    email: Option<String>,
    /// The roles.
    roles: Vec<String>,
    /// The dispatch area.
    area: Option<String>,
    /// The language, `en` or `hi`.
    language: String,
    /// `system`, `light` or `dark`.
    colours: String,
    /// True for those who have a second factor.
    two_factor: bool,
    /// RFC 3339.
    created_at: String,
}

impl From<Account> for ProfileJson {
    fn from(own: Account) -> Self {
        Self {
            username: own.username,
            display_name: own.display_name,
            email: own.email,
            roles: own.standing.roles.iter().map(|role| role.name().to_owned()).collect(),
            area: own.area.as_ref().map(Area::to_string),
            language: own.locale,
            colours: own.colours,
            two_factor: own.two_factor,
            created_at: own.created_at.rfc3339(),
        }
    }
}

/// What is to be changed; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileBody {
    /// What pages call you; empty for the user name.
    #[serde(default)]
    display_name: Option<String>,
    /// The e-mail; empty for none. Needs the present password.
    #[serde(default)]
    email: Option<String>,
    /// `en` or `hi`.
    #[serde(default)]
    language: Option<Language>,
    /// Light or dark pages.
    #[serde(default)]
    colours: Option<Colours>,
    /// The present password.
    #[serde(default)]
    current_password: String,
}

/// A language.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Hindi.
    Hi,
}

/// Light or dark pages.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Colours {
    /// As the device has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A new password of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The present password. Not asked for where it was given by somebody else.
    #[serde(default)]
    current_password: String,
    /// The new password.
    new_password: String,
    /// True to have your tokens revoked as well. They stay without.
    #[serde(default)]
    revoke_tokens: bool,
}

/// A password to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookBody {
    /// The password. It is looked at and forgotten.
    password: String,
    /// Names of its owner, with blanks between them.
    #[serde(default)]
    names: String,
    /// The language of the words, `en` or `hi`.
    #[serde(default)]
    language: String,
}

/// How strong a password is.
#[derive(Serialize, ToSchema)]
pub struct StrengthJson {
    /// 0 is guessed at once, 4 not in years; 3 is needed.
    score: u8,
    /// Why it may not be used; null when it may.
    code: Option<&'static str>,
    /// The same in words.
    words: Option<String>,
}

/// Tells what is known of one's own account.
#[utoipa::path(get, path = "/api/v1/profile", extensions(("x-permission" = json!(HOME_READ.name()))), responses(
    (status = 200, description = "The account.", body = ProfileJson)))]
pub async fn show(State(app): State<People>, caller: Caller) -> Result<Json<ProfileJson>, Problem> {
    caller.must(HOME_READ)?;
    Ok(Json(work::own(&app, &caller).await?.into()))
}

/// Changes one's own account. Only somebody who signed in can; a token cannot.
#[utoipa::path(patch, path = "/api/v1/profile", extensions(("x-permission" = json!(HOME_READ.name()))),
    request_body = ProfileBody, responses(
    (status = 200, description = "The account as it is now.", body = ProfileJson),
    (status = 409, description = "Somebody has this e-mail.", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords.", body = ProblemBody)))]
pub async fn change(
    State(app): State<People>,
    caller: Caller,
    JsonBody(body): JsonBody<ProfileBody>,
) -> Result<Json<ProfileJson>, Problem> {
    caller.must(HOME_READ)?;
    let language = |language| match language {
        Language::En => "en".to_owned(),
        Language::Hi => "hi".to_owned(),
    };
    let colours = |colours| match colours {
        Colours::System => "system".to_owned(),
        Colours::Light => "light".to_owned(),
        Colours::Dark => "dark".to_owned(),
    };
    let change = Change {
        display_name: body.display_name,
        email: body.email,
        locale: body.language.map(language),
        colours: body.colours.map(colours),
    };
    work::change(&app, &caller, &change, &body.current_password).await.map_err(work::NotDone::problem)?;
    Ok(Json(work::own(&app, &caller).await?.into()))
}

/// Sets a password of one's own; every other session ends. Only somebody who signed in can; a token cannot.
#[utoipa::path(post, path = "/api/v1/profile/password",
    extensions(("x-permission" = json!(base_web::openapi::SIGNED_IN))), request_body = PasswordBody, responses(
    (status = 204, description = "It is set."),
    (status = 403, description = "A token was used, or the CSRF proof is missing.", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords.", body = ProblemBody)))]
pub async fn change_password(
    State(app): State<People>,
    caller: Caller,
    JsonBody(body): JsonBody<PasswordBody>,
) -> Result<StatusCode, Problem> {
    let (present, new, revokes_tokens) = (&body.current_password, &body.new_password, body.revoke_tokens);
    let changed = work::change_password(&app, &caller, NewPassword { present, new, revokes_tokens }).await;
    changed.map_err(work::NotDone::problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells how strong a password is. For the pages on which one is chosen; nothing is kept.
#[utoipa::path(post, path = "/api/v1/password-strength",
    extensions(("x-permission" = json!(base_web::openapi::PUBLIC))), request_body = LookBody, responses(
    (status = 200, description = "How strong it is.", body = StrengthJson),
    (status = 429, description = "Too many looks; wait for Retry-After.", body = ProblemBody)))]
pub async fn strength(
    State(app): State<People>,
    facts: RequestFacts,
    JsonBody(body): JsonBody<LookBody>,
) -> Result<Json<StrengthJson>, Problem> {
    if !app.own().looks.allows(&facts.counted_address()) {
        return Err(Problem::too_often(10));
    }
    let rule = hashing::rule(&app, body.names.split_whitespace());
    let looked = rule.look_at(&body.password);
    let words = looked.fault.map(|fault| {
        let min = if let PasswordFault::Length { min } = fault { min } else { 0 };
        let key = format!("password-{}", fault.code());
        base_web::locale::text(base_web::locale::choose(&body.language), &key, &[("min", &min.to_string())])
    });
    Ok(Json(StrengthJson { score: looked.score, code: looked.fault.map(PasswordFault::code), words }))
}
