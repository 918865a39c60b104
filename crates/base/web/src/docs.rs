//! `/api/docs`: the description of the API, readable.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use crate::app::App;
use crate::openapi::Document;
use crate::pages::accept_language;
use crate::request::RequestFacts;
use crate::session::Caller;
use crate::view::{Frame, render};

#[derive(Template)]
#[template(path = "api/docs.html")]
pub(crate) struct DocsPage {
    pub(crate) frame: Frame,
    pub(crate) calls: Vec<Call>,
}

/// The same for somebody who is not signed in.
#[derive(Template)]
#[template(path = "api/docs_alone.html")]
pub(crate) struct DocsAlonePage {
    pub(crate) frame: Frame,
    pub(crate) calls: Vec<Call>,
}

/// One call of the API.
pub(crate) struct Call {
    method: String,
    path: String,
    summary: String,
    parameters: Vec<(String, String)>,
    body: String,
    answers: Vec<(String, String)>,
}

/// `GET /api/docs`
pub async fn show(
    State(app): State<App>,
    Extension(document): Extension<Document>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Response {
    let calls = calls(&document.0);
    if let Some(caller) = Caller::if_known(&app, &headers, &facts).await {
        return render(&DocsPage { frame: Frame::of(&caller, "docs"), calls });
    }
    let frame = Frame::outside(accept_language(&headers), String::new(), &facts);
    render(&DocsAlonePage { frame, calls })
}

/// The calls, read from the document that machines get, so that both agree.
fn calls(document: &Value) -> Vec<Call> {
    let schemas = &document["components"]["schemas"];
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            calls.push(read_call(path, method, call, schemas));
        }
    }
    calls
}

fn read_call(path: &str, method: &str, call: &Value, schemas: &Value) -> Call {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let reference = &call["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    let name = reference.as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
    let body = if name.is_empty() { String::new() } else { pretty(&schemas[name]) };
    let parameter = |value: &Value| (text(&value["name"]), text(&value["description"]));
    let answers = call["responses"].as_object().into_iter().flatten();
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&call["summary"]),
        parameters: call["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
        body,
        answers: answers.map(|(status, answer)| (status.clone(), text(&answer["description"]))).collect(),
    }
}

fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}
