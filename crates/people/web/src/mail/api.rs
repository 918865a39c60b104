//! Mails for programs: their heads, never what they say.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::time::Moment;
use base_records::mail::MailLine;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use people_rules::permission::MAIL_MANAGE;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, Asked};
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(again))
}

/// The head of a mail.
#[derive(Serialize, ToSchema)]
pub struct MailJson {
    /// Its number.
    id: i64,
    /// When it was written. RFC 3339.
    at: String,
    /// What it is about, such as `password_reset`.
    kind: String,
    /// To whom it goes.
    recipient: String,
    /// Its subject.
    subject: String,
    /// `waiting`, `sent` or `failed`.
    status: String,
    /// Attempts so far.
    tries: i64,
    /// What went wrong last.
    last_error: Option<String>,
    /// RFC 3339.
    sent_at: Option<String>,
}

impl From<MailLine> for MailJson {
    fn from(mail: MailLine) -> Self {
        Self {
            id: mail.id,
            at: Moment(mail.at).rfc3339(),
            kind: mail.kind,
            recipient: mail.recipient,
            subject: mail.subject,
            status: mail.state,
            tries: mail.tries,
            last_error: mail.last_error,
            sent_at: mail.sent_at.map(|at| Moment(at).rfc3339()),
        }
    }
}

/// A page of mails.
#[derive(Serialize, ToSchema)]
pub struct MailsJson {
    /// The mails, the newest first; at most 50.
    mails: Vec<MailJson>,
    /// How many there are in this state.
    total: i64,
    /// Where the next page starts; null on the last page.
    next_cursor: Option<String>,
}

/// Which mails.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MailsQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `failed`, `waiting` or `sent`.
    status: Option<String>,
    /// A piece of the recipient or of the subject.
    q: Option<String>,
}

impl MailsQuery {
    fn of(&self) -> Asked<'_> {
        Asked { text: self.q.as_deref(), state: self.status.as_deref(), below: self.cursor.as_deref() }
    }
}

/// Lists mails, the newest first.
#[utoipa::path(get, path = "/api/v1/mails", extensions(("x-permission" = json!(MAIL_MANAGE.name()))),
    params(MailsQuery), responses((status = 200, description = "A page of mails.", body = MailsJson)))]
pub async fn list(
    State(app): State<People>,
    caller: Caller,
    Parameters(query): Parameters<MailsQuery>,
) -> Result<Json<MailsJson>, Problem> {
    let page = work::page(&app, &caller, query.of()).await?;
    Ok(Json(MailsJson {
        mails: page.mails.into_iter().map(MailJson::from).collect(),
        total: page.total,
        next_cursor: page.next.map(|next| next.to_string()),
    }))
}

/// Sends a mail again that was given up.
#[utoipa::path(post, path = "/api/v1/mails/{id}/again", extensions(("x-permission" = json!(MAIL_MANAGE.name()))),
    params(("id", description = "The mail's number")), responses((status = 204, description = "It waits again.")))]
pub async fn again(State(app): State<People>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    work::retry(&app, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
