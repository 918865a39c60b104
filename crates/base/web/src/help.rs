//! `/help`: short guides by role, the keys of office pages, and the way from a page to the part of a guide that is about it.
//!
//! The guides are the files of `docs/guides`, one folder for each language: a heading with `{#bills}` is about the pages of the
//! menu entry `bills`. A guide that is added there is listed here; English stands in for a language that lacks it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::App;
use crate::error::Problem;
use crate::markdown;
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::view::{Fragment, Frame, render};

const PICTURES: &str = "/help/pictures/";
const FALLBACK: &str = "en";

#[derive(RustEmbed)]
#[folder = "../../../docs/guides"]
struct Guides;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/help", get(index))
        .route("/help/{name}", get(guide))
        .route("/help/pictures/{file}", get(picture))
}

struct Guide {
    name: String,
    title: String,
    text: String,
}

impl Guide {
    fn of(name: &str, locale: &str) -> Option<Self> {
        let file = |locale: &str| Guides::get(&format!("{locale}/{name}.md"));
        let file = file(locale).or_else(|| file(FALLBACK))?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        Some(Self { name: name.to_owned(), title: markdown::title(&text), text })
    }

    /// All guides, by name.
    fn all(locale: &str) -> Vec<Self> {
        let mut names: Vec<String> = Guides::iter()
            .filter_map(|path| Some(path.strip_prefix(FALLBACK)?.strip_prefix('/')?.strip_suffix(".md")?.to_owned()))
            .collect();
        names.sort_unstable();
        names.iter().filter_map(|name| Self::of(name, locale)).collect()
    }
}

#[derive(Template)]
#[template(path = "help/index.html")]
struct IndexPage {
    frame: Frame,
    guides: Vec<Guide>,
}

/// The page that somebody came from.
#[derive(Deserialize)]
struct IndexQuery {
    /// Its entry in the menu.
    #[serde(default)]
    at: String,
}

/// `GET /help`
async fn index(caller: Caller, Parameters(query): Parameters<IndexQuery>) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "help");
    let guides = Guide::all(frame.locale);
    let about = guides.iter().find(|guide| !query.at.is_empty() && markdown::has_heading(&guide.text, &query.at));
    if let Some(guide) = about {
        return Ok(Redirect::to(&format!("/help/{}#{}", guide.name, query.at)).into_response());
    }
    Ok(render(&IndexPage { frame, guides }))
}

#[derive(Template)]
#[template(path = "help/guide.html")]
struct GuidePage {
    frame: Frame,
    title: String,
    text: Fragment,
}

/// `GET /help/{name}`
async fn guide(caller: Caller, Path(name): Path<String>) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "help");
    let guide = Guide::of(&name, frame.locale).ok_or_else(|| Problem::not_found("This guide"))?;
    let text = markdown::shown(&guide.text, PICTURES);
    Ok(render(&GuidePage { frame, title: guide.title, text }))
}

/// `GET /help/pictures/{file}`
async fn picture(_caller: Caller, Path(file): Path<String>) -> Result<Response, Problem> {
    let found = Guides::get(&format!("pictures/{file}"))
        .filter(|_| std::path::Path::new(&file).extension().is_some_and(|ending| ending == "png"));
    let found = found.ok_or_else(|| Problem::not_found("This picture"))?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, found.data.into_owned()).into_response())
}
