//! Alerts for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base_core::permission::{HEALTH_READ, SITE_MAINTAIN};
use base_core::time::Moment;
use base_health::tell;
use base_records::alert::Alert;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, ListQuery};
use crate::app::App;
use crate::error::Problem;
use crate::parameters::Parameters;
use crate::session::Caller;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(try_out))
}

/// An alert.
#[derive(Serialize, ToSchema)]
pub struct AlertJson {
    /// Its number.
    id: i64,
    /// `pool`, `errors`, `sign_ins`, `disk`, `backup_unproved`, `backup_old`, `clock`, `seal_lag`, `mails` or `away`.
    kind: String,
    /// The thing, where there are several, such as the name of a system that is away; else empty.
    subject: String,
    /// The node that it is about; empty for what is the same on every node.
    node: String,
    /// The worst figure since it began.
    value: i64,
    /// The figure from which on it begins.
    limit: i64,
    /// What it says, in the language of the account.
    text: String,
    /// When it began. RFC 3339.
    raised_at: String,
    /// When it was over; null while it lasts. RFC 3339.
    cleared_at: Option<String>,
}

impl AlertJson {
    fn of(alert: Alert, locale: &str) -> Self {
        Self {
            text: tell::said(&alert, locale),
            id: alert.id,
            kind: alert.kind,
            subject: alert.subject,
            node: alert.node,
            value: alert.value,
            limit: alert.raise_at,
            raised_at: Moment(alert.raised_at).rfc3339(),
            cleared_at: alert.cleared_at.map(|at| Moment(at).rfc3339()),
        }
    }
}

/// A page of alerts and the cursor of the next.
#[derive(Serialize, ToSchema)]
pub struct AlertPage {
    /// The alerts, the newest first.
    alerts: Vec<AlertJson>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// Lists alerts of the last 90 days and those that last, the newest first.
#[utoipa::path(get, path = "/api/v1/alerts", extensions(("x-permission" = json!(HEALTH_READ.name()))),
    params(ListQuery), responses((status = 200, description = "A page of alerts.", body = AlertPage)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<AlertPage>, Problem> {
    let (alerts, next_cursor) = work::page(&app, &caller, &query).await?;
    let alerts = alerts.into_iter().map(|alert| AlertJson::of(alert, &caller.locale)).collect();
    Ok(Json(AlertPage { alerts, next_cursor }))
}

/// Sends a trial to everybody who is told of alerts, by mail and by the webhook.
#[utoipa::path(post, path = "/api/v1/alerts/try", extensions(("x-permission" = json!(SITE_MAINTAIN.name()))),
    responses((status = 204, description = "It is on its way.")))]
pub async fn try_out(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    work::try_out(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
