//! Changes of bills. All go through the desk, each under an id: the same id gets the same answer again, and nothing is
//! done twice.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::permission::{BILL_DELETE, BILL_EDIT};
use bags_rules::scan::{Action, Details};
use bags_store::bill::Recalculated;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::session::Caller;
use base_web::view::path_part;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::bills::work::{Change, recalculate, recalculate_every_bill, submit};
use crate::state::Bags;
use crate::told::{Told, refused};

/// The sender's own id for a change, from the header `X-Scan-Id`.
pub struct ScanId(Option<Uuid>);

impl FromRequestParts<Bags> for ScanId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Bags) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("x-scan-id") else {
            return Ok(Self(None));
        };
        let id = value.to_str().ok().and_then(|text| Uuid::parse_str(text.trim()).ok());
        id.map(|id| Self(Some(id))).ok_or_else(|| Problem::field("x-scan-id", "This header must be a UUID."))
    }
}

/// The answer of these routes, in which a refusal is a problem.
fn respond(told: Told, is_about_parent: bool) -> Result<Response, Problem> {
    if !told.outcome.is_refusal() {
        let status = if told.outcome == Outcome::BillCreated { StatusCode::CREATED } else { StatusCode::OK };
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/json")], told.text.to_string()).into_response();
        if status == StatusCode::CREATED {
            let number = told.answer["bill"].as_str().unwrap_or_default();
            let place = format!("/api/v1/bills/{}", path_part(number));
            response.headers_mut().insert(header::LOCATION, place.parse().expect("percent-encoded"));
        }
        return Ok(response);
    }
    let status = match told.outcome {
        Outcome::UnknownBill => StatusCode::NOT_FOUND,
        Outcome::BadBill
        | Outcome::BadCapacity
        | Outcome::BadDescription
        | Outcome::BadTransport
        | Outcome::BadCode
        | Outcome::NotAParentCode => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    Err(refused(told, status, is_about_parent))
}

/// A new bill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBillBody {
    /// Your own id for this call, best a UUID version 7. The same id always gets the same answer.
    #[serde(default)]
    id: Option<Uuid>,
    /// Its number, 3 to 50 characters.
    #[schema(min_length = 3, max_length = 50)]
    bill: String,
    /// The number of parents it can hold, 1 to 500; 1 when not given.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    capacity: Option<i64>,
    /// What it is for, at most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Where it goes, at most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    destination: Option<String>,
    /// The number of the vehicle that takes it there, at most 50 characters.
    #[serde(default)]
    #[schema(max_length = 50)]
    vehicle_number: Option<String>,
}

/// What is to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBillBody {
    /// Your own id for this call.
    #[serde(default)]
    id: Option<Uuid>,
    /// The number of parents it can hold, 1 to 500, not fewer than are on it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    capacity: Option<i64>,
    /// What it is for, at most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Where it goes, at most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    destination: Option<String>,
    /// The number of the vehicle that takes it there, at most 50 characters.
    #[serde(default)]
    #[schema(max_length = 50)]
    vehicle_number: Option<String>,
}

/// Creates a bill.
#[utoipa::path(post, path = "/api/v1/bills", extensions(("x-permission" = json!(BILL_EDIT.name()))),
    request_body = NewBillBody, responses(
    (status = 201, description = "The bill is created; the same answer for the same `id`.", body = Answer),
    (status = 409, description = "`bill_exists`, or `scan_id_reused`.", body = ProblemBody)))]
pub async fn create(
    State(app): State<Bags>,
    caller: Caller,
    JsonBody(body): JsonBody<NewBillBody>,
) -> Result<Response, Problem> {
    let details = Details {
        capacity: body.capacity,
        description: body.description,
        destination: body.destination,
        vehicle_number: body.vehicle_number,
        ..Details::default()
    };
    let change = Change { action: Action::BillCreate, bill: &body.bill, code: "", details };
    respond(submit(&app, &caller, body.id, &change).await?, false)
}

