//! `POST /api/v1/gate/scans`: single scans, and the queue of a gate that comes back online.

use axum::Json;
use axum::extract::State;
use base_core::time::Moment;
use base_desk::SCANS_PER_SUBMISSION_MAX;
use base_web::body::ScannedBody;
use base_web::error::{Problem, ProblemBody};
use base_web::session::Caller;
use passes_rules::event::EventId;
use passes_rules::outcome::Answer;
use passes_rules::permission::PASS_REDEEM;
use passes_rules::redeem::{Action, Offline};
use passes_work::Shown;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::work::{Sent, Source, Told, check_reason, submit};
use crate::state::Passes;

/// Longest name of a gate, in characters.
const GATE_LENGTH_MAX: usize = 64;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Passes> {
    OpenApiRouter::new().routes(routes!(create))
}

/// Scans of one call, decided in order, each on its own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GateScansBody {
    /// The gate's name, kept with each scan.
    #[serde(default)]
    #[schema(max_length = 64)]
    gate: Option<String>,
    /// The event of the gate; without it every event that the person works at.
    #[serde(default)]
    event: Option<i64>,
    /// The name of the device, kept with each scan.
    #[serde(default)]
    #[schema(max_length = 64)]
    device: Option<String>,
    /// 1 to 1,000 scans.
    #[schema(min_items = 1, max_items = 1000)]
    scans: Vec<GateScanBody>,
}

/// One scan at a gate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GateScanBody {
    /// The sender's id for this scan, best a UUID version 7. The same id always gets the same answer.
    id: Uuid,
    /// When it was scanned, by the sender's clock (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// What is asked for.
    action: GateAction,
    /// The code as it was read.
    #[serde(default)]
    code: Option<String>,
    /// The id of a pass that was found by name, instead of a code.
    #[serde(default)]
    pass: Option<String>,
    /// How many come in or out, where the event lets the two of a pass come one by one.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2)]
    people: Option<i64>,
    /// The event of the gate at which it was scanned, if another one than that of the call.
    #[serde(default)]
    event: Option<i64>,
    /// Set when the device has let them in already, without a network. If that does not count, it is a conflict.
    #[serde(default)]
    offline: Option<OfflineBody>,
    /// Why an entry is undone; an undo needs it.
    #[serde(default)]
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// An entry that a device decided by itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineBody {
    /// When it let them in, by its clock (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// The `taken_at` of the snapshot that it decided on.
    #[schema(format = DateTime)]
    snapshot_at: String,
}

/// What may be asked for at a gate.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateAction {
    /// To come in.
    Admit,
    /// To go out.
    Leave,
    /// To undo the last entry; needs `pass.undo_entry`.
    Undo,
}

impl From<GateAction> for Action {
    fn from(action: GateAction) -> Self {
        match action {
            GateAction::Admit => Self::Admit,
            GateAction::Leave => Self::Leave,
            GateAction::Undo => Self::Undo,
        }
    }
}

/// Who the pass is for, as it stands now.
#[derive(Serialize, ToSchema)]
pub struct Guest {
    name1: String,
    name2: Option<String>,
    timing: String,
    /// What pages call the person who let them in last.
    entered_by: Option<String>,
    /// The user name of that person.
    entered_by_username: Option<String>,
}

/// The answer to one scan.
#[derive(Serialize, ToSchema)]
pub struct GateAnswer {
    #[serde(flatten)]
    answer: Answer,
    guest: Option<Guest>,
}

/// The answers to the scans of one call.
#[derive(Serialize, ToSchema)]
pub struct GateAnswers {
    /// One for each scan, in order.
    results: Vec<GateAnswer>,
}

/// Takes scans at a gate and answers each. A refusal is a result like any other, not an HTTP error.
#[utoipa::path(post, path = "/api/v1/gate/scans", extensions(("x-permission" = json!(PASS_REDEEM.name()))),
    request_body = GateScansBody, responses(
    (status = 200, description = "One result for each scan, in order.", body = GateAnswers),
    (status = 413, description = "The body is too large.", body = ProblemBody)))]
pub async fn create(
    State(app): State<Passes>,
    caller: Caller,
    ScannedBody(body): ScannedBody<GateScansBody>,
) -> Result<Json<Value>, Problem> {
    caller.must(PASS_REDEEM)?;
    let gate = check_gate(body.gate)?;
    let device = check_name("device", body.device)?;
    if body.scans.is_empty() || body.scans.len() > SCANS_PER_SUBMISSION_MAX {
        let detail = format!("Send 1 to {SCANS_PER_SUBMISSION_MAX} scans per call; these are {}.", body.scans.len());
        return Err(Problem::field("scans", detail));
    }
    let read = |(at, scan)| read(at, scan, body.event);
    let sent = body.scans.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let results = submit(&app, &caller, Source { gate, device }, sent, Told::Names).await?;
    Ok(Json(json!({ "results": results })))
}

/// A gate's name is kept and shown, so it is short and plain.
pub fn check_gate(gate: Option<String>) -> Result<Option<String>, Problem> {
    check_name("gate", gate)
}

fn check_name(field: &'static str, name: Option<String>) -> Result<Option<String>, Problem> {
    let Some(name) = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if name.chars().count() > GATE_LENGTH_MAX || name.chars().any(char::is_control) {
        let detail =
            format!("The name of a {field} has at most {GATE_LENGTH_MAX} characters and no control characters.");
        return Err(Problem::field(field, detail));
    }
    Ok(Some(name))
}

fn read(at: usize, scan: GateScanBody, event: Option<EventId>) -> Result<Sent, Problem> {
    let field = |name: &str| format!("scans[{at}].{name}");
    let time = |name: &str, text: &str| {
        let wrong = "Not a valid time. Write it as 2026-11-21T05:30:00.120Z.";
        Moment::parse(text).ok_or_else(|| Problem::field(field(name), wrong))
    };
    let client_at = time("at", &scan.at)?;
    let shown = match (scan.code, scan.pass) {
        (Some(code), None) => Shown::code(&code),
        (None, Some(pass)) => Shown::pass(&pass),
        _ => return Err(Problem::field(field("code"), "Give the code that was scanned, or the id of a pass.")),
    };
    if scan.people.is_some_and(|people| !(1..=2).contains(&people)) {
        return Err(Problem::field(field("people"), "One or two people come with a pass."));
    }
    let offline = match scan.offline {
        Some(offline) => Some(Offline {
            at: time("offline.at", &offline.at)?,
            snapshot_at: time("offline.snapshot_at", &offline.snapshot_at)?,
        }),
        None => None,
    };
    let action: Action = scan.action.into();
    let reason = match action {
        Action::Undo => Some(check_reason(scan.reason.as_deref())?),
        _ => None,
    };
    let event = scan.event.or(event);
    Ok(Sent { id: Some(scan.id), at: Some(client_at), action, shown, event, people: scan.people, offline, reason })
}
