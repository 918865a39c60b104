//! The addresses of the earlier system, with its names and true values. New programs use
//! `/api/v1/bags`. Bags have no other id than their code, so `id` is the code too.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bags_rules::bag::BagKind;
use bags_rules::code::Code;
use bags_rules::mark::CHILD_WEIGHT_KG;
use bags_rules::outcome::Outcome;
use bags_rules::scan::{Action, Scan};
use bags_store::bag;
use bags_store::bag::{BagLine, Count};
use base_core::audit::Entry;
use base_records::audit;
use base_records::audit::Record;
use base_web::body::JsonBody;
use base_web::earlier::says_ignored;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bags::filter::ListQuery;
use crate::bags::work::{find, page, submit_scan};
use crate::state::Bags;

/// Bags on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 100;
/// Most children in one answer; the earlier system had no pages here, and no parent holds so many.
const CHILDREN_MAX: u32 = 1_000;
/// Longest label, in characters.
const NAME_LENGTH_MAX: usize = 100;

/// The addresses, which are not described: new programs use others.
pub fn router() -> Router<Bags> {
    Router::new()
        .route("/api/bags", get(list).layer(from_fn(says_ignored(&["limit", "offset", "type", "search"]))).post(create))
        .route("/api/bag/{code}", get(show).layer(from_fn(says_ignored(&[]))))
        .route("/api/parent-children/{code}", get(children).layer(from_fn(says_ignored(&[]))))
}

/// The old parameters.
#[derive(Deserialize)]
pub struct OldQuery {
    limit: Option<u32>,
    offset: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<String>,
    search: Option<String>,
}

/// `GET /api/bags`
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(old): Parameters<OldQuery>,
) -> Result<Json<Value>, Problem> {
    if old.offset.unwrap_or_default() > 0 {
        let detail = "Paging by `offset` was removed: it skips and repeats bags while new ones come in. Use \
            `cursor` at /api/v1/bags.";
        return Err(Problem::new(StatusCode::GONE, "offset_gone", detail));
    }
    let query = ListQuery { limit: old.limit, kind: old.kind, q: old.search, ..ListQuery::default() };
    let limit = query.limit(LIMIT_DEFAULT)?;
    let found = page(&app, &caller, &query, LIMIT_DEFAULT).await?;
    let filter = query.filter(&app).await?;
    let mut reader = app.db.read().await?;
    let total = match bag::count(reader.conn(), &filter, &caller.scope()).await? {
        Count::Exact(n) => Some(n),
        Count::MoreThan(_) | Count::Unknown => None,
    };
    let head = |line: &BagLine| {
        json!({
            "id": line.code, "qr_id": line.code, "type": line.kind.name(), "created_at": line.created_at,
        })
    };
    let bags: Vec<Value> = found.lines.iter().map(head).collect();
    Ok(Json(json!({
        "success": true, "total": total, "limit": limit, "offset": 0, "count": bags.len(),
        "has_more": found.next.is_some(), "bags": bags,
    })))
}

/// A bag to be registered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBag {
    qr_id: String,
    #[serde(rename = "type")]
    kind: String,
    /// A free label.
    #[serde(default)]
    name: Option<String>,
}

/// `POST /api/bags`: registers a label, without anything in it. The desk decides, as for a scan.
pub async fn create(
    State(app): State<Bags>,
    caller: Caller,
    JsonBody(body): JsonBody<NewBag>,
) -> Result<Response, Problem> {
    let action = match BagKind::parse(&body.kind.to_lowercase()) {
        Some(BagKind::Parent) => Action::Parent,
        Some(BagKind::Child) => Action::Register,
        None => return Err(Problem::field("type", "The type must be `parent` or `child`.")),
    };
    caller.must(action.permission())?;
    let name = crate::filter::text("name", body.name.as_deref())?;
    if name.as_ref().is_some_and(|name| name.chars().count() > NAME_LENGTH_MAX) {
        return Err(Problem::field("name", format!("Use at most {NAME_LENGTH_MAX} characters.")));
    }
    let scan = Scan { action, code: body.qr_id, ..Scan::default() };
    let answer: Value = serde_json::from_str(&submit_scan(&app, &caller, scan).await?).unwrap_or_default();
    let code = answer["code"].as_str().unwrap_or_default();
    match answer["outcome"].as_str().and_then(Outcome::parse) {
        Some(Outcome::ParentCreated | Outcome::Registered) => {
            let line = find(&app, &caller, code).await?;
            if let Some(name) = &name {
                give_name(&app, &caller, &line.code, name).await?;
            }
            let bag = json!({
                "id": line.code, "qr_id": line.code, "type": line.kind.name(), "child_count": line.children,
                "created_at": line.created_at, "name": name,
            });
            Ok((StatusCode::CREATED, Json(json!({ "success": true, "bag": bag }))).into_response())
        }
        Some(Outcome::ParentSelected | Outcome::Duplicate) => Err(Problem::new(
            StatusCode::CONFLICT,
            Outcome::Duplicate.code(),
            format!("{code} already exists. Use another code."),
        )),
        refused => {
            let refusal = refused.map_or("refused", Outcome::code);
            let words = answer["message"].as_str().unwrap_or("The bag was not registered.");
            Err(Problem::new(StatusCode::BAD_REQUEST, refusal, words))
        }
    }
}

/// The label is no part of what the desk decides: it is written once the bag is there.
async fn give_name(app: &Bags, caller: &Caller, code: &Code, name: &str) -> Result<(), Problem> {
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    bag::give_name(tx.conn(), code, name).await?;
    let entry = Entry::new("update_bag", "bag", code.as_str()).with_after(&json!({ "name": name }));
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin: &origin }]).await?;
    Ok(tx.commit().await?)
}

/// `GET /api/bag/{code}`
pub async fn show(State(app): State<Bags>, caller: Caller, Path(code): Path<String>) -> Result<Json<Value>, Problem> {
    let line = find(&app, &caller, &code).await?;
    let is_parent = line.kind == BagKind::Parent;
    let name = bag::name_of(app.db.read().await?.conn(), &line.code).await?;
    Ok(Json(json!({
        "success": true, "id": line.code, "qr_id": line.code, "type": line.kind.name(), "status": line.status.name(),
        "created_at": line.created_at,
        "weight_kg": if is_parent { line.children * CHILD_WEIGHT_KG } else { CHILD_WEIGHT_KG },
        "child_count": is_parent.then_some(line.children), "parent_qr": line.parent, "name": name,
    })))
}

/// `GET /api/parent-children/{code}`
pub async fn children(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let line = find(&app, &caller, &code).await?;
    if line.kind != BagKind::Parent {
        return Err(Problem::not_found("This parent"));
    }
    let mut reader = app.db.read().await?;
    let (children, _) = bag::page_of_children(reader.conn(), &line.code, None, CHILDREN_MAX).await?;
    let codes: Vec<_> = children.into_iter().map(|child| child.code).collect();
    Ok(Json(json!({ "success": true, "parent_qr": line.code, "count": codes.len(), "children": codes })))
}
