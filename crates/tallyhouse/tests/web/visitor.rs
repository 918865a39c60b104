//! A browser, as far as signing in needs one: it keeps cookies, has an address, and sends forms back.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;

use crate::common::{Answer, PASSWORD, Site, send_to};

/// The name of the session's cookie.
pub const SESSION: &str = "__Host-tallyhouse";
/// The name of the cookie of a device that is known.
pub const DEVICE: &str = "__Host-tallyhouse-device";
/// The name of the cookie between the two steps of signing in.
pub const STEP: &str = "__Host-tallyhouse-step";

/// A browser at an address.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A browser that was never here.
    pub fn new(site: &Site, address: &str) -> Self {
        Self::at(&site.router, address)
    }

    /// The same at one node.
    pub fn at(router: &Router, address: &str) -> Self {
        let address = format!("{address}:4711").parse().expect("an address");
        Self { router: router.clone(), address, cookies: BTreeMap::new() }
    }

    /// The same browser, reaching another node.
    pub fn moved_to(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<(&str, String)>, csrf: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
            .extension(self.address);
        if !csrf.is_empty() {
            request = request.header("x-csrf-token", csrf);
        }
        let body = match body {
            Some((kind, body)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                Body::from(body)
            }
            None => Body::empty(),
        };
        let answer = send_to(&self.router, request.body(body).expect("a request")).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, "").await
    }

    /// Sends a form with these fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some(("application/x-www-form-urlencoded", body)), "").await
    }

    /// Calls the API as a page does, with the proof of the session.
    pub async fn call(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let csrf = self.csrf();
        let body = body.map(|body| ("application/json", body.to_string()));
        self.send(method, path, body, &csrf).await
    }

    /// The proof of the session.
    pub fn csrf(&self) -> String {
        self.cookies.get(SESSION).map(|token| base_secret::derive(token, "csrf")).unwrap_or_default()
    }

    /// Sends a form of a page of somebody who is signed in.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    /// Opens a page with a form and sends it with these fields; what the page hides in the form goes along.
    pub async fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        let mut all = hidden(&shown.body, path);
        all.retain(|(name, _)| !fields.iter().any(|(field, _)| field == name));
        let mut all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(fields);
        self.post(path, &all).await
    }

    /// Types a name and a password.
    pub async fn sign_in_with(&mut self, name: &str, password: &str) -> Answer {
        self.fill("/login?next=/bags", "/login", &[("username", name), ("password", password)]).await
    }

    /// Signs in, and must succeed.
    pub async fn sign_in(&mut self, name: &str) {
        let answer = self.sign_in_with(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert!(self.cookies.contains_key(SESSION), "{name} has a session");
    }

    /// True while the session opens something.
    pub async fn is_in(&mut self) -> bool {
        self.get("/api/v1/me").await.status == StatusCode::OK
    }
}

/// The hidden fields of the form with this action.
pub fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form: {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let attribute = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!("{name}=\"")).expect("an attribute");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    inputs.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
}

/// The text of the element with this id.
pub fn text_of(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {page}"));
    let (_, rest) = rest.split_once('>').expect("an element");
    rest.split('<').next().unwrap_or_default().trim().to_owned()
}
