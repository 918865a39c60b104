//! Bags: the list, one bag, looking a code up, and the corrections that are made from a bag's page.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tallyhouse_core::bag::BagKind;
use tallyhouse_core::code::Code;
use tallyhouse_core::outcome::Outcome;
use tallyhouse_core::permission::Permission;
use tallyhouse_core::scan::Action;
use tallyhouse_core::time::Moment;
use tallyhouse_store::bag::{self, BagFilter, BagLine};
use tallyhouse_store::scan::{self, ScanLine};

use crate::api::bags as api;
use crate::app::App;
use crate::error::Problem;
use crate::form::Form;
use crate::session::Caller;
use crate::view::{Frame, render};

/// `DD/MM/YY HH:MM` (`bags.md` 7.1).
const TIME: &str = "%d/%m/%y %H:%M";
/// Scans of history on a bag's page.
const HISTORY: u32 = 50;
/// Suggestions for a code that is not there.
const SUGGESTIONS: u32 = 3;

#[derive(Template)]
#[template(path = "bags/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) query: api::ListQuery,
    pub(crate) areas: Vec<(String, String)>,
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
    pub(crate) capacity: u32,
}

/// A bag as the list shows it.
pub(crate) struct Row {
    code: String,
    kind: &'static str,
    area: String,
    status: &'static str,
    closed: bool,
    children: u32,
    parent: String,
    bill: String,
    created_at: String,
    created_by: String,
}

impl Row {
    pub(crate) fn of(line: &BagLine, app: &App) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            code: line.code.to_string(),
            kind: line.kind.name(),
            area: line.area.as_ref().map(tallyhouse_core::area::Area::title).unwrap_or_default(),
            status: line.status.name(),
            closed: line.closed_at.is_some(),
            children: line.children,
            parent: line.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            bill: text(&line.bill),
            created_at: shown(line.created_at, app),
            created_by: text(&line.created_by),
        }
    }

    fn is_parent(&self) -> bool {
        self.kind == BagKind::Parent.name()
    }
}

impl ListPage {
    fn is(&self, given: Option<&str>, value: &str) -> bool {
        given.unwrap_or_default() == value
    }

    fn next_address(&self) -> String {
        let mut address = String::from("/bags?");
        let parts =
            [("type", &self.query.kind), ("area", &self.query.area), ("q", &self.query.q), ("cursor", &self.next)];
        for (name, value) in parts {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                address.push_str(&format!("{name}={}&", crate::view::path_part(value)));
            }
        }
        address.pop();
        address
    }
}

fn shown(at: Moment, app: &App) -> String {
    at.display(&app.settings.zone, TIME)
}

/// `GET /bags`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<api::ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::field("query", error.body_text()))?;
    let (lines, next) = api::page(&app, &caller, &query).await?;
    let areas = app.settings.areas.iter().map(|area| (area.to_string(), area.title())).collect();
    let rows = lines.iter().map(|line| Row::of(line, &app)).collect();
    let capacity = app.rules.capacity;
    Ok(render(&ListPage { frame: Frame::of(&caller, "bags"), query, areas, rows, next, capacity }))
}

#[derive(Template)]
#[template(path = "bags/show.html")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) bag: Row,
    pub(crate) capacity: u32,
    pub(crate) linked: String,
    pub(crate) linked_by: String,
    pub(crate) children: Vec<Child>,
    pub(crate) history: Vec<Event>,
    pub(crate) older: Option<i64>,
    /// What became of the last action on this page.
    pub(crate) said: Option<(bool, String)>,
}

/// A child on its parent's page.
pub(crate) struct Child {
    pub(crate) code: String,
    pub(crate) linked_at: String,
    pub(crate) linked_by: String,
}

/// A scan in a bag's history.
pub(crate) struct Event {
    pub(crate) at: String,
    pub(crate) code: String,
    pub(crate) parent: String,
    pub(crate) outcome: String,
    pub(crate) refused: bool,
    pub(crate) person: String,
    pub(crate) station: String,
    pub(crate) undone: String,
}

/// What the page shows besides the bag.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
    before: Option<i64>,
}

/// `GET /bags/{code}`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Problem> {
    let line = api::find(&app, &caller, &code).await?;
    let mut reader = app.db.read().await?;
    let mut children = Vec::new();
    if line.kind == BagKind::Parent {
        children = bag::page_of_children(reader.conn(), &line.code, None, 1000).await?;
    }
    let mut history = scan::of_code(reader.conn(), &line.code, query.before, HISTORY + 1).await?;
    drop(reader);
    let more = history.len() > HISTORY as usize;
    history.truncate(HISTORY as usize);
    let frame = Frame::of(&caller, "bags");
    let said = said(&app, &caller, &frame, &query.said).await?;
    let child = |line: &BagLine| Child {
        code: line.code.to_string(),
        linked_at: line.linked_at.map(|at| shown(at, &app)).unwrap_or_default(),
        linked_by: line.linked_by.clone().unwrap_or_default(),
    };
    Ok(render(&ShowPage {
        capacity: app.rules.capacity,
        linked: line.linked_at.map(|at| shown(at, &app)).unwrap_or_default(),
        linked_by: line.linked_by.clone().unwrap_or_default(),
        children: children.iter().map(child).collect(),
        older: history.last().filter(|_| more).map(|line| line.seq),
        history: history.iter().map(|line| event(line, &app, &frame)).collect(),
        bag: Row::of(&line, &app),
        frame,
        said,
    }))
}

