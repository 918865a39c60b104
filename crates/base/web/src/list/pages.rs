//! The forms of the part above a list: which columns are there, and the views that a person saves.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::kept::{Kept, SavedView, VIEW_NAME_MAX, VIEW_QUERY_MAX, VIEWS_MAX};
use super::{Column, ListKind};
use crate::App;
use crate::error::Problem;
use crate::form::Form;

/// The addresses of all lists.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/lists/{list}/columns", post(choose_columns))
        .route("/lists/{list}/views", post(save_view))
        .route("/lists/{list}/views/remove", post(remove_view))
}

/// The fields of a form in which one name may come several times.
type Fields = Vec<(String, String)>;

fn value<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn find(app: &App, list: &str) -> Result<&'static ListKind, Problem> {
    app.lists.iter().copied().find(|kind| kind.id == list).ok_or_else(|| Problem::not_found("This list"))
}

/// The list as it was shown when the form was sent: at its address, or at the one that was sent where there are many.
fn back(kind: &ListKind, fields: &Fields) -> Result<Response, Problem> {
    let (at, query) = (value(fields, "at"), query(fields)?);
    let path = if at.is_empty() { kind.path } else { at };
    if !kind.is_at(path) {
        return Err(Problem::not_found("This list"));
    }
    let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    Ok(Redirect::to(&address).into_response())
}

/// The query of an address of the list: plain ASCII, as browsers write it. What is not such a query is no view.
fn query(fields: &Fields) -> Result<&str, Problem> {
    let query = value(fields, "query");
    let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\#".contains(&byte));
    if is_plain && query.len() <= VIEW_QUERY_MAX {
        return Ok(query);
    }
    Err(Problem::field("query", "These filters are too long to be saved. Use fewer of them."))
}

/// `POST /lists/{list}/columns`: `show` for each of the optional columns that shall be there, or `at_first`.
async fn choose_columns(
    State(app): State<App>,
    Path(list): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Problem> {
    let kind = find(&app, &list)?;
    let shown: Vec<&str> = if value(&form.fields, "at_first").is_empty() {
        form.fields.iter().filter(|(name, _)| name == "show").map(|(_, column)| column.as_str()).collect()
    } else {
        let at_first = |column: &&Column| column.shown == super::Shown::AtFirst;
        kind.columns.iter().filter(at_first).map(|column| column.name).collect()
    };
    let shown_again = back(kind, &form.fields)?;
    Kept::change(&app, &form.caller, kind, |kept| Ok(kept.with_columns(kind, &shown))).await?;
    Ok(shown_again)
}

/// `POST /lists/{list}/views`: keeps what is shown now under a name. A name that is there already gets the new filters.
async fn save_view(State(app): State<App>, Path(list): Path<String>, form: Form<Fields>) -> Result<Response, Problem> {
    let kind = find(&app, &list)?;
    let name = value(&form.fields, "name").split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > VIEW_NAME_MAX {
        let detail = format!("Give the view a name of at most {VIEW_NAME_MAX} characters.");
        return Err(Problem::field("name", detail));
    }
    let view = SavedView { name, query: query(&form.fields)?.to_owned() };
    let shown = back(kind, &form.fields)?;
    let with_view = |mut kept: Kept| {
        kept.views.retain(|other| other.name != view.name && other.query != view.query);
        if kept.views.len() >= VIEWS_MAX {
            let detail = format!("You have {VIEWS_MAX} views of this list. Remove one before you save another.");
            return Err(Problem::field("name", detail));
        }
        kept.views.push(view);
        Ok(kept)
    };
    Kept::change(&app, &form.caller, kind, with_view).await?;
    Ok(shown)
}

/// `POST /lists/{list}/views/remove`
async fn remove_view(
    State(app): State<App>,
    Path(list): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Problem> {
    let kind = find(&app, &list)?;
    let shown_again = back(kind, &form.fields)?;
    let without = |mut kept: Kept| {
        kept.views.retain(|view| view.name != value(&form.fields, "name"));
        Ok(kept)
    };
    Kept::change(&app, &form.caller, kind, without).await?;
    Ok(shown_again)
}
