//! Bills: lists, one bill with its parents, its weights and its scans. Changes stand in `change`, the addresses of the
//! system before this one in `old`.

pub mod change;
pub mod old;

use axum::Json;
use axum::extract::{Path, State};
use bags_rules::bag::BagStatus;
use bags_rules::bill::{BillKey, BillNumber, BillStatus, BillWeights, progress};
use bags_rules::code::Code;
use bags_rules::permission::BILL_READ;
use bags_store::bill;
use bags_store::bill::{BillLine, BillPage, BilledParent, ParentCursor, ParentFigures};
use base_core::area::Area;
use base_core::time::Moment;
use base_db::Conn;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bags::api::{HistoryJson, Stamp};
use crate::bills::filter;
use crate::bills::filter::BillsQuery;
use crate::state::Bags;

/// Parents in one answer unless asked otherwise: more than any bill of ours holds.
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
        .merge(old::router().into())
}

/// A page of bills.
#[derive(Serialize, ToSchema)]
pub struct BillsJson {
    /// The bills, in the order that was asked for.
    pub bills: Vec<BillJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many bills were looked at, when the page is not full because no more may be looked at in one call. Go on
    /// with `next_cursor`.
    pub looked_at: Option<u32>,
}

/// A bill.
#[derive(Serialize, ToSchema)]
pub struct BillJson {
    /// Its number.
    pub bill: String,
    /// Where it stands.
    pub status: BillStatus,
    /// The number of parents it can hold.
    pub capacity: i64,
    /// How many are on it.
    pub parents: i64,
    /// How many children those hold.
    pub children: i64,
    /// The weight of its children, in kilograms.
    pub actual_kg: i64,
    /// Its weight if each of its parents were full, in kilograms.
    pub expected_kg: i64,
    /// Its weight when it holds as many full parents as it can, in kilograms.
    pub target_kg: i64,
    /// Actual weight minus expected weight, in kilograms.
    pub variance_kg: i64,
    /// Parents in percent of the capacity, rounded down.
    pub percent: i64,
    /// `empty`, `in_progress` or `completed`, from the percent alone.
    pub progress: &'static str,
    /// What it is for.
    pub description: String,
    /// When it was created.
    pub created_at: Stamp,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Stamp>,
    /// By whom.
    pub completed_by: Option<String>,
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
    linked_at: Stamp,
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
    /// How many parents the caller sees hold fewer children than fit.
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

impl BillJson {
    /// The bill as the API writes it; `full` children are a full parent.
    pub fn of(line: BillLine, full: u32) -> Self {
        let weights = BillWeights::of(line.parents, line.children, line.capacity, full);
        let (percent, progress) = progress(line.parents, line.capacity);
        Self {
            bill: line.number,
            status: line.status,
            capacity: line.capacity,
            parents: line.parents,
            children: line.children,
            actual_kg: weights.actual_kg,
            expected_kg: weights.expected_kg,
            target_kg: weights.target_kg,
            variance_kg: weights.variance_kg,
            percent,
            progress,
            description: line.description,
            created_at: Stamp(line.created_at),
            created_by: line.created_by,
            completed_at: line.completed_at.map(Stamp),
            completed_by: line.completed_by,
        }
    }
}

impl BilledParentJson {
    fn of(parent: BilledParent, full: u32) -> Self {
        Self {
            code: parent.code.to_string(),
            children: parent.children,
            capacity: full,
            status: parent.status,
            area: parent.area.as_ref().map(Area::to_string),
            linked_at: Stamp(parent.linked_at),
            linked_by: parent.linked_by,
        }
    }
}

/// One page of bills.
pub async fn page(app: &Bags, caller: &Caller, query: &BillsQuery) -> Result<BillPage, Problem> {
    caller.must(BILL_READ)?;
    let (cursor, limit) = (query.cursor(app, caller)?, query.limit()?);
    let mut reader = app.db.read().await?;
    let creators = match query.person() {
        Some(_) => bill::creators(reader.conn()).await?,
        None => Vec::new(),
    };
    let Some(filter) = query.filter(&app.settings.zone, &creators)? else {
        return Ok(BillPage::default());
    };
    Ok(bill::list(reader.conn(), &filter, &caller.scope(), cursor.as_ref(), limit).await?)
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

/// The bill behind a number as it stands in an address, where the caller may see it.
pub async fn find(app: &Bags, caller: &Caller, number: &str) -> Result<BillLine, Problem> {
    find_in(app.db.read().await?.conn(), caller, number).await
}

/// The same, of the moment that a connection sees.
pub async fn find_in(conn: Conn<'_>, caller: &Caller, number: &str) -> Result<BillLine, Problem> {
    caller.must(BILL_READ)?;
    let not_found = || Problem::not_found("This bill");
    let key = BillNumber::kept(number).ok_or_else(not_found)?.key();
    bill::find(conn, &key, &caller.scope()).await?.ok_or_else(not_found)
}

/// Which parents.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ParentsQuery {
    /// `next` of the answer before.
    cursor: Option<String>,
    /// Parents in one answer, 1 to 200; 100 when not given.
    limit: Option<u32>,
}

/// Writes where the next page of parents begins.
pub fn write_parent_cursor(parent: &BilledParent) -> String {
    format!("{}.{}", parent.linked_at.0, parent.code)
}

/// Reads where a page of parents begins.
pub fn read_parent_cursor(text: Option<&str>) -> Result<Option<ParentCursor>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parts = text.split_once('.').and_then(|(at, code)| Some((at.parse::<i64>().ok()?, code)));
    match parts {
        Some((at, code)) if !code.chars().any(char::is_control) => {
            Ok(Some(ParentCursor { linked_at: Moment(at), code: Code::stored(code) }))
        }
        _ => Err(Problem::field("cursor", "This cursor is not valid. Start again without one.")),
    }
}

