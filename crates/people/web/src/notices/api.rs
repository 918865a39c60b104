//! One's own notices for programs, under the names of the earlier system.

use axum::Json;
use axum::extract::{Path, State};
use base_core::permission::HOME_READ;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use people_store::notification::Notice;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work;
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(unread)).routes(routes!(read_all)).routes(routes!(read))
}

/// A notice.
#[derive(Serialize, ToSchema)]
pub struct NoticeJson {
    /// Its number.
    id: i64,
    /// What it is about, in the caller's language.
    title: String,
    /// What people wrote.
    message: String,
    /// `info`, `success`, `warning` or `error`.
    #[serde(rename = "type")]
    kind: String,
    /// 0 low to 3 critical.
    priority: i64,
    /// True once it was read.
    is_read: bool,
    /// Where it leads.
    link: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    read_at: Option<String>,
}

impl NoticeJson {
    fn of(notice: Notice, locale: &str) -> Self {
        Self {
            id: notice.id,
            title: base_web::locale::text(base_web::locale::choose(locale), &notice.title, &[]),
            message: notice.message,
            kind: notice.kind,
            priority: notice.priority,
            is_read: notice.is_read,
            link: notice.link,
            created_at: Moment(notice.created_at).rfc3339(),
            read_at: notice.read_at.map(|at| Moment(at).rfc3339()),
        }
    }
}

/// A page of notices.
#[derive(Serialize, ToSchema)]
pub struct NoticesJson {
    /// The notices, the newest first; at most 50.
    notifications: Vec<NoticeJson>,
    /// Where the next page starts; null on the last page.
    next_cursor: Option<String>,
    /// How many are unread in all.
    unread: i64,
}

/// How many are unread.
#[derive(Serialize, ToSchema)]
pub struct UnreadJson {
    /// How many.
    unread: i64,
}

/// Which notices.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NoticesQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// True for those that are unread.
    unread: Option<bool>,
}

/// Lists one's own notices, the newest first.
#[utoipa::path(get, path = "/api/v1/notifications", extensions(("x-permission" = json!(HOME_READ.name()))),
    params(NoticesQuery), responses((status = 200, description = "A page of notices.", body = NoticesJson)))]
pub async fn list(
    State(app): State<People>,
    caller: Caller,
    Parameters(query): Parameters<NoticesQuery>,
) -> Result<Json<NoticesJson>, Problem> {
    let only_unread = query.unread.unwrap_or_default();
    let (notices, next) = work::page(&app, &caller, only_unread, query.cursor.as_deref()).await?;
    let unread = work::unread(&app, &caller).await?;
    let notifications = notices.into_iter().map(|notice| NoticeJson::of(notice, &caller.locale)).collect();
    Ok(Json(NoticesJson { notifications, next_cursor: next.map(|next| next.to_string()), unread }))
}

/// Tells how many of one's own notices are unread.
#[utoipa::path(get, path = "/api/v1/notifications/unread", extensions(("x-permission" = json!(HOME_READ.name()))),
    responses((status = 200, description = "How many.", body = UnreadJson)))]
pub async fn unread(State(app): State<People>, caller: Caller) -> Result<Json<UnreadJson>, Problem> {
    Ok(Json(UnreadJson { unread: work::unread(&app, &caller).await? }))
}

/// Marks all of one's own notices as read.
#[utoipa::path(post, path = "/api/v1/notifications/read", extensions(("x-permission" = json!(HOME_READ.name()))),
    responses((status = 200, description = "How many are unread now.", body = UnreadJson)))]
pub async fn read_all(State(app): State<People>, caller: Caller) -> Result<Json<UnreadJson>, Problem> {
    work::read(&app, &caller, None).await?;
    Ok(Json(UnreadJson { unread: work::unread(&app, &caller).await? }))
}

/// Marks one of one's own notices as read.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", extensions(("x-permission" = json!(HOME_READ.name()))),
    params(("id", description = "The notice's number")), responses(
    (status = 200, description = "How many are unread now.", body = UnreadJson)))]
pub async fn read(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<UnreadJson>, Problem> {
    caller.must(HOME_READ)?;
    let id = id.parse().map_err(|_| Problem::not_found("This notice"))?;
    work::read(&app, &caller, Some(id)).await?;
    Ok(Json(UnreadJson { unread: work::unread(&app, &caller).await? }))
}
