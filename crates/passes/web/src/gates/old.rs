//! `POST /api/scan`, the call of E-Pass, with exactly its answers. It has no scan ids: a lost reply is answered with
//! `already_scanned` the second time, as before. New programs use `/api/v1/gate/scans`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::session::Caller;
use jiff::tz::TimeZone;
use passes_rules::outcome::Outcome;
use passes_rules::permission::PASS_REDEEM;
use passes_store::event::{self, Seen};
use passes_work::Shown;
use serde_json::{Value, json};

use super::work::{Sent, Source, Told, submit};
use crate::shown::{named_zone, shown_as_before};
use crate::state::Passes;

/// Largest body, in bytes: a code and its braces.
const BYTES_MAX: usize = 4096;

/// The address, which is not described: new programs use another.
pub fn router() -> Router<Passes> {
    Router::new().route("/api/scan", post(scan))
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "status": "error", "message": message }))).into_response()
}

/// `POST /api/scan`
pub async fn scan(State(app): State<Passes>, caller: Caller, request: Request) -> Result<Response, Problem> {
    caller.must(PASS_REDEEM)?;
    let Some(payload) = payload(request).await else {
        return Ok(refused(StatusCode::BAD_REQUEST, "Invalid or tampered QR code"));
    };
    let sent = Sent::admit(Shown::code(&payload), None);
    let told = submit(&app, &caller, Source::default(), vec![sent], Told::Phones).await?;
    let told = told.into_iter().next().unwrap_or_default();
    // Only an earlier entry is told with its time.
    let event = match told["event"].as_i64().filter(|_| told["outcome"] == Outcome::AlreadyAdmitted.code()) {
        Some(event) => event::find(app.db.read().await?.conn(), event, Seen::All).await?,
        None => None,
    };
    let zone = named_zone(&app, event.as_ref().map_or("", |event| &event.details.zone));
    Ok(answer(&told, &zone))
}

/// The code in the body; `None` for whatever is no JSON object with one.
async fn payload(request: Request) -> Option<String> {
    let bytes = axum::body::to_bytes(request.into_body(), BYTES_MAX).await.ok()?;
    let body: Value = serde_json::from_slice(&bytes).ok()?;
    body.as_object()?.get("payload")?.as_str().map(ToOwned::to_owned)
}

fn answer(told: &Value, zone: &TimeZone) -> Response {
    let guest = &told["guest"];
    let info = json!({
        "name1": guest["name1"], "phone1": guest["phone1"], "name2": guest["name2"], "phone2": guest["phone2"],
        "pass_type": told["kind"], "timing": guest["timing"],
    });
    match told["outcome"].as_str().unwrap_or_default() {
        "admitted" => {
            let message = "Pass scanned successfully";
            Json(json!({ "status": "success", "message": message, "pass_info": info })).into_response()
        }
        "already_admitted" => {
            let at = told["entered_at"].as_str().and_then(Moment::parse).map(|at| shown_as_before(at, zone));
            let body = json!({
                "status": "already_scanned", "message": "This pass has already been used", "scanned_at": at,
                "scanned_by": guest["entered_by_username"], "pass_info": info,
            });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        "unknown_pass" => refused(StatusCode::NOT_FOUND, "Pass not found"),
        "bad_code" | "tampered" => refused(StatusCode::BAD_REQUEST, "Invalid or tampered QR code"),
        "cancelled" => refused(StatusCode::BAD_REQUEST, "This pass was cancelled"),
        "wrong_event" => refused(StatusCode::BAD_REQUEST, "This pass is for another event"),
        "not_yet" => refused(StatusCode::BAD_REQUEST, "The gate is not open yet"),
        "too_late" => refused(StatusCode::BAD_REQUEST, "The event is over"),
        "full" => refused(StatusCode::BAD_REQUEST, "There is no more room inside"),
        _ => refused(StatusCode::BAD_REQUEST, "This code is no longer valid"),
    }
}