/// Which parents of a bill are asked for.
pub struct Asked<'a> {
    /// Where the page begins, as the one before said.
    pub cursor: Option<&'a str>,
    /// Parents on it.
    pub limit: u32,
    /// Whether the codes of their children are wanted.
    pub with_children: bool,
}

/// One page of the parents on a bill that the caller may see.
pub struct Parents {
    /// Those of the page.
    pub page: Vec<BilledParent>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// All of them, counted.
    pub figures: ParentFigures,
}

impl Parents {
    /// How many of a bill's parents the caller may not see.
    pub fn other_areas(&self, line: &BillLine) -> i64 {
        (line.parents - self.figures.seen).max(0)
    }
}

/// Reads a page of the parents on a bill and counts all; `full` children are a full parent.
pub async fn parents(
    mut conn: Conn<'_>,
    caller: &Caller,
    key: &BillKey,
    asked: Asked<'_>,
    full: u32,
) -> Result<Parents, Problem> {
    let (scope, cursor) = (caller.scope(), read_parent_cursor(asked.cursor)?);
    let at = (cursor.as_ref(), asked.limit + 1);
    let mut page = bill::parents(conn.reborrow(), key, &scope, at, asked.with_children).await?;
    let more = page.len() > asked.limit as usize;
    page.truncate(asked.limit as usize);
    let next = page.last().filter(|_| more).map(write_parent_cursor);
    let figures = if cursor.is_none() && !more {
        ParentFigures::of(&page, full)
    } else {
        bill::parent_figures(conn, key, &scope, full).await?
    };
    Ok(Parents { page, next, figures })
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
        return Err(Problem::field("limit", format!("An answer has 1 to {PARENTS_MAX} parents.")));
    };
    // A parent that is scanned meanwhile is counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &number).await?;
    let full = app.rules.capacity;
    let asked = Asked { cursor: query.cursor.as_deref(), limit, with_children: false };
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
