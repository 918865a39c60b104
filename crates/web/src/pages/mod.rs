//! Pages for people, rendered here and alive where they must be. One file for each noun.

pub mod bags;
pub mod bills;
pub mod docs;
pub mod exports;
pub mod history;
pub mod home;
pub mod imports;
pub mod reports;
pub mod scans;
pub mod sessions;

use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::error::Problem;
use crate::request::RequestFacts;
use crate::view::{Frame, problem_page};

/// An address of the system before this one.
pub fn moved(to: &str) -> Response {
    Redirect::permanent(to).into_response()
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
    let request_id = request.extensions().get::<RequestFacts>().map(|facts| facts.id.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let frame = Frame::outside(&language, String::new(), request_id);
    problem_page(&problem, frame, if is_get { &path } else { "/" })
}

/// What the browser says about its languages.
pub fn accept_language(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