fn event(line: &ScanLine, app: &App, frame: &Frame) -> Event {
    let undone = line.undone_at.map(|at| {
        let by = line.undone_by.as_deref().unwrap_or_default();
        format!("{} {by}", shown(at, app))
    });
    Event {
        at: line.at.display(&app.settings.zone, "%d/%m/%y %H:%M:%S"),
        code: line.code.clone(),
        parent: line.parent.clone().unwrap_or_default(),
        outcome: frame.t(&format!("outcome-{}", line.outcome.code())),
        refused: line.outcome.is_refusal(),
        person: line.person.clone().unwrap_or_default(),
        station: line.station.clone().unwrap_or_default(),
        undone: undone.unwrap_or_default(),
    }
}

/// The words for the person's own last action, found by its scan id: whether it worked, and the sentence.
async fn said(app: &App, caller: &Caller, frame: &Frame, id: &str) -> Result<Option<(bool, String)>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let Some(answer) = scan::answer_to(&app.db, caller.person.id, id).await? else {
        return Ok(None);
    };
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let Some(outcome) = Outcome::parse(&text("outcome")) else {
        return Ok(None);
    };
    let key = if outcome.is_refusal() { "refused" } else { "done" };
    let number = |name: &str| answer[name].as_u64().map(|n| n.to_string()).unwrap_or_default();
    let values = ["code", "parent", "current_parent", "bill"].map(|name| (name, text(name)));
    let mut values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (n, capacity) = (number("children"), number("capacity"));
    values.extend([("n", n.as_str()), ("capacity", capacity.as_str())]);
    let sentence = crate::locale::text(frame.locale, &format!("{key}-{}", outcome.code()), &values);
    Ok(Some((!outcome.is_refusal(), sentence)))
}

/// A correction from a bag's page.
#[derive(Deserialize)]
pub struct ActFields {
    /// The parent to move to, or the child to take out.
    #[serde(default)]
    other: String,
}

/// `POST /bags/{code}/{action}`
pub async fn act(
    State(app): State<App>,
    Path((code, action)): Path<(String, String)>,
    form: Form<ActFields>,
) -> Result<Response, Problem> {
    let (caller, other) = (&form.caller, form.fields.other.trim());
    let (action, permission, subject, parent) = match action.as_str() {
        "unlink" if other.is_empty() => (Action::Unlink, Permission::BagScan, code.as_str(), None),
        "unlink" => (Action::Unlink, Permission::BagScan, other, None),
        "relink" => (Action::Relink, Permission::BagScan, code.as_str(), Some(other)),
        "undo" => (Action::Undo, Permission::BagScan, "", Some(code.as_str())),
        "close" => (Action::Close, Permission::BagScan, code.as_str(), None),
        "delete" => (Action::Delete, Permission::BagDelete, code.as_str(), None),
        _ => return Err(Problem::not_found("This action")),
    };
    caller.must(permission)?;
    let answer = api::submit(&app, caller, action, (subject, parent)).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    if answer["outcome"] == Outcome::Deleted.code() {
        return Ok(Redirect::to("/bags").into_response());
    }
    let code = Code::kept(&code).ok_or_else(|| Problem::not_found("This bag"))?;
    let id = answer["id"].as_str().unwrap_or_default();
    Ok(Redirect::to(&format!("/bags/{}?said={id}", crate::view::path_part(code.as_str()))).into_response())
}

/// `GET /bag/{code}`, the address of the system before.
pub async fn moved(Path(code): Path<String>) -> Response {
    crate::pages::moved(&format!("/bags/{}", crate::view::path_part(&code)))
}

#[derive(Template)]
#[template(path = "bags/lookup.html")]
pub(crate) struct LookUpPage {
    pub(crate) frame: Frame,
    pub(crate) q: String,
    pub(crate) suggestions: Vec<String>,
}

/// What is looked for.
#[derive(Deserialize)]
pub struct LookUpQuery {
    #[serde(default)]
    q: String,
}

/// `GET /lookup`: a code that is there opens; one that is not gets suggestions (`bags.md` 3.6).
pub async fn look_up(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<LookUpQuery>,
) -> Result<Response, Problem> {
    caller.must(Permission::BagRead)?;
    let frame = Frame::of(&caller, "lookup");
    let mut suggestions = Vec::new();
    if let Some(code) = Code::kept(&query.q) {
        let mut reader = app.db.read().await?;
        if bag::find(reader.conn(), &code, &caller.scope()).await?.is_some() {
            let address = format!("/bags/{}", crate::view::path_part(code.as_str()));
            return Ok(Redirect::to(&address).into_response());
        }
        let beginning: String = code.as_str().chars().take(3).collect();
        let filter = BagFilter { begins_with: Some(beginning), ..BagFilter::default() };
        let found = bag::list(reader.conn(), &filter, &caller.scope(), None, SUGGESTIONS).await?;
        suggestions = found.iter().map(|line| line.code.to_string()).collect();
    }
    let q: String = query.q.chars().take(100).collect();
    Ok(render(&LookUpPage { frame, q, suggestions }))
}
