//! `POST /api/v1/scans`: the door for scans. Single scans, a queue that comes back on line, an integration: all here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bags_rules::permission::{BAG_SCAN, BILL_EDIT};
use bags_rules::scan::{Action, Scan};
use base_core::time::Moment;
use serde::{Deserialize, Serialize};
use tallyhouse_desk::SCANS_PER_SUBMISSION_MAX;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::body::JsonBody;
use crate::error::{Problem, ProblemBody};
use crate::session::Caller;

/// Longest name of a station, in characters.
const STATION_LENGTH_MAX: usize = 64;

/// Scans of one call, decided in order, each on its own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScansBody {
    /// The station's name, kept with each scan.
    #[serde(default)]
    station: Option<String>,
    /// 1 to 1,000 scans.
    scans: Vec<ScanBody>,
}

/// One scan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanBody {
    /// The sender's id for this scan, best a UUID version 7. The same id is answered the same way for ever.
    id: Uuid,
    /// When it was scanned, by the sender's clock (RFC 3339).
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
    /// Open `bill` again.
    BillReopen,
}

impl ApiAction {
    fn is_about_a_bill(self) -> bool {
        matches!(self, Self::BillLink | Self::BillEnter | Self::BillUnlink | Self::BillComplete | Self::BillReopen)
    }
}

/// The results of `POST /api/v1/scans`.
#[derive(Serialize, ToSchema)]
pub struct ScanResults {
    /// One for each scan, in order.
    results: Vec<ScanResult>,
}

/// What became of one scan. Facts that do not apply are left out.
#[derive(Serialize, ToSchema)]
pub struct ScanResult {
    /// The scan's id, as it was sent.
    id: Uuid,
    /// `parent_created`, `parent_selected`, `linked`, `unlinked`, `relinked`, `undone`, `closed`, `bill_linked`,
    /// `bill_unlinked`, `bill_finished`, `bill_reopened`, or the code of a refusal.
    outcome: String,
    /// The code, as it was read.
    code: String,
    /// The parent concerned.
    parent: Option<String>,
    /// How many children that parent has now; of one that was removed, how many went with it.
    children: Option<u32>,
    /// How many fit.
    capacity: Option<u32>,
    /// `pending`, `in_progress` or `completed`.
    status: Option<String>,
    /// True on the link that filled the parent.
    completed: Option<bool>,
    /// The parent that the child is in.
    current_parent: Option<String>,
    /// What parent labels look like, where the code is none; `#` is a digit.
    labels: Option<String>,
    /// The bill concerned, or the one that stands in the way.
    bill: Option<String>,
    /// The other bill that the parent is on.
    current_bill: Option<String>,
    /// How many parents are on the bill now.
    bill_parents: Option<u32>,
    /// How many it shall hold.
    bill_capacity: Option<u32>,
    /// `new`, `processing` or `completed`.
    bill_status: Option<String>,
    /// Weight of the bill's children, in kilograms.
    actual_kg: Option<i64>,
    /// Weight of its parents were each full, in kilograms.
    expected_kg: Option<i64>,
    /// Weight of as many full parents as it shall hold, in kilograms.
    target_kg: Option<i64>,
    /// Actual less expected, in kilograms.
    variance_kg: Option<i64>,
    /// How many parents are missing to complete the bill.
    missing: Option<u32>,
    /// By how many seconds the sender's clock is off, where that is too much to be true.
    clock_off_s: Option<i64>,
    /// Refusals: what is wrong and the way out.
    message: Option<String>,
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

/// Takes scans in and answers each. A refusal by a rule is a result like any other, not an HTTP error.
#[utoipa::path(post, path = "/api/v1/scans", request_body = ScansBody, responses(
    (status = 200, description = "One result for each scan, in order.", body = ScanResults),
    (status = 401, description = "Nobody is signed in.", body = ProblemBody),
    (status = 403, description = "No right to scan, or no CSRF proof.", body = ProblemBody),
    (status = 413, description = "The body is too large.", body = ProblemBody),
    (status = 422, description = "A field is wrong; `field` names it.", body = ProblemBody),
    (status = 503, description = "Too much is waiting; send the same again after Retry-After.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<ScansBody>,
) -> Result<Response, Problem> {
    caller.must(BAG_SCAN)?;
    if body.scans.iter().any(|scan| scan.action.is_about_a_bill()) {
        caller.must(BILL_EDIT)?;
    }
    let station = check_station(body.station)?;
    if body.scans.is_empty() || body.scans.len() > SCANS_PER_SUBMISSION_MAX {
        let detail = format!("Send 1 to {SCANS_PER_SUBMISSION_MAX} scans a call; these are {}.", body.scans.len());
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
        let detail = format!("A station's name has at most {STATION_LENGTH_MAX} characters and no control characters.");
        return Err(Problem::field("station", detail));
    }
    Ok(Some(name))
}

fn read(at: usize, scan: ScanBody) -> Result<Scan, Problem> {
    let field = |name: &str| format!("scans[{at}].{name}");
    let Some(client_at) = Moment::parse(&scan.at) else {
        return Err(Problem::field(field("at"), "Give a time since 1970 such as 2026-11-21T05:30:00.120Z."));
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
