//! What all pages for people share.

use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;

use crate::error::Problem;
use crate::parameters;
use crate::request::RequestFacts;
use crate::view::{Frame, problem_page};

/// An address of the system before this one.
pub fn moved(to: &str) -> Response {
    Redirect::permanent(to).into_response()
}

/// The same with what was asked for.
pub fn moved_with(to: &str, uri: &Uri) -> Response {
    match uri.query() {
        Some(query) => moved(&format!("{to}?{query}")),
        None => moved(to),
    }
}

/// Any address that no route has.
pub async fn nothing_here(uri: Uri) -> Problem {
    Problem::not_found(uri.path())
}

/// Handlers of pages say no like all others; here a [`Problem`] becomes a page, or the way to the sign-in page.
pub async fn problems_as_pages(request: Request, next: Next) -> Response {
    let language = accept_language(request.headers()).to_owned();
    let path = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let is_get = request.method() == axum::http::Method::GET;
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let frame = Frame::outside(&language, String::new(), &facts);
    problem_page(&problem, frame, if is_get { &path } else { "/" })
}

/// What an address asks for, and apart from it `said`: the action of which the page is to tell. Lists that are asked for
/// in words of the API refuse all others.
pub fn apart_from_said<T: DeserializeOwned>(uri: &Uri) -> (String, Result<T, Problem>) {
    let pairs = uri.query().unwrap_or_default().split('&');
    // The system before counted its pages; ours begin behind a bag, so an address of old begins at the first.
    let pairs = pairs.filter(|pair| !pair.starts_with("page="));
    let (said, rest): (Vec<&str>, Vec<&str>) = pairs.partition(|pair| pair.starts_with("said="));
    let said = said.first().and_then(|pair| pair.strip_prefix("said=")).unwrap_or_default().to_owned();
    let rest = Uri::try_from(format!("/?{}", rest.join("&"))).expect("parts of a query are a query");
    (said, parameters::read(&rest))
}

/// What the browser says about its languages.
pub fn accept_language(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
