//! `/help`: short guides by role, the documents of the program, a search in both, the keys of office pages, and the way from a
//! page to the part of a guide that is about it. In a guide, a heading with `{#bills}` is about the pages of the menu entry
//! `bills`.

mod documents;
mod search;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use self::documents::{Document, Group};
use self::search::Found;
use crate::App;
use crate::error::Problem;
use crate::markdown::{self, Heading, Places};
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::view::{Fragment, Frame, render};

const PICTURES: &str = "/help/pictures/";
/// A text with fewer chapters has no list of contents.
const CHAPTERS_MIN: usize = 5;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/help", get(index))
        .route("/help/{name}", get(show))
        .route("/help/pictures/{file}", get(picture))
}

/// A list of texts of the page.
struct Shelf {
    /// The key of its title.
    key: &'static str,
    texts: Vec<Document>,
}

#[derive(Template)]
#[template(path = "help/index.html")]
struct IndexPage {
    frame: Frame,
    asked: String,
    found: Vec<Found>,
    shelves: Vec<Shelf>,
}

/// What is asked of the page.
#[derive(Deserialize)]
struct IndexQuery {
    /// The entry in the menu of the page that somebody came from.
    #[serde(default)]
    at: String,
    /// What is searched for.
    #[serde(default)]
    q: String,
}

/// `GET /help`
async fn index(caller: Caller, Parameters(query): Parameters<IndexQuery>) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "help");
    let guides = documents::guides(frame.locale);
    let about = guides.iter().find(|guide| !query.at.is_empty() && markdown::has_heading(&guide.text, &query.at));
    if let Some(guide) = about {
        return Ok(Redirect::to(&format!("{}#{}", guide.address(), query.at)).into_response());
    }
    let may_read = |document: &Document| document.group.needs().is_none_or(|permission| frame.may(permission));
    let found = search::search(&query.q, &guides, may_read);
    let all: Vec<Document> =
        guides.into_iter().chain(documents::documents().iter().cloned()).filter(may_read).collect();
    let shelf = |group: Group| Shelf {
        key: group.key(),
        texts: all.iter().filter(|document| document.group == group).cloned().collect(),
    };
    let shelves = Group::ALL.into_iter().map(shelf).filter(|shelf| !shelf.texts.is_empty()).collect();
    let asked = query.q.chars().take(search::TEXT_MAX).collect();
    Ok(render(&IndexPage { frame, asked, found, shelves }))
}

#[derive(Template)]
#[template(path = "help/guide.html")]
struct TextPage {
    frame: Frame,
    title: String,
    language: &'static str,
    /// The chapters, where there are many.
    contents: Vec<Heading>,
    text: Fragment,
}

/// `GET /help/{name}`
async fn show(caller: Caller, Path(name): Path<String>) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "help");
    let document = documents::find(&name, frame.locale).ok_or_else(|| Problem::not_found("This guide"))?;
    if let Some(permission) = document.group.needs() {
        caller.must(permission)?;
    }
    let is_closed = |address: &str| {
        let name = address.trim_start_matches("/help/").split('#').next().unwrap_or_default();
        let needs = documents::find(name, frame.locale).and_then(|document| document.group.needs());
        needs.is_some_and(|permission| !frame.may(permission))
    };
    let places = Places { pictures: PICTURES, page: &documents::page_of, is_closed: &is_closed };
    let shown = markdown::shown(&document.text, &places);
    let chapters: Vec<Heading> = shown.headings.into_iter().filter(|heading| heading.level == 2).collect();
    let contents = if chapters.len() < CHAPTERS_MIN { Vec::new() } else { chapters };
    let title = document.title();
    Ok(render(&TextPage { frame, title, language: document.language, contents, text: shown.html }))
}

/// `GET /help/pictures/{file}`
async fn picture(_caller: Caller, Path(file): Path<String>) -> Result<Response, Problem> {
    let found = documents::picture(&file).ok_or_else(|| Problem::not_found("This picture"))?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, found.into_owned()).into_response())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// Every text in every language.
    fn everything() -> Vec<Document> {
        let guides = ["en", "hi"].into_iter().flat_map(documents::guides);
        guides.chain(documents::documents().iter().cloned()).collect()
    }

    fn shown(document: &Document) -> markdown::Shown {
        let places = Places { pictures: PICTURES, page: &documents::page_of, is_closed: &|_| false };
        markdown::shown(&document.text, &places)
    }

    /// The values of an attribute.
    fn values<'h>(html: &'h str, attribute: &'h str) -> impl Iterator<Item = &'h str> {
        html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next())
    }

    #[test]
    fn every_text_has_one_title_and_no_markup_of_its_own() {
        let texts = everything();
        assert!(texts.len() > 20, "{}", texts.len());
        for document in &texts {
            let headings = shown(document).headings;
            assert!(!document.title().is_empty(), "{}", document.path);
            assert_eq!(headings.iter().filter(|heading| heading.level == 1).count(), 1, "{}", document.path);
            assert!(!markdown::has_markup(&document.text), "{} has HTML, which is not shown", document.path);
        }
    }

    #[test]
    fn every_link_between_texts_leads_somewhere_and_every_picture_is_there() {
        let texts = everything();
        let anchors: BTreeMap<String, BTreeSet<String>> = texts
            .iter()
            .filter(|document| document.language == documents::FALLBACK)
            .map(|document| (document.address(), shown(document).headings.into_iter().map(|h| h.id).collect()))
            .collect();
        for document in &texts {
            let html = shown(document).html.to_string();
            for address in values(&html, " href=\"").chain(values(&html, "<a href=\"")) {
                assert!(address != "#", "{} has a link that leads nowhere", document.path);
                let (page, anchor) = address.split_once('#').unwrap_or((address, ""));
                let own = document.address();
                let page = if page.is_empty() { own.as_str() } else { page };
                if page.starts_with("/help/") {
                    let known = anchors.get(page).unwrap_or_else(|| panic!("{}: {address}", document.path));
                    assert!(anchor.is_empty() || known.contains(anchor), "{}: {address}", document.path);
                }
            }
            for source in values(&html, "src=\"") {
                let file = source.strip_prefix(PICTURES).unwrap_or_else(|| panic!("{}: {source}", document.path));
                assert!(documents::picture(file).is_some(), "{}: {source}", document.path);
            }
        }
        assert!(documents::picture("../en/admin.md").is_none() && documents::picture("none.png").is_none());
    }

    #[test]
    fn every_file_of_the_documents_has_a_page_and_every_language_every_guide() {
        let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs"));
        let names = |folder: &str| -> BTreeSet<String> {
            let entries = std::fs::read_dir(docs.join(folder)).expect("the folder");
            let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
            names.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md")).collect()
        };
        let known: BTreeSet<&str> = documents::documents().iter().map(|document| document.path.as_ref()).collect();
        for name in names("") {
            assert!(known.contains(format!("docs/{name}").as_str()), "docs/{name} has no place in docs/contents.txt");
        }
        assert_eq!(names("guides/en"), names("guides/hi"));
    }
}
