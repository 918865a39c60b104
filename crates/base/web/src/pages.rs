//! What all pages for people share.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::Role;
use base_core::realm::Realm;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::door::door;
use crate::error::Problem;
use crate::parameters;
use crate::request::{self, RequestFacts};
use crate::session::{Caller, cookie};
use crate::unsaved::Own;
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

/// Any address that no route has. One that only has a slash too many leads to the one without.
#[expect(clippy::unused_async, reason = "axum wants handlers to be async")]
pub async fn nothing_here(method: Method, uri: Uri) -> Result<Response, Problem> {
    let path = uri.path().trim_end_matches('/');
    // `//site.example/` is the address of another site to a browser.
    if method == Method::GET && path.len() < uri.path().len() && path.starts_with('/') && !path.starts_with("//") {
        return Ok(moved_with(path, &uri));
    }
    Err(Problem::not_found(uri.path()))
}

/// Who may do what somebody may not: the roles that hold a permission, in words.
fn who_may(app: &App, frame: &Frame, permission: &str) -> String {
    let holds = |role: &Role| app.grants.of_role(*role).any(|held| held.name() == permission);
    let roles = Role::ALL.into_iter().filter(holds).map(|role| frame.t(&format!("role-{}", role.name())));
    let roles: Vec<String> = roles.collect();
    if roles.is_empty() { String::new() } else { frame.t1("error-who-may", "roles", &roles.join(", ")) }
}

/// Turns a [`Problem`] of a page's handler into a page, or into a redirect to the sign-in page. A form that was sent with
/// a session that has ended, or with an old proof, leads back to its page.
pub async fn problems_as_pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let is_get = request.method() == axum::http::Method::GET;
    let is_sign_out = Realm::ALL.into_iter().any(|realm| request.uri().path() == door(realm).sign_out);
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let mut response = request::run(next, request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let own = Own { headers: &headers, base_url: &app.settings.base_url, realm: facts.realm };
    // Whoever signs out after the end of their session has what they wanted.
    let is_done = is_sign_out && problem.status() == StatusCode::UNAUTHORIZED;
    if let Some(back) = own.way_back(&problem).filter(|_| !is_get && !is_done) {
        return back;
    }
    // While the database is away nobody can be looked up.
    let caller = if problem.status().is_server_error() { None } else { Caller::if_known(&app, &headers, &facts).await };
    let frame = match &caller {
        Some(caller) => Frame::of(caller, ""),
        None => Frame::outside(accept_language(&headers), String::new(), &facts),
    };
    let who_may = problem.permission().map(|permission| who_may(&app, &frame, permission)).unwrap_or_default();
    let home = frame.home();
    problem_page(&problem, frame, if is_get { &path } else { home }, who_may)
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

/// The cookie of a language that was chosen before signing in.
pub const LANGUAGE_COOKIE: &str = "language";

/// The language that was chosen on this device, or what the browser says about its languages.
pub fn accept_language(headers: &HeaderMap) -> &str {
    if let Some(chosen) = cookie(headers, LANGUAGE_COOKIE) {
        return chosen;
    }
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
