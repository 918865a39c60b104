//! The description of the API, as `OpenAPI` wants it. Each noun's `router` hands in what it handles together with its
//! description; here the parts become one document, and what holds for every call is added.
//!
//! Invariant: `docs/openapi.json` is this document. A test compares them, and the types of the user interface are made
//! from that file.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::error::ProblemBody;

/// The permission of calls that only need a session or a token.
pub const SIGNED_IN: &str = "signed_in";
/// The permission of calls that need nothing.
pub const PUBLIC: &str = "public";

/// Where a description names its permission.
const PERMISSION: &str = "x-permission";
/// Texts without control characters.
const PLAIN: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";
/// The content type of refusals and failures.
const PROBLEM: &str = "application/problem+json";

struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tallyhouse")));
        components.add_security_scheme("session", cookie);
    }
}

/// What the document says besides the calls.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tallyhouse",
        description = "A code is scanned, a rule decides, the fact is kept. Sign in with a session cookie and \
            X-CSRF-Token, or send Authorization: Bearer TOKEN (`tallyhouse token create`). `x-permission` names the \
            permission that a call needs: `public` for none, `signed_in` for anybody who is signed in. Addresses of the \
            earlier system answer in its shapes and are not described here.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody)),
    security(("token" = []), ("session" = [])),
    modifiers(&SignIn)
)]
struct Head;

/// The finished document. Cheap to clone.
#[derive(Clone)]
pub struct Document(pub Arc<Value>);

/// Takes the described calls apart: into the routes, with the document among them, and the document.
pub fn describe(router: OpenApiRouter) -> (Router, Document) {
    let mut described = OpenApiRouter::with_openapi(Head::openapi()).merge(router);
    finish(described.get_openapi_mut());
    let (router, document) = described.split_for_parts();
    let document = Document(Arc::new(serde_json::to_value(document).expect("a document is plain data")));
    let served = document.clone();
    let router = router.route("/api/openapi.json", get(move || std::future::ready(Json(served.0))));
    (router, document)
}

fn finish(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(name(method, path));
            describe_texts(operation);
            add_errors(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let all = [("get", get), ("post", post), ("put", put), ("patch", patch), ("delete", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// An operation's own name: its method and its path. The handlers' names are those of their modules.
fn name(method: &str, path: &str) -> String {
    let words = path
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |name, word| format!("{name}_{word}"))
}

/// What stands in a path is text, unless its description is more precise; no text of an address has control characters, and
/// what is left out of an address or a head is not there: neither can hold a null.
fn describe_texts(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let is_in_path = parameter.parameter_in == ParameterIn::Path;
        let text = || ObjectBuilder::new().schema_type(Type::String).min_length(is_in_path.then_some(1)).into();
        if let RefOr::T(Schema::Object(schema)) = parameter.schema.get_or_insert_with(text) {
            if let SchemaType::Array(types) = &schema.schema_type
                && let [one, Type::Null] = types.as_slice()
            {
                schema.schema_type = one.clone().into();
            }
            let is_text = schema.schema_type == Type::String.into();
            if is_text && schema.format.is_none() && schema.pattern.is_none() {
                schema.pattern = Some(PLAIN.into());
            }
        }
    }
}

/// Adds the errors that every such call can give, unless its description is more precise.
fn add_errors(operation: &mut Operation) {
    let permission = operation.extensions.as_ref().and_then(|extensions| extensions.get(PERMISSION)?.as_str());
    let permission = permission.unwrap_or_default().to_owned();
    let takes_input =
        operation.request_body.is_some() || operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    let mut errors = Vec::new();
    if permission == PUBLIC {
        operation.security.get_or_insert_with(|| vec![SecurityRequirement::default()]);
    } else {
        errors.push(("401", "Nobody is signed in.".to_owned()));
        errors.push(("500", "A fault of the server. The log has the cause under `request_id`.".to_owned()));
        let passing =
            "The database cannot be reached, or too much is waiting. Send the same call again after Retry-After.";
        errors.push(("503", passing.to_owned()));
    }
    if permission != PUBLIC && permission != SIGNED_IN {
        let missing = format!("The permission `{permission}` is missing, or a change in a session has no CSRF proof.");
        errors.push(("403", missing));
    }
    if takes_input {
        errors.push(("422", "A parameter or field is wrong; `field` names it.".to_owned()));
    }
    let is_in_path = |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Path);
    if operation.parameters.iter().flatten().any(is_in_path) {
        errors.push(("404", "There is nothing at this address, or nothing that the caller may see.".to_owned()));
    }
    if operation.request_body.is_some() {
        errors.push(("400", "The body ended too early.".to_owned()));
        errors.push(("408", "The body did not arrive in time.".to_owned()));
        errors.push(("413", "The body is too large.".to_owned()));
        errors.push(("415", "The body is not sent as JSON.".to_owned()));
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in errors {
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new(description)));
    }
    for (status, response) in responses {
        if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
            let problem = Content::new(Some(Ref::from_schema_name("ProblemBody")));
            response.content = [(PROBLEM.to_owned(), RefOr::T(problem))].into_iter().collect();
        }
    }
}
