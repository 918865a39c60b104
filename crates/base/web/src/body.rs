//! Reading JSON bodies. An error names the field that is wrong.

use axum::body::HttpBody;
use axum::extract::{FromRef, FromRequest, OptionalFromRequest, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::Problem;
use crate::request::BODY_TIMEOUT;
use crate::text;

/// A JSON body of the right shape, without control characters.
pub struct JsonBody<T>(pub T);

/// A JSON body with what scanners have read. It may hold anything: rules answer each scan by itself, so that one that cannot
/// be read does not hold up those beside it.
pub struct ScannedBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T>
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = read_json(request, &App::from_ref(state)).await?;
        text::check_json(&bytes)?;
        parse(&bytes).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ScannedBody<T>
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = read_json(request, &App::from_ref(state)).await?;
        parse(&bytes).map(Self)
    }
}

/// A call may have no body, or say so by `null`; a body that is there must have the right shape.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for JsonBody<T>
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        let bytes = read_json(request, &App::from_ref(state)).await?;
        if bytes.trim_ascii() == b"null" {
            return Ok(None);
        }
        text::check_json(&bytes)?;
        parse(&bytes).map(|body| Some(Self(body)))
    }
}

async fn read_json(request: Request, app: &App) -> Result<Bytes, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    if !kind.is_some_and(|kind| kind.starts_with(b"application/json")) {
        let detail = "Send the body as JSON, with Content-Type: application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
    }
    read(request, app.settings.body_bytes_max).await
}

/// Reads a whole body within a limit and a time.
pub async fn read(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), bytes_max).collect();
    let collected = tokio::time::timeout(BODY_TIMEOUT, body).await.map_err(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "The body did not arrive in time. Send it again.")
    })?;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            let detail = format!("The body is larger than {bytes_max} bytes. Send it in parts.");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "body_cut_off", "The body ended too early. Send it again.")
        }
    })
}

/// Most bodies are right; only a wrong one is parsed again to find out which field it is.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|_| {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Ok(_) => Problem::field("body", "There is text after the end of the JSON body. Remove it."),
            Err(error) => {
                let path = error.path().to_string();
                let inner = error.into_inner();
                let detail = inner.to_string();
                let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
                let field = match (path.as_str(), missing) {
                    ("." | "?", None) => "body".to_owned(),
                    (".", Some(name)) => name.to_owned(),
                    (_, Some(name)) => format!("{path}.{name}"),
                    (_, None) => path,
                };
                Problem::field(field, format!("This is not valid: {detail}."))
            }
        }
    })
}
