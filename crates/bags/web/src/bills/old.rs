//! The addresses of the earlier system, with its names and true values. New programs use
//! `/api/v1/bills`. Bills have no other id than their number, so `id` is the number too.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Json, Router};
use bags_rules::bill::BillStatus;
use bags_rules::counter::Counter;
use bags_rules::permission::BILL_READ;
use bags_store::bill::BillLine;
use bags_store::counter;
use base_core::area::Scope;
use base_web::earlier::says_ignored;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bills::filter::BillsQuery;
use crate::bills::json::BillJson;
use crate::bills::work::{ParentsAsked, find, find_in, page, parents};
use crate::earlier;
use crate::filter::given;
use crate::state::Bags;

/// Bills on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 100;
/// Most parents in one answer; the earlier system had no pages here, and no bill holds so many.
const PARENTS_MAX: u32 = 1_000;

/// The addresses, which are not described: new programs use others.
pub fn router() -> Router<Bags> {
    Router::new()
        .route("/api/bills", get(list).layer(from_fn(says_ignored(&["limit", "offset", "status"]))))
        .route("/api/bills/{number}", get(show).layer(from_fn(says_ignored(&[]))))
        .route("/api/bill/{number}/weights", get(weights).layer(from_fn(says_ignored(&[]))))
}

/// The old parameters.
#[derive(Deserialize)]
pub struct OldQuery {
    limit: Option<u32>,
    offset: Option<u32>,
    status: Option<String>,
}

/// `GET /api/bills`
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(old): Parameters<OldQuery>,
) -> Result<Json<Value>, Problem> {
    caller.must(BILL_READ)?;
    if old.offset.unwrap_or_default() > 0 {
        let detail = "Paging by `offset` was removed: it skips and repeats bills while new ones come in. Use \
            `cursor` at /api/v1/bills.";
        return Err(Problem::new(StatusCode::GONE, "offset_gone", detail));
    }
    let limit = old.limit.unwrap_or(LIMIT_DEFAULT);
    let query = BillsQuery { limit: Some(limit), status: old.status.clone(), ..BillsQuery::default() };
    let found = page(&app, &caller, &query).await?;
    let total = total(&app, &caller, given(old.status.as_deref())).await?;
    let bills: Vec<Value> = found.bills.iter().map(head).collect();
    let more = found.next.is_some();
    Ok(Json(json!({
        "success": true, "total": total, "limit": limit, "offset": 0, "count": bills.len(), "has_more": more,
        "bills": bills,
    })))
}

fn head(line: &BillLine) -> Value {
    json!({
        "id": line.number, "bill_id": line.number, "status": line.status.name(), "parent_bag_count": line.parents,
        "created_at": line.created_at,
    })
}

/// How many bills there are in total; null for a caller of one area, for whom they are not counted.
async fn total(app: &Bags, caller: &Caller, status: Option<&str>) -> Result<Option<i64>, Problem> {
    if caller.scope() != Scope::All {
        return Ok(None);
    }
    let mut reader = app.db.read().await?;
    let totals = counter::totals(reader.conn(), &Scope::All).await?;
    let fits = |found: &BillStatus| match status {
        None => true,
        Some("open") => *found != BillStatus::Completed,
        Some(name) => found.name() == name,
    };
    let counters = BillStatus::ALL.into_iter().filter(fits).map(Counter::of_bill);
    Ok(Some(counters.filter_map(|counter| totals.get(&counter)).sum()))
}

/// `GET /api/bills/{id}`
pub async fn show(State(app): State<Bags>, caller: Caller, Path(number): Path<String>) -> Result<Json<Value>, Problem> {
    let number = earlier::bill(&app, &caller, &number).await?;
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &number).await?;
    let asked = ParentsAsked { app: app.app(), cursor: None, limit: PARENTS_MAX, with_children: false };
    let bags = parents(reader.conn(), &caller, &line.key, asked, app.rules.capacity).await?;
    let bags: Vec<Value> = bags
        .page
        .iter()
        .map(|bag| {
            json!({
                "id": bag.code, "qr_id": bag.code, "type": "parent", "status": bag.status, "child_count": bag.children,
            })
        })
        .collect();
    let mut body = head(&line);
    let bill = BillJson::of(line, app.rules.capacity);
    body["actual_weight_kg"] = bill.actual_kg.into();
    body["expected_weight_kg"] = bill.expected_kg.into();
    body["total_child_count"] = bill.children.into();
    body["parent_bags"] = bags.into();
    Ok(Json(body))
}

/// `GET /api/bill/{id}/weights`
pub async fn weights(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let number = earlier::bill(&app, &caller, &number).await?;
    let line = find(&app, &caller, &number).await?;
    let bill = BillJson::of(line, app.rules.capacity);
    Ok(Json(json!({
        "success": true, "bill_id": bill.bill, "actual_weight": bill.actual_kg, "expected_weight": bill.expected_kg,
        "parent_bags": bill.parents,
    })))
}
