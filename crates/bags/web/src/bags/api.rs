//! Bags: list, one bag with all that is known of it, removal.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::mark::CHILD_WEIGHT_KG;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::permission::{BAG_DELETE, BAG_READ};
use bags_rules::scan::Action;
use bags_store::bag::{BagLine, Cursor};
use bags_store::{bag, scan};
use base_core::time::Moment;
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bags::filter::ListQuery;
use crate::bags::work::{Subject, find_in, page, submit};
use crate::history::{HistoryJson, Stamp};
use crate::state::Bags;
use crate::told::{Told, refused};

/// Bags on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;
/// The most children in one answer.
const PARTS_MAX: u32 = 200;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, remove))
}

/// A page of bags.
#[derive(Serialize, ToSchema)]
pub struct BagPage {
    /// The bags.
    pub bags: Vec<BagJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many bags were looked at, when the page ended there before it was full; continue with `next_cursor`.
    pub looked_through: Option<u32>,
}

/// A bag.
#[derive(Serialize, ToSchema)]
pub struct BagJson {
    code: String,
    /// `parent` or `child`.
    #[serde(rename = "type")]
    kind: &'static str,
    area: Option<String>,
    /// Parents only.
    status: Option<BagStatus>,
    /// Parents: children in it.
    children_count: Option<u32>,
    /// Parents: kilograms, one for each child.
    weight_kg: Option<u32>,
    /// Parents that were finished early.
    closed_at: Option<Stamp>,
    /// Parents: the bill it is on.
    bill: Option<String>,
    /// Children: the parent it is in.
    parent: Option<String>,
    linked_at: Option<Stamp>,
    linked_by: Option<String>,
    /// Null where an earlier system did not record it.
    created_at: Option<Stamp>,
    created_by: Option<String>,
    /// The newest scan that names it; null if there is none.
    scanned_at: Option<Stamp>,
    /// The import that created it.
    import: Option<String>,
}

/// A bag with its contents and its history.
#[derive(Serialize, ToSchema)]
pub struct BagDetail {
    #[serde(flatten)]
    bag: BagJson,
    /// Parents: how many children fit.
    capacity: Option<u32>,
    /// Parents: its children, newest link first; at most 200.
    children: Vec<ChildJson>,
    /// Pass as `children_after` to see the other children; null when there are none.
    children_next: Option<String>,
    /// Its scans, newest first; at most 50.
    history: Vec<HistoryJson>,
    /// Pass as `before` to see older scans; null when there are none.
    history_next: Option<i64>,
}

/// A child in its parent.
#[derive(Serialize, ToSchema)]
pub struct ChildJson {
    code: String,
    linked_at: Option<Stamp>,
    linked_by: Option<String>,
}

/// Lists the bags of the caller's areas. All filters can be combined.
#[utoipa::path(get, path = "/api/v1/bags", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(ListQuery), responses(
    (status = 200, description = "A page of bags of the caller's areas.", body = BagPage)))]
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<BagPage>, Problem> {
    let page = page(&app, &caller, &query, LIMIT_DEFAULT).await?;
    Ok(Json(BagPage {
        bags: page.lines.into_iter().map(BagJson::from).collect(),
        next_cursor: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
    }))
}

/// Older history, further children.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ShowQuery {
    /// `children_next` of the answer before.
    children_after: Option<String>,
    /// `history_next` of the answer before.
    before: Option<i64>,
}

/// Shows one bag with its contents and its history.
#[utoipa::path(get, path = "/api/v1/bags/{code}", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(ShowQuery, ("code", description = "The bag's code")), responses(
    (status = 200, description = "The bag, its contents and its history.", body = BagDetail),
    (status = 404, description = "There is no such bag in the caller's areas.", body = ProblemBody)))]
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Json<BagDetail>, Problem> {
    const HISTORY: u32 = 50;
    // One snapshot: a child that is scanned at the same time is both counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &code).await?;
    let given = Given { field: "children_after", text: query.children_after.as_deref() };
    let after = cursor::read(&app, &caller, given, Cursor::parse)?;
    let (mut children, mut more_children) = (Vec::new(), None);
    if line.kind == BagKind::Parent {
        (children, more_children) = bag::page_of_children(reader.conn(), &line.code, after.as_ref(), PARTS_MAX).await?;
    }
    let mut history = scan::of_code(reader.conn(), &line.code, &caller.scope(), query.before, HISTORY + 1).await?;
    let more = history.len() > HISTORY as usize;
    history.truncate(HISTORY as usize);
    let history_next = history.last().filter(|_| more).map(|line| line.seq);
    let capacity = (line.kind == BagKind::Parent).then_some(app.rules.capacity);
    Ok(Json(BagDetail {
        bag: line.into(),
        capacity,
        children: children.into_iter().map(ChildJson::from).collect(),
        children_next: more_children.map(|next| cursor::write(&app, &caller, &next.to_string())),
        history: history.into_iter().map(HistoryJson::from).collect(),
        history_next,
    }))
}

/// Whether the contents are removed too.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RemoveQuery {
    /// `true` removes a parent with all its children (rule D3).
    #[serde(default)]
    contents: bool,
}

/// Removes a bag, or says why not.
#[utoipa::path(delete, path = "/api/v1/bags/{code}", extensions(("x-permission" = json!(BAG_DELETE.name()))),
    params(RemoveQuery, ("code", description = "The bag's code")),
    responses((status = 200, description = "The answer, as for a scan: `deleted`.", body = Answer),
        (status = 404, description = "No such bag in the caller's areas.", body = ProblemBody),
        (status = 409, description = "A rule keeps it: it is in a parent, on a bill or not empty.", body = ProblemBody),
        (status = 422, description = "This is not a code.", body = ProblemBody)))]
pub async fn remove(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<RemoveQuery>,
) -> Result<Response, Problem> {
    caller.must(BAG_DELETE)?;
    let action = if query.contents { Action::DeleteContents } else { Action::Delete };
    let told = Told::of(submit(&app, &caller, action, Subject { code: &code, parent: None }).await?);
    let status = match told.outcome {
        outcome if !outcome.is_refusal() => {
            return Ok(([(header::CONTENT_TYPE, "application/json")], told.text.to_string()).into_response());
        }
        Outcome::UnknownBag => StatusCode::NOT_FOUND,
        Outcome::BadCode => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    Err(refused(told, status, true))
}

impl From<BagLine> for BagJson {
    fn from(line: BagLine) -> Self {
        let of_parent = line.kind == BagKind::Parent;
        Self {
            kind: line.kind.name(),
            area: line.area.as_ref().map(ToString::to_string),
            status: of_parent.then_some(line.status),
            children_count: of_parent.then_some(line.children),
            weight_kg: of_parent.then_some(line.children * CHILD_WEIGHT_KG),
            closed_at: line.closed_at.map(Stamp),
            bill: line.bill,
            parent: line.parent.as_ref().map(ToString::to_string),
            linked_at: line.linked_at.and_then(Moment::known).map(Stamp),
            linked_by: line.linked_by,
            created_at: line.created_at.known().map(Stamp),
            created_by: line.created_by,
            scanned_at: line.scanned_at.map(Stamp),
            import: line.import_id,
            code: line.code.to_string(),
        }
    }
}

impl From<BagLine> for ChildJson {
    fn from(line: BagLine) -> Self {
        Self {
            code: line.code.to_string(),
            linked_at: line.linked_at.and_then(Moment::known).map(Stamp),
            linked_by: line.linked_by,
        }
    }
}
