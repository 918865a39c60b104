//! Errors, sorted by their cause: what the sender can correct (4xx), what passes by itself (503 with Retry-After), what
//! is our fault (500). One shape for the API (RFC 9457), one page for people.
//!
//! Invariant: people read a fixed text and the request's id. What really happened travels to the log line alone, as a
//! response extension.

use std::error::Error;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_db::{Cause, StoreError};
use base_desk::DeskError;
use serde::Serialize;

use crate::server::Malformed;

/// The cause of a failure, for the log line alone.
#[derive(Clone)]
pub struct LoggedCause(pub Arc<dyn std::fmt::Display + Send + Sync>);

/// On a response that forbids: the code of its problem, for the trail.
#[derive(Clone, Copy)]
pub struct Forbidden(pub &'static str);

/// A refusal or failure of a request.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    facts: Option<Box<Facts>>,
    cause: Option<String>,
    retry_after_s: Option<u32>,
}

/// The facts of a refusal by a rule.
pub type Facts = serde_json::Map<String, serde_json::Value>;

/// The RFC 9457 shape.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`; `code` is what tells problems apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code of the problem.
    code: &'static str,
    /// What is wrong, and what to do about it.
    detail: String,
    /// The field that is wrong, such as `scans[1].at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
    /// The id of the request, to give to an admin when asking for help. The log line of a failure has it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    facts: Option<Box<Facts>>,
}

impl Problem {
    /// The code of [`Problem::nobody`].
    pub const NOBODY: &'static str = "unknown_person";
    /// The code of [`Problem::several_people`].
    pub const SEVERAL: &'static str = "several_people";

