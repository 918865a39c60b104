//! Removing a bag: a page that says what is removed and what stays, then either the bag alone (D2) or with everything
//! in it (D3). Neither asks again: it can be undone for an hour.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::bag::BagKind;
use bags_rules::outcome::Outcome;
use bags_rules::permission::BAG_DELETE;
use bags_rules::scan::Action;
use bags_store::bag;
use bags_store::bag::BagLine;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use serde::Deserialize;

use super::{Row, address};
use crate::bags::work;
use crate::bags::work::Subject;
use crate::said::said;
use crate::state::Bags;

/// The most children that the preview names.
const NAMED_MAX: u32 = 200;

#[derive(Template)]
#[template(path = "bags/delete.html")]
pub(crate) struct DeletePage {
    pub(crate) frame: Frame,
    pub(crate) bag: Row,
    pub(crate) children: Vec<String>,
    /// How many more children are removed that are not named.
    pub(crate) unnamed: u32,
    pub(crate) said: Option<Said>,
}

impl DeletePage {
    /// The bag has children or a parent, so it cannot be removed alone.
    fn holds_or_is_held(&self) -> bool {
        self.bag.children > 0 || !self.bag.parent.is_empty()
    }

    /// What the button does: a parent goes with its children, a child goes out of its parent.
    fn button(&self) -> String {
        let Row { code, parent, .. } = &self.bag;
        if parent.is_empty() {
            return self.frame.t1("delete-with-contents", "code", code);
        }
        locale::text(self.frame.locale, "delete-out-of-parent", &[("code", code), ("parent", parent)])
    }
}

/// What became of the last action.
#[derive(Deserialize)]
pub struct DeleteQuery {
    #[serde(default)]
    said: String,
}

/// `GET /bags/{code}/delete`
pub async fn ask(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<DeleteQuery>,
) -> Result<Response, Problem> {
    caller.must(BAG_DELETE)?;
    let line = work::find(&app, &caller, &code).await?;
    let said = said(&app, &caller, &Frame::of(&caller, "bags"), &query.said).await?;
    page(&app, &caller, &line, said).await
}

async fn page(app: &Bags, caller: &Caller, line: &BagLine, said: Option<Said>) -> Result<Response, Problem> {
    let mut children = Vec::new();
    if line.kind == BagKind::Parent {
        let mut reader = app.db.read().await?;
        (children, _) = bag::page_of_children(reader.conn(), &line.code, None, NAMED_MAX).await?;
    }
    let named = u32::try_from(children.len()).unwrap_or(NAMED_MAX);
    Ok(render(&DeletePage {
        frame: Frame::of(caller, "bags"),
        unnamed: line.children.saturating_sub(named),
        children: children.iter().map(|child| child.code.to_string()).collect(),
        bag: Row::of(line, app),
        said,
    }))
}

/// Whether the contents are removed too.
#[derive(Deserialize)]
pub struct DeleteFields {
    #[serde(default)]
    contents: bool,
}

/// `POST /bags/{code}/delete`
pub async fn delete(
    State(app): State<Bags>,
    Path(code): Path<String>,
    form: Form<DeleteFields>,
) -> Result<Response, Problem> {
    let (caller, fields) = (&form.caller, &form.fields);
    caller.must(BAG_DELETE)?;
    let line = work::find(&app, caller, &code).await?;
    let action = if fields.contents { Action::DeleteContents } else { Action::Delete };
    let answer = work::submit(&app, caller, action, Subject { code: line.code.as_str(), parent: None }).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    let id = answer["id"].as_str().unwrap_or_default();
    // A removed bag has no page any more; the list says what became of it.
    let is_gone = [Outcome::Deleted, Outcome::UnknownBag].iter().any(|gone| answer["outcome"] == gone.code());
    let next = if is_gone { "/bags".to_owned() } else { format!("{}/delete", address(line.code.as_str())) };
    Ok(Redirect::to(&format!("{next}?said={id}")).into_response())
}
