//! Bags: list, one bag with all that is known of it, removal.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::code::Code;
use bags_rules::mark::CHILD_WEIGHT_KG;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::permission::{BAG_DELETE, BAG_READ};
use bags_rules::scan::{Action, Scan};
use bags_store::bag::{BagLine, Cursor, Page};
use bags_store::{bag, scan};
use base_core::entropy::new_id;
use base_core::time::Moment;
use base_db::Conn;
use base_web::cursor;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bags::filter::ListQuery;
use crate::bags::old;
use crate::state::Bags;
use crate::told::{Told, refused};

/// Bags on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;
/// Most children and most scans of history in one answer.
const PARTS_MAX: u32 = 200;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, remove)).merge(old::router().into())
}

/// A page of bags.
#[derive(Serialize, ToSchema)]
pub struct BagPage {
    /// The bags.
    pub bags: Vec<BagJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many bags were looked at, where that ended the page before it was full; go on with `next_cursor`.
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
    /// Parents: the bill it stands on.
    bill: Option<String>,
    /// Children: the parent it is in.
    parent: Option<String>,
    linked_at: Option<Stamp>,
    linked_by: Option<String>,
    created_at: Stamp,
    created_by: Option<String>,
    /// The newest scan that names it; null where none does.
    scanned_at: Option<Stamp>,
    /// The import it came with.
    import: Option<String>,
}

/// A time as the API writes it, RFC 3339 in UTC.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Stamp(pub Moment);

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

/// A scan in the history.
#[derive(Serialize, ToSchema)]
pub struct HistoryJson {
    /// Its number; higher is later.
    seq: i64,
    at: Stamp,
    client_at: Stamp,
    person: Option<String>,
    station: Option<String>,
    action: String,
    code: String,
    parent: Option<String>,
    /// The bill that was named, in capitals.
    bill: Option<String>,
    /// The area that it counts in.
    area: Option<String>,
    outcome: Outcome,
    undone_at: Option<Stamp>,
    undone_by: Option<String>,
}

/// One page of bags of the caller's areas.
pub async fn page(app: &Bags, caller: &Caller, query: &ListQuery, limit: u32) -> Result<Page, Problem> {
    caller.must(BAG_READ)?;
    let (limit, cursor) = (query.limit(limit)?, query.cursor(app, caller)?);
    let filter = query.filter(app).await?;
    let mut reader = app.db.read().await?;
    Ok(bag::list(reader.conn(), &filter, &caller.scope(), cursor.as_ref(), limit).await?)
}

/// Lists the bags of the caller's areas. Everything may be combined.
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
    // A child that is scanned meanwhile is counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = find_in(reader.conn(), &caller, &code).await?;
    let wrong = || Problem::field("children_after", "This cursor is not valid. Start again without one.");
    let after = query.children_after.as_deref().map(|text| Cursor::parse(text).ok_or_else(wrong)).transpose()?;
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
        children_next: more_children.map(|cursor| cursor.to_string()),
        history: history.into_iter().map(HistoryJson::from).collect(),
        history_next,
    }))
}

/// The bag behind a code as it stands in an address, in the caller's areas.
pub async fn find(app: &Bags, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    find_in(app.db.read().await?.conn(), caller, code).await
}

/// The same, of the moment that a connection sees.
pub async fn find_in(conn: Conn<'_>, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    caller.must(BAG_READ)?;
    let not_found = || Problem::not_found("This bag");
    let code = Code::kept(code).ok_or_else(not_found)?;
    bag::find(conn, &code, &caller.scope()).await?.ok_or_else(not_found)
}

/// Whether the contents go too.
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
        (status = 422, description = "This is no code.", body = ProblemBody)))]
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

/// What an action of the office is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The bag.
    pub code: &'a str,
    /// The parent, for actions that name one.
    pub parent: Option<&'a str>,
}

/// Hands one action of the office in at the desk.
pub async fn submit(app: &Bags, caller: &Caller, action: Action, subject: Subject<'_>) -> Result<Arc<str>, Problem> {
    let Subject { code, parent } = subject;
    let scan = Scan { action, code: code.to_owned(), parent: parent.map(ToOwned::to_owned), ..Scan::default() };
    submit_scan(app, caller, scan).await
}

/// The same for a scan that carries more; it gets its id and its time here.
pub async fn submit_scan(app: &Bags, caller: &Caller, scan: Scan) -> Result<Arc<str>, Problem> {
    let now = app.clock.now();
    let scan = Scan { id: new_id(&*app.entropy, now), client_at: now, ..scan };
    let answers = app.desk.submit(caller.actor(), Arc::new(caller.origin(None)), vec![scan]).await?;
    Ok(answers.into_iter().next().expect("one scan has one answer"))
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
            linked_at: line.linked_at.map(Stamp),
            linked_by: line.linked_by,
            created_at: Stamp(line.created_at),
            created_by: line.created_by,
            scanned_at: line.scanned_at.map(Stamp),
            import: line.import_id,
            code: line.code.to_string(),
        }
    }
}

impl From<BagLine> for ChildJson {
    fn from(line: BagLine) -> Self {
        Self { code: line.code.to_string(), linked_at: line.linked_at.map(Stamp), linked_by: line.linked_by }
    }
}

impl From<scan::ScanLine> for HistoryJson {
    fn from(line: scan::ScanLine) -> Self {
        Self {
            seq: line.seq,
            at: Stamp(line.at),
            client_at: Stamp(line.client_at),
            person: line.person,
            station: line.station,
            action: line.action,
            code: line.code,
            parent: line.parent,
            bill: line.bill,
            area: line.area.map(|area| area.to_string()),
            outcome: line.outcome,
            undone_at: line.undone_at.map(Stamp),
            undone_by: line.undone_by,
        }
    }
}