    /// Any problem.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None, facts: None, cause: None, retry_after_s: None }
    }

    /// 400 or 431: this is no request of HTTP/1.1.
    pub fn malformed(why: Malformed) -> Self {
        let (status, detail) = match why {
            Malformed::Wrong => (StatusCode::BAD_REQUEST, "This is not a valid HTTP request."),
            Malformed::Host => (StatusCode::BAD_REQUEST, "Send exactly one Host header."),
            Malformed::TooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The address or the headers are too long.")
            }
        };
        Self::new(status, "malformed_request", detail)
    }

    /// 401: nobody is signed in.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in first, or send an Authorization: Bearer token.")
    }

    /// The code of [`Problem::locked`].
    pub const LOCKED: &'static str = "session_locked";
    /// The code of [`Problem::second_factor_required`].
    pub const SECOND_FACTOR: &'static str = "second_factor_required";

    /// 401: the screen of this session is locked; its person resumes it with their password.
    pub fn locked() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Self::LOCKED, "The screen is locked. Type your password to go on.")
    }

    /// 403: the person must set up a second factor before anything else.
    pub fn second_factor_required() -> Self {
        let detail = "This account needs a second factor. Set it up on the page /profile/second-factor.";
        Self::new(StatusCode::FORBIDDEN, Self::SECOND_FACTOR, detail)
    }

    /// 403: only people who signed in may do this, no token.
    pub fn not_for_tokens() -> Self {
        let detail = "A token cannot do this. Sign in with a browser.";
        Self::new(StatusCode::FORBIDDEN, "not_for_tokens", detail)
    }

    /// 403: the person lacks a permission.
    pub fn not_allowed(permission: &str) -> Self {
        let detail = format!("Your account does not have the permission {permission}. An admin can give it.");
        let problem = Self::new(StatusCode::FORBIDDEN, "not_allowed", detail);
        let facts = Facts::from_iter([("permission".to_owned(), permission.into())]);
        Self { facts: Some(Box::new(facts)), ..problem }
    }

    /// The code of [`Problem::must_change_password`].
    pub const MUST_CHANGE_PASSWORD: &'static str = "must_change_password";

    /// 403: the person has to choose their own password first.
    pub fn must_change_password() -> Self {
        let detail = "Choose a password of your own first, at /profile/password.";
        Self::new(StatusCode::FORBIDDEN, Self::MUST_CHANGE_PASSWORD, detail)
    }

    /// 403: the change did not come from our own page.
    pub fn foreign_form() -> Self {
        let detail =
            "This change did not come from a page of this site, or the page was open for too long. Load it again.";
        Self::new(StatusCode::FORBIDDEN, "csrf", detail)
    }

    /// True for [`Problem::foreign_form`].
    pub fn is_foreign_form(&self) -> bool {
        self.code == "csrf"
    }

    /// 404.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("{what} was not found, or is not in your area."))
    }

    /// 422: a field is wrong.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail);
        problem.field = Some(field.into());
        problem
    }

    /// 422: nobody has the name that a filter asks for.
    pub fn nobody() -> Self {
        let mut problem = Self::field("person", "Nobody has this name. Check the spelling.");
        problem.code = Self::NOBODY;
        problem
    }

    /// 422: several people have the name that a filter asks for.
    pub fn several_people() -> Self {
        let mut problem = Self::field("person", "Several people have this name. Use the user name.");
        problem.code = Self::SEVERAL;
        problem
    }

    /// The same, about a field.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A refusal by a rule; `facts` must not have the names of this shape's own fields.
    pub fn refused(status: StatusCode, code: &'static str, detail: impl Into<String>, facts: Facts) -> Self {
        let mut problem = Self::new(status, code, detail);
        problem.facts = Some(Box::new(facts));
        problem
    }

    /// 429: too often.
    pub fn too_often(retry_after_s: u32) -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_often", "Too many tries. Wait a minute, then try again.");
        problem.retry_after_s = Some(retry_after_s);
        problem
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, and what to do about it.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The field that is wrong, when it is one.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The key of the words for a field that is wrong, for people who do not read the English sentence.
    pub fn words_key(&self) -> &'static str {
        match self.field_name().unwrap_or_default() {
            "from" | "date" => "wrong-from",
            "to" => "wrong-to",
            "q" => "wrong-text",
            "limit" => "wrong-limit",
            "sort" => "wrong-sort",
            "person" | "created_by" if self.code == Self::NOBODY => "report-wrong-person",
            "person" | "created_by" if self.code == Self::SEVERAL => "wrong-person-several",
            "person" => "wrong-person",
            "cursor" | "children_after" => "wrong-cursor",
            "file" => "wrong-file",
            "form" => "wrong-form",
            "confirm" => "wrong-confirm",
            "time" => "wrong-time",
            _ => "wrong-field",
        }
    }

    /// The permission that is missing.
    pub fn permission(&self) -> Option<&str> {
        self.facts.as_ref()?.get("permission")?.as_str()
    }

    /// Adds what the log and the trail need to a response.
    pub fn mark(&self, response: &mut Response) {
        if self.status == StatusCode::FORBIDDEN {
            response.extensions_mut().insert(Forbidden(self.code));
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(LoggedCause(Arc::new(cause.clone())));
        }
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }

    /// Logs the cause when there is no response to carry it to the log.
    pub fn log(&self, sentence: &str, request_id: Option<&str>) {
        if let Some(cause) = &self.cause {
            tracing::error!(request_id, code = self.code, cause, "{sentence}");
        }
    }

    /// 503: too much is under way already.
    pub fn busy(detail: &str) -> Self {
        Self::unavailable("busy", detail)
    }

    /// 500: a fault of ours, with its cause for the log.
    pub fn broken(code: &'static str, detail: &str, cause: &dyn Error) -> Self {
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, detail);
        problem.cause = Some(chain(cause));
        problem
    }

    /// 500: a fault of ours that nobody foresaw.
    pub fn ours(cause: &dyn Error) -> Self {
        let detail = "Something went wrong on the server. Give the ID of this request to an admin.";
        Self::broken("internal", detail, cause)
    }

    /// 503: it passes by itself; the cause goes to the log.
    pub fn passing(code: &'static str, detail: &str, cause: &dyn Error) -> Self {
        let mut problem = Self::unavailable(code, detail);
        problem.cause = Some(chain(cause));
        problem
    }

    /// 503 or 500, by what stands behind the error: a failure of the database that passes, or anything else, which is
    /// ours.
    pub fn sorted(error: &(dyn Error + 'static)) -> Self {
        match Cause::behind(error) {
            Some(Cause::Passing) => {
                Self::passing("store_unavailable", "The database cannot be reached. Try again in a moment.", error)
            }
            Some(Cause::Ours) | None => Self::ours(error),
        }
    }

    /// Writes the body of a response in the shape of the API.
    pub fn write_body(&self, response: &mut Response, request_id: Option<&str>) {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Problem"),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.clone(),
            field: self.field.clone(),
            request_id: request_id.map(ToOwned::to_owned),
            facts: self.facts.clone(),
        };
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = axum::Json(body).into_response().into_body();
    }

    /// 503: it passes by itself and needs no log line.
    pub fn unavailable(code: &'static str, detail: &str) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
        problem.retry_after_s = Some(1);
        problem
    }
}

/// An error with everything behind it, for the log.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

/// Logs why a file ends too early. Its status was already sent, so a client only sees a body that is cut off.
pub fn cut_off(error: impl Error + Send + Sync + 'static, request_id: &str) -> std::io::Error {
    tracing::error!(request_id, cause = %chain(&error), "a file could not be sent to its end");
    std::io::Error::other(error)
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Conflict => {
                Self::passing("busy", "Someone else is changing the same data. Try again in a moment.", error)
            }
            error => Self::sorted(error),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let text = error.to_string();
        match &error {
            DeskError::Busy => Self::unavailable("busy", &text),
            DeskError::Closing => Self::unavailable("closing", &text),
            DeskError::Store(cause) => match Cause::of(cause) {
                Cause::Passing => Self::passing("store_unavailable", &text, &**cause),
                Cause::Ours => Self::ours(&**cause),
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)]).into_response();
        self.write_body(&mut response, None);
        self.mark(&mut response);
        // Routes for people turn it into a page (`pages::problems_as_pages`); for all others `request::wrap` writes the
        // body again, with the request's id.
        response.extensions_mut().insert(self);
        response
    }
}
