//! Bills: lists, one bill with its parents, its weights and its scans. Changes are in `change`.

pub mod change;

use axum::Json;
use axum::extract::{Path, State};
use bags_rules::bag::BagStatus;
use bags_rules::permission::BILL_READ;
use bags_store::bill;
use bags_store::bill::BilledParent;
use base_core::area::Area;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bills::filter;
use crate::bills::filter::BillsQuery;
use crate::bills::json::BillJson;
use crate::bills::work::{ParentsAsked, find_in, page, parents};
use crate::history::{HistoryJson, Stamp};
use crate::state::Bags;

/// Parents in one answer unless asked otherwise: more than any bill holds.
const PARENTS_DEFAULT: u32 = 100;
/// Most parents in one answer.
const PARENTS_MAX: u32 = 200;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new()
        .routes(routes!(list, change::create))
        .routes(routes!(show, change::edit, change::remove))
        .routes(routes!(weights))
        .routes(routes!(scans))
        .routes(routes!(change::act))
        .routes(routes!(change::put, change::take))
        .routes(routes!(change::recalculate_all))
}

/// A page of bills.
#[derive(Serialize, ToSchema)]
pub struct BillsJson {
    /// The bills, in the order that was asked for.
    pub bills: Vec<BillJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many bills were looked at, when the page ended there before it was full; continue
    /// with `next_cursor`.
    pub looked_at: Option<u32>,
}

/// A bill with the parents on it.
#[derive(Serialize, ToSchema)]
pub struct BillDetail {
    #[serde(flatten)]
    bill: BillJson,
    /// The parents on it that the caller may see, newest first.
    parent_bags: Vec<BilledParentJson>,
    /// Pass as `cursor` to see more parents; null when there are none.
    next: Option<String>,
    /// How many parents on it belong to areas that the caller may not see.
    other_areas: i64,
}

/// A parent on a bill.
#[derive(Serialize, ToSchema)]
pub struct BilledParentJson {
    code: String,
    /// How many children it holds.
    children: u32,
    /// How many fit.
    capacity: u32,
    /// How full it is.
    status: BagStatus,
    area: Option<String>,
    /// Null where an earlier system did not record it.
    linked_at: Option<Stamp>,
    linked_by: Option<String>,
}

/// What a bill weighs.
#[derive(Serialize, ToSchema)]
pub struct WeightsJson {
    bill: String,
    /// How many parents are on it.
    parents: i64,
    /// How many children those hold.
    children: i64,
    /// How many of the parents that the caller may see hold fewer children than fit.
    short_parents: i64,
    /// The weight of its children, in kilograms.
    actual_kg: i64,
    /// Its weight if each of its parents were full, in kilograms.
    expected_kg: i64,
    /// Its weight when it holds as many full parents as it can, in kilograms.
    target_kg: i64,
    /// Actual weight minus expected weight, in kilograms.
    variance_kg: i64,
}

/// The newest scans of a bill.
#[derive(Serialize, ToSchema)]
pub struct BillScansJson {
    /// The scans of the bill and of the parents on it, newest first; at most 100.
    scans: Vec<HistoryJson>,
}

impl BilledParentJson {
    fn of(parent: BilledParent, full: u32) -> Self {
        Self {
            code: parent.code.to_string(),
            children: parent.children,
            capacity: full,
            status: parent.status,
            area: parent.area.as_ref().map(Area::to_string),
            linked_at: parent.linked_at.known().map(Stamp),
            linked_by: parent.linked_by,
        }
    }
}

/// Lists the bills that the caller may see: all, or those that hold a parent of the caller's area.
#[utoipa::path(get, path = "/api/v1/bills", extensions(("x-permission" = json!(BILL_READ.name()))),
    params(BillsQuery), responses(
    (status = 200, description = "A page of bills.", body = BillsJson)))]
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<BillsQuery>,
) -> Result<Json<BillsJson>, Problem> {
    let page = page(&app, &caller, &query).await?;
    let full = app.rules.capacity;
    Ok(Json(BillsJson {
        bills: page.bills.into_iter().map(|line| BillJson::of(line, full)).collect(),
        next_cursor: page.next.as_ref().map(|next| filter::write_cursor(&app, &caller, next)),
        looked_at: page.looked_at,
    }))
}

/// Which parents.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ParentsQuery {
    /// `next` of the answer before.
    cursor: Option<String>,
    /// Parents in one answer, 1 to 200; 100 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Shows one bill with the parents on it.
#[utoipa::path(get, path = "/api/v1/bills/{number}", extensions(("x-permission" = json!(BILL_READ.name()))),
    params(ParentsQuery, ("number", description = "The bill's number, percent-encoded")), responses(
    (status = 200, description = "The bill and the parents on it.", body = BillDetail),
    (status = 404, description = "There is no such bill, or none that the caller may see.", body = ProblemBody)))]
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
    Parameters(query): Parameters<ParentsQuery>,
) -> Result<Json<BillDetail>, Problem> {
    let limit @ 1..=PARENTS_MAX = query.limit.unwrap_or(PARENTS_DEFAULT) else {
        return Err(Problem::field("limit", format!("Ask for 1 to {PARENTS_MAX} parents.")));
    };
    // One snapshot: a parent that is scanned at the same time is both counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &number).await?;
    let full = app.rules.capacity;
    let asked = ParentsAsked { app: app.app(), cursor: query.cursor.as_deref(), limit, with_children: false };
    let parents = parents(reader.conn(), &caller, &line.key, asked, full).await?;
    Ok(Json(BillDetail {
        other_areas: parents.other_areas(&line),
        bill: BillJson::of(line, full),
        parent_bags: parents.page.into_iter().map(|parent| BilledParentJson::of(parent, full)).collect(),
        next: parents.next,
    }))
}

/// Tells what a bill weighs.
#[utoipa::path(get, path = "/api/v1/bills/{number}/weights",
    extensions(("x-permission" = json!(BILL_READ.name()))),
    params(("number", description = "The bill's number, percent-encoded")), responses(
    (status = 200, description = "Its weights.", body = WeightsJson),
    (status = 404, description = "There is no such bill, or none that the caller may see.", body = ProblemBody)))]
pub async fn weights(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<WeightsJson>, Problem> {
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &number).await?;
    let full = app.rules.capacity;
    let figures = bill::parent_figures(reader.conn(), &line.key, &caller.scope(), full).await?;
    let bill = BillJson::of(line, full);
    Ok(Json(WeightsJson {
        parents: bill.parents,
        children: bill.children,
        short_parents: figures.short,
        actual_kg: bill.actual_kg,
        expected_kg: bill.expected_kg,
        target_kg: bill.target_kg,
        variance_kg: bill.variance_kg,
        bill: bill.bill,
    }))
}

/// Lists the newest scans of a bill and of the parents on it.
#[utoipa::path(get, path = "/api/v1/bills/{number}/scans",
    extensions(("x-permission" = json!(BILL_READ.name()))),
    params(("number", description = "The bill's number, percent-encoded")), responses(
    (status = 200, description = "The newest scans that the caller may see.", body = BillScansJson),
    (status = 404, description = "There is no such bill, or none that the caller may see.", body = ProblemBody)))]
pub async fn scans(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<BillScansJson>, Problem> {
    let mut reader = app.db.read().await?;
    let line = find_in(reader.conn(), &caller, &number).await?;
    let scans = bill::scans(reader.conn(), &line.key, &caller.scope()).await?;
    Ok(Json(BillScansJson { scans: scans.into_iter().map(HistoryJson::from).collect() }))
}
