//! What all pages for people share.

use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;

use crate::error::Problem;
use crate::parameters;
use crate::request::{self, RequestFacts};
use crate::view::{Frame, problem_page};

/// An address of the earlier system.
pub fn moved(to: &str) -> Response {
    Redirect::permanent(to).into_response()
}

/// The same, with the parameters.
pub fn moved_with(to: &str, uri: &Uri) -> Response {
    match uri.query() {
        Some(query) => moved(&format!("{to}?{query}")),
        None => moved(to),
    }
}

/// Any address that no route has.
#[expect(clippy::unused_async, reason = "axum wants handlers to be async")]
pub async fn nothing_here(uri: Uri) -> Problem {
    Problem::not_found(uri.path())
}

/// Turns a [`Problem`] of a page's handler into a page, or into a redirect to the sign-in page.
pub async fn problems_as_pages(request: Request, next: Next) -> Response {
    let language = accept_language(request.headers()).to_owned();
    let path = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let is_get = request.method() == axum::http::Method::GET;
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let mut response = request::run(next, request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let frame = Frame::outside(&language, String::new(), &facts);
    problem_page(&problem, frame, if is_get { &path } else { "/" })
}

/// The parameters of an address, and apart from them `said`: the action whose result the page shows. It is taken out
/// because lists with the parameters of the API refuse all other names.
pub fn apart_from_said<T: DeserializeOwned>(uri: &Uri) -> (String, Result<T, Problem>) {
    let pairs = uri.query().unwrap_or_default().split('&');
    // The earlier system numbered its pages; pages here begin at a cursor, so an old address shows the first page.
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
