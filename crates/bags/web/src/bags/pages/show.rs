//! One bag: what is in it, where it is, everything that was scanned of it, and what was changed.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use bags_rules::bag::BagKind;
use bags_store::bag::{BagLine, Cursor};
use bags_store::{bag, scan};
use base_core::permission::AUDIT_READ;
use base_records::audit;
use base_records::audit::ChangeLine;
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::list::{self, Cell, Column, Kept, List, ListKind, Row};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, path_part, render};
use serde::Deserialize;
use serde_json::Value;

use crate::bags::work;
use crate::facts;
use crate::history::{Event, event};
use crate::rights::Rights as _;
use crate::said::said;
use crate::shown::shown;
use crate::state::Bags;

/// Scans of history on a bag's page.
const HISTORY: u32 = 50;
/// Children on a parent's page.
const CHILDREN: u32 = 100;
/// Changes on a bag's page.
const CHANGES: u32 = 20;

#[derive(Template)]
#[template(path = "bags/show.html")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) bag: super::Row,
    pub(crate) capacity: u32,
    pub(crate) linked: String,
    pub(crate) linked_by: String,
    pub(crate) children: Children,
    /// Where the next children are.
    pub(crate) more_children: Option<String>,
    pub(crate) history: Vec<Event>,
    pub(crate) older: Option<i64>,
    /// An import created it, which needs no scan.
    pub(crate) has_import: bool,
    /// `None` for those who may not read the audit trail.
    pub(crate) changes: Option<Vec<Change>>,
    /// What became of the last action on this page.
    pub(crate) said: Option<Said>,
}

/// The children on their parent's page.
pub const CHILDREN_OF: &ListKind = &ListKind {
    id: "children",
    path: "/bags/{}",
    title: "children",
    columns: &[
        Column::key("code", "code"),
        Column::new("linked", "linked"),
        Column::new("person", "person"),
        Column::acts("corrections", "corrections"),
    ],
};

/// The list of children, and the choice of its columns.
#[derive(Default)]
pub(crate) struct Children {
    pub(crate) tools: Fragment,
    pub(crate) list: Fragment,
    pub(crate) is_empty: bool,
}

/// An entry of the audit trail: each field that changed, before and after.
pub(crate) struct Change {
    pub(crate) at: String,
    pub(crate) person: String,
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String, String)>,
}

/// What the page shows besides the bag.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
    before: Option<i64>,
    children_after: Option<String>,
}

/// `GET /bags/{code}`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    let given = Given { field: "children_after", text: query.children_after.as_deref() };
    let after = cursor::read(&app, &caller, given, Cursor::parse)?;
    let frame = Frame::of(&caller, "bags");
    let said = said(&app, &caller, &frame, &query.said).await?;
    // One snapshot: a child that is scanned at the same time is both counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = work::find_in(reader.conn(), &caller, &code).await?;
    let (mut children, mut more) = (Vec::new(), None);
    if line.kind == BagKind::Parent {
        (children, more) = bag::page_of_children(reader.conn(), &line.code, after.as_ref(), CHILDREN).await?;
    }
    let mut history = scan::of_code(reader.conn(), &line.code, &caller.scope(), query.before, HISTORY + 1).await?;
    let mut changes = None;
    if caller.person.may(AUDIT_READ) {
        changes = Some(audit::changes_of(reader.conn(), ("bag", line.code.as_str()), CHANGES).await?);
    }
    let kept = Kept::of(reader.conn(), &caller, CHILDREN_OF).await?;
    drop(reader);
    let is_more = history.len() > HISTORY as usize;
    history.truncate(HISTORY as usize);
    Ok(render(&ShowPage {
        capacity: app.rules.capacity,
        linked: line.linked_at.map(|at| shown(at, &app)).unwrap_or_default(),
        linked_by: line.linked_by.clone().unwrap_or_default(),
        children: children_of(&app, &frame, (&line, &kept), &children)?,
        more_children: more.map(|next| path_part(&cursor::write(&app, &caller, &next.to_string()))),
        has_import: line.import_id.is_some(),
        older: history.last().filter(|_| is_more).map(|line| line.seq),
        history: history.iter().map(|line| event(line, &app, &frame)).collect(),
        changes: changes.map(|lines| lines.iter().map(|line| change(line, &app, &frame)).collect()),
        bag: super::Row::of(&line, &app),
        frame,
        said,
    }))
}

fn children_of(
    app: &Bags,
    frame: &Frame,
    (parent, kept): (&BagLine, &Kept),
    children: &[BagLine],
) -> Result<Children, Problem> {
    let at = format!("/bags/{}", path_part(parent.code.as_str()));
    let unlink = |code: &str| {
        let label = frame.t1("act-unlink-of", "code", code);
        Cell::button(frame.t("act-unlink"), label, format!("{at}/unlink"), vec![("other", code.to_owned())])
    };
    let row = |line: &BagLine| {
        let code = line.code.as_str();
        Row::new()
            .with("code", Cell::code(code, format!("/bags/{}", path_part(code))))
            .with("linked", Cell::done_by(line.linked_at.map(|at| shown(at, app)).unwrap_or_default(), ""))
            .with("person", Cell::words(frame.called(line.linked_by.as_deref().unwrap_or_default())))
            .with("corrections", if frame.may_scan() { unlink(code) } else { Cell::default() })
    };
    if children.is_empty() {
        return Ok(Children { is_empty: true, ..Children::default() });
    }
    Ok(Children {
        tools: list::columns_of(frame, CHILDREN_OF, kept, &at)?,
        list: List::new(frame, CHILDREN_OF, kept, children.iter().map(row).collect()).shown()?,
        is_empty: false,
    })
}

fn change(line: &ChangeLine, app: &Bags, frame: &Frame) -> Change {
    let read = |text: &Option<String>| {
        text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default()
    };
    Change {
        at: shown(base_core::time::Moment(line.at), app),
        person: line.person.clone().unwrap_or_default(),
        action: frame.words_for("action", &line.action),
        fields: differences(frame, &read(&line.before), &read(&line.after)),
    }
}

/// Each field that either state names, with both values in words.
fn differences(frame: &Frame, before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let keys = [before, after].into_iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    let keys: std::collections::BTreeSet<&String> = keys.collect();
    let shown = |state: &Value, key: &str| state.get(key).map(|of| facts::value(frame, key, of)).unwrap_or_default();
    keys.into_iter().map(|key| (facts::field(frame, key), shown(before, key), shown(after, key))).collect()
}
