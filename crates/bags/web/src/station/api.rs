//! `POST /api/v1/scans` takes scans in: single ones, a queue that comes back online, those of an integration.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bags_rules::outcome::Answer;
use bags_rules::permission::{BAG_SCAN, BILL_EDIT};
use bags_rules::scan::{Action, Scan};
use base_core::time::Moment;
use base_desk::SCANS_PER_SUBMISSION_MAX;
use base_web::body::ScannedBody;
use base_web::error::{Problem, ProblemBody};
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::state::Bags;

/// Longest name of a station, in characters.
const STATION_LENGTH_MAX: usize = 64;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(create))
}

/// Scans of one call, decided in order, each on its own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScansBody {
    /// The station's name, kept with each scan.
    #[serde(default)]
    #[schema(max_length = 64)]
    station: Option<String>,
    /// 1 to 1,000 scans.
    #[schema(min_items = 1, max_items = 1000)]
    scans: Vec<ScanBody>,
}

/// One scan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanBody {
    /// The sender's id for this scan, best a UUID version 7. The same id always gets the same answer.
    id: Uuid,
    /// When it was scanned, by the sender's clock (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// What is asked for.
    action: ApiAction,
    /// The code as it was read. An `undo` may name a `parent` instead.
    #[serde(default)]
    code: Option<String>,
    /// The parent that was shown to the person: for `child`, `relink`, and `undo` of the newest link.
    #[serde(default)]
    parent: Option<String>,
    /// The number of the bill that was shown to the person: for every action on a bill.
    #[serde(default)]
    bill: Option<String>,
}

/// The actions that people and integrations may ask for here.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiAction {
    /// Choose a parent, registering it on its first scan.
    Parent,
    /// Link a child into `parent`.
    Child,
    /// Take a child out of its parent.
    Unlink,
    /// Move a child to `parent`.
    Relink,
    /// Undo the link of `code`, or the newest link of `parent` within the hour.
    Undo,
    /// Finish a parent early.
    Close,
    /// Put the parent `code` on `bill`.
    BillLink,
    /// The same by hand: a parent that was never scanned is registered first.
    BillEnter,
    /// Take the parent `code` off `bill`.
    BillUnlink,
    /// Complete `bill`.
    BillComplete,
    /// Reopen `bill`.
    BillReopen,
}

impl ApiAction {
    fn is_about_a_bill(self) -> bool {
        matches!(self, Self::BillLink | Self::BillEnter | Self::BillUnlink | Self::BillComplete | Self::BillReopen)
    }
}

/// The answers to the scans of one call.
#[derive(Serialize, ToSchema)]
pub struct ScanAnswers {
    /// One for each scan, in order.
    results: Vec<Answer>,
}

impl From<ApiAction> for Action {
    fn from(action: ApiAction) -> Self {
        match action {
            ApiAction::Parent => Self::Parent,
            ApiAction::Child => Self::Child,
            ApiAction::Unlink => Self::Unlink,
            ApiAction::Relink => Self::Relink,
            ApiAction::Undo => Self::Undo,
            ApiAction::Close => Self::Close,
            ApiAction::BillLink => Self::BillLink,
            ApiAction::BillEnter => Self::BillEnter,
            ApiAction::BillUnlink => Self::BillUnlink,
            ApiAction::BillComplete => Self::BillComplete,
            ApiAction::BillReopen => Self::BillReopen,
        }
    }
}

/// Takes scans and answers each. A refusal by a rule is a result like any other, not an HTTP error.
#[utoipa::path(post, path = "/api/v1/scans", extensions(("x-permission" = json!(BAG_SCAN.name()))),
    request_body = ScansBody, responses(
    (status = 200, description = "One result for each scan, in order.", body = ScanAnswers),
    (status = 413, description = "The body is too large.", body = ProblemBody)))]
pub async fn create(
    State(app): State<Bags>,
    caller: Caller,
    ScannedBody(body): ScannedBody<ScansBody>,
) -> Result<Response, Problem> {
    caller.must(BAG_SCAN)?;
    if body.scans.iter().any(|scan| scan.action.is_about_a_bill()) {
        caller.must(BILL_EDIT)?;
    }
    let station = check_station(body.station)?;
    if body.scans.is_empty() || body.scans.len() > SCANS_PER_SUBMISSION_MAX {
        let detail = format!("Send 1 to {SCANS_PER_SUBMISSION_MAX} scans per call; these are {}.", body.scans.len());
        return Err(Problem::field("scans", detail));
    }
    let scans = body.scans.into_iter().enumerate().map(|(at, scan)| read(at, scan)).collect::<Result<_, _>>()?;
    let origin = Arc::new(caller.origin(station));
    let answers = app.desk.submit(caller.actor(), origin, scans).await?;
    let length: usize = answers.iter().map(|answer| answer.len() + 1).sum();
    let mut text = String::with_capacity(length + 16);
    text.push_str("{\"results\":[");
    for (at, answer) in answers.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(answer);
    }
    text.push_str("]}");
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// A station's name is kept and shown, so it is short and plain.
pub fn check_station(station: Option<String>) -> Result<Option<String>, Problem> {
    let Some(name) = station.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if name.chars().count() > STATION_LENGTH_MAX || name.chars().any(char::is_control) {
        let detail = format!("A station name has at most {STATION_LENGTH_MAX} characters and no control characters.");
        return Err(Problem::field("station", detail));
    }
    Ok(Some(name))
}

fn read(at: usize, scan: ScanBody) -> Result<Scan, Problem> {
    let field = |name: &str| format!("scans[{at}].{name}");
    let Some(client_at) = Moment::parse(&scan.at) else {
        return Err(Problem::field(field("at"), "Not a valid time. Write it as 2026-11-21T05:30:00.120Z."));
    };
    let needs_parent = matches!(scan.action, ApiAction::Child | ApiAction::Relink);
    if needs_parent && scan.parent.is_none() {
        return Err(Problem::field(field("parent"), "Name the parent that this scan is for."));
    }
    let names_parent = matches!(scan.action, ApiAction::Undo) && scan.parent.is_some();
    if scan.action.is_about_a_bill() && scan.bill.is_none() {
        return Err(Problem::field(field("bill"), "Name the bill that this scan is for."));
    }
    let names_bill = matches!(scan.action, ApiAction::BillComplete | ApiAction::BillReopen);
    if scan.code.is_none() && !names_parent && !names_bill {
        return Err(Problem::field(field("code"), "Give the code that was scanned."));
    }
    Ok(Scan {
        id: scan.id,
        client_at,
        action: scan.action.into(),
        code: scan.code.unwrap_or_default(),
        parent: scan.parent,
        bill: scan.bill,
        details: None,
    })
}
