//! The editor of a parent's children: the whole list, one code a line. Saved as a whole or not at all; the desk
//! decides.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::bag::BagKind;
use bags_rules::code::Code;
use bags_rules::outcome::Outcome;
use bags_rules::permission::BAG_EDIT;
use bags_rules::scan::{Action, Details, Scan};
use bags_store::bag;
use bags_store::bag::BagLine;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use serde::Deserialize;

use super::act::back;
use crate::bags::work;
use crate::said::sentence;
use crate::state::Bags;

/// The most lines that are read, far more than fit in any parent.
const LINES_MAX: usize = 500;

#[derive(Template)]
#[template(path = "bags/children.html")]
pub(crate) struct ChildrenPage {
    pub(crate) frame: Frame,
    pub(crate) code: String,
    pub(crate) capacity: u32,
    pub(crate) editor: Editor,
}

/// The list as it is edited.
pub(crate) struct Editor {
    /// One code a line.
    pub(crate) text: String,
    /// The children when the list was made, for the desk: children that were scanned since then stay.
    pub(crate) before: Option<String>,
    /// Why the list was not saved: what the desk said, then each code that may not come into this parent.
    pub(crate) faults: Vec<String>,
}

/// `GET /bags/{code}/children`
pub async fn ask(State(app): State<Bags>, caller: Caller, Path(code): Path<String>) -> Result<Response, Problem> {
    caller.must(BAG_EDIT)?;
    let line = parent(&app, &caller, &code).await?;
    let mut reader = app.db.read().await?;
    let most = u32::try_from(LINES_MAX).unwrap_or(u32::MAX);
    let (children, _) = bag::page_of_children(reader.conn(), &line.code, None, most).await?;
    let text = children.iter().map(|child| child.code.as_str()).collect::<Vec<_>>().join("\n");
    Ok(page(&app, &caller, &line, Editor { before: Some(text.clone()), text, faults: Vec::new() }))
}

async fn parent(app: &Bags, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    let line = work::find(app, caller, code).await?;
    if line.kind == BagKind::Parent { Ok(line) } else { Err(Problem::not_found("This parent")) }
}

fn page(app: &Bags, caller: &Caller, line: &BagLine, editor: Editor) -> Response {
    let frame = Frame::of(caller, "bags");
    render(&ChildrenPage { frame, code: line.code.to_string(), capacity: app.rules.capacity, editor })
}

/// The whole list.
#[derive(Deserialize)]
pub struct ChildrenFields {
    #[serde(default)]
    children: String,
    /// Left out by those who send the whole list without having seen it.
    before: Option<String>,
}

/// `POST /bags/{code}/children`
pub async fn save(
    State(app): State<Bags>,
    Path(code): Path<String>,
    form: Form<ChildrenFields>,
) -> Result<Response, Problem> {
    let caller = &form.caller;
    caller.must(BAG_EDIT)?;
    let line = parent(&app, caller, &code).await?;
    let children = codes(&form.fields.children);
    let children_before = form.fields.before.as_deref().map(codes);
    if children.len() > LINES_MAX {
        return Err(Problem::field("children", format!("Enter at most {LINES_MAX} codes.")));
    }
    let scan = Scan { action: Action::SetChildren, code: line.code.to_string(), ..Scan::default() };
    let details = Details { children: children.clone(), children_before, ..Details::default() };
    let answer = work::submit_scan(&app, caller, scan.with(details)).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    if answer["outcome"] == Outcome::ChildrenSet.code() {
        return back(line.code.as_str(), answer["id"].as_str().unwrap_or_default());
    }
    let mut faults = each_fault(&app, caller, &line, &children).await?;
    let frame = Frame::of(caller, "bags");
    let told = sentence(&frame, &answer).map(|said| said.words);
    // The desk's answer is about the first of them, or about the whole list.
    if let Some(told) = told.filter(|told| !faults.contains(told)) {
        faults.insert(0, told);
    }
    let ChildrenFields { children: text, before } = form.fields;
    let mut response = page(&app, caller, &line, Editor { text, before, faults });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn codes(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// Every code of a refused list that may not come into this parent, with the reason. The desk has already decided; this
/// only saves people from finding the codes one by one.
async fn each_fault(app: &Bags, caller: &Caller, into: &BagLine, texts: &[String]) -> Result<Vec<String>, Problem> {
    let frame = Frame::of(caller, "bags");
    let labels = &app.rules.labels;
    let mut reader = app.db.read().await?;
    let mut faults = Vec::new();
    for text in texts {
        let mut current = String::new();
        let known = match Code::kept(text) {
            Some(code) => bag::find(reader.conn(), &code, &caller.scope()).await?,
            None => None,
        };
        let outcome = match (known, Code::parse(text)) {
            (Some(found), _) if found.kind == BagKind::Parent => Some(Outcome::IsParent),
            (Some(found), _) => {
                current = found.parent.as_ref().map(ToString::to_string).unwrap_or_default();
                found.parent.filter(|parent| *parent != into.code).map(|_| Outcome::ChildElsewhere)
            }
            (None, Ok(code)) if labels.is_parent(&code) => Some(Outcome::IsParent),
            (None, Ok(code)) if labels.is_child(&code) => None,
            (None, _) => Some(Outcome::BadCode),
        };
        if let Some(outcome) = outcome {
            let values =
                [("code", text.as_str()), ("parent", into.code.as_str()), ("current_parent", current.as_str())];
            faults.push(locale::text(frame.locale, &format!("refused-{}", outcome.code()), &values));
        }
    }
    faults.dedup();
    Ok(faults)
}
