//! The program's one way of calling others, as the protocol's library takes it.

use std::future::Future;
use std::pin::Pin;

use axum::body::{Body, Bytes};
use axum::http::{self, HeaderValue, StatusCode, header};
use base_http::{Client, Method, Plain, Request, Url};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};

/// The largest request, in bytes: a certificate of 20 names is asked for with 3 kB.
const SENT_BYTES_MAX: usize = 64 * 1024;
/// What the library reads of an answer's head.
const HEADERS: [&str; 5] = ["content-type", "link", "location", "replay-nonce", "retry-after"];

/// Calls the authority.
pub struct Caller(pub Client);

impl HttpClient for Caller {
    fn request(
        &self,
        request: http::Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(call(self.0.clone(), request))
    }
}

async fn call(client: Client, request: http::Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
    let (head, body) = request.into_parts();
    let url = Url::parse(&head.uri.to_string(), Plain::ThisMachine).map_err(other)?;
    let method = match head.method {
        http::Method::HEAD => Method::Head,
        http::Method::POST => Method::Post,
        _ => Method::Get,
    };
    let body = axum::body::to_bytes(Body::new(body), SENT_BYTES_MAX).await.map_err(other)?;
    let mut sent = Request::new(method, url);
    if let Some(kind) = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) {
        sent = sent.header("content-type", kind);
    }
    if !body.is_empty() {
        sent = sent.bytes(body);
    }
    let answer = client.send(sent).await.map_err(other)?;
    let mut response = http::Response::new(());
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(other)?;
    for name in HEADERS {
        if let Some(value) = answer.header(name).and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    let (parts, ()) = response.into_parts();
    Ok(BytesResponse { parts, body: Box::new(answer.body) })
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