/// Changes a bill's capacity, description, destination or vehicle.
#[utoipa::path(patch, path = "/api/v1/bills/{number}",
    extensions(("x-permission" = json!(BILL_EDIT.name()))),
    request_body = EditBillBody,
    params(("number", description = "The bill's number, percent-encoded")), responses(
    (status = 200, description = "`bill_edited`, or `bill_unchanged`.", body = Answer),
    (status = 404, description = "There is no such bill.", body = ProblemBody),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn edit(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
    JsonBody(body): JsonBody<EditBillBody>,
) -> Result<Response, Problem> {
    let details = Details {
        capacity: body.capacity,
        description: body.description,
        destination: body.destination,
        vehicle_number: body.vehicle_number,
        ..Details::default()
    };
    let change = Change { action: Action::BillEdit, bill: &number, code: "", details };
    respond(submit(&app, &caller, body.id, &change).await?, false)
}

/// Removes a bill; its parents stay and are free. A completed one is reopened first.
#[utoipa::path(delete, path = "/api/v1/bills/{number}",
    extensions(("x-permission" = json!(BILL_DELETE.name()))),
    params(("number", description = "The bill's number, percent-encoded"),
        ("X-Scan-Id" = Option<Uuid>, Header, description = "Your own id for this call")), responses(
    (status = 200, description = "`bill_deleted`.", body = Answer),
    (status = 404, description = "There is no such bill.", body = ProblemBody),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn remove(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
    ScanId(id): ScanId,
) -> Result<Response, Problem> {
    let change = Change { action: Action::BillDelete, bill: &number, ..Change::default() };
    respond(submit(&app, &caller, id, &change).await?, false)
}

/// What became of an action on a bill, in one of two shapes.
// For the document alone; answers are sent as the desk wrote them.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is described, and never made: both answers are texts already")]
pub enum BillActed {
    /// Of `complete` and `reopen`.
    Answer(Answer),
    /// Of `recalculate`.
    Recalculated(RecalculatedJson),
}

/// Completes a bill (`complete`), reopens it (`reopen`), or counts it again (`recalculate`).
#[utoipa::path(post, path = "/api/v1/bills/{number}/{action}",
    extensions(("x-permission" = json!(BILL_EDIT.name()))),
    params(("number", description = "The bill's number, percent-encoded"),
        ("action", description = "`complete`, `reopen` or `recalculate`"),
        ("X-Scan-Id" = Option<Uuid>, Header, description = "Your own id for this call")), responses(
    (status = 200, description = "`bill_finished` or `bill_reopened`; for `recalculate` what was counted.",
        body = BillActed),
    (status = 404, description = "There is no such bill, or no such action.", body = ProblemBody),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn act(
    State(app): State<Bags>,
    caller: Caller,
    Path((number, action)): Path<(String, String)>,
    ScanId(id): ScanId,
) -> Result<Response, Problem> {
    let action = match action.as_str() {
        "complete" => Action::BillComplete,
        "reopen" => Action::BillReopen,
        "recalculate" => {
            let found = recalculate(&app, &caller, &number).await?;
            return Ok(Json(RecalculatedJson::from(found)).into_response());
        }
        _ => return Err(Problem::not_found("This action")),
    };
    let change = Change { action, bill: &number, ..Change::default() };
    respond(submit(&app, &caller, id, &change).await?, false)
}

/// Puts a parent on a bill. One that was never scanned is registered first.
#[utoipa::path(post, path = "/api/v1/bills/{number}/parents/{code}",
    extensions(("x-permission" = json!(BILL_EDIT.name()))),
    params(("number", description = "The bill's number, percent-encoded"), ("code", description = "The parent's code"),
        ("X-Scan-Id" = Option<Uuid>, Header, description = "Your own id for this call")), responses(
    (status = 200, description = "`bill_linked`.", body = Answer),
    (status = 404, description = "There is no such bill.", body = ProblemBody),
    (status = 409, description = "A rule says no; `code` says which, `bag` which parent.", body = ProblemBody)))]
pub async fn put(
    State(app): State<Bags>,
    caller: Caller,
    Path((number, code)): Path<(String, String)>,
    ScanId(id): ScanId,
) -> Result<Response, Problem> {
    let change = Change { action: Action::BillEnter, bill: &number, code: &code, details: Details::default() };
    respond(submit(&app, &caller, id, &change).await?, true)
}

/// Takes a parent off a bill; after that it is free.
#[utoipa::path(delete, path = "/api/v1/bills/{number}/parents/{code}",
    extensions(("x-permission" = json!(BILL_EDIT.name()))),
    params(("number", description = "The bill's number, percent-encoded"), ("code", description = "The parent's code"),
        ("X-Scan-Id" = Option<Uuid>, Header, description = "Your own id for this call")), responses(
    (status = 200, description = "`bill_unlinked`.", body = Answer),
    (status = 404, description = "There is no such bill.", body = ProblemBody),
    (status = 409, description = "A rule says no; `code` says which, `bag` which parent.", body = ProblemBody)))]
pub async fn take(
    State(app): State<Bags>,
    caller: Caller,
    Path((number, code)): Path<(String, String)>,
    ScanId(id): ScanId,
) -> Result<Response, Problem> {
    let change = Change { action: Action::BillUnlink, bill: &number, code: &code, details: Details::default() };
    respond(submit(&app, &caller, id, &change).await?, true)
}

/// A bill, counted again.
#[derive(Serialize, ToSchema)]
pub struct RecalculatedJson {
    bill: String,
    /// True when a figure was wrong and has been corrected.
    was_wrong: bool,
    parents_before: i64,
    children_before: i64,
    parents: i64,
    children: i64,
}

impl From<Recalculated> for RecalculatedJson {
    fn from(found: Recalculated) -> Self {
        Self {
            bill: found.number,
            was_wrong: found.was_wrong,
            parents_before: found.before.0,
            children_before: found.before.1,
            parents: found.after.0,
            children: found.after.1,
        }
    }
}

/// Every bill, counted again.
#[derive(Serialize, ToSchema)]
pub struct RecalculatedAllJson {
    /// How many bills there are.
    bills: i64,
    /// How many were wrong and have been corrected.
    wrong: i64,
}

/// Counts every bill again, in steps so small that no scan waits for them.
#[utoipa::path(post, path = "/api/v1/bill-weights/recalculate",
    extensions(("x-permission" = json!(BILL_DELETE.name()))), responses(
    (status = 200, description = "How many bills there are, and how many were wrong.", body = RecalculatedAllJson)))]
pub async fn recalculate_all(State(app): State<Bags>, caller: Caller) -> Result<Json<RecalculatedAllJson>, Problem> {
    let all = recalculate_every_bill(&app, &caller).await?;
    Ok(Json(RecalculatedAllJson { bills: all.bills, wrong: all.wrong }))
}
