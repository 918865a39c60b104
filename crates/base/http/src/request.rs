//! What is sent.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{TryStreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue, USER_AGENT};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::Why;
use crate::url::Url;

/// How much of a file is read at once, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;
/// What we say we are.
const AGENT: &str = concat!("tallyhouse/", env!("CARGO_PKG_VERSION"));

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One call. `host`, `user-agent` and `content-length` are set by the client.
pub struct Request {
    method: Method,
    pub(crate) url: Url,
    headers: Vec<(&'static str, String)>,
    body: Body,
    pub(crate) within: Option<Duration>,
}

enum Body {
    None,
    Bytes(Bytes),
    Stream { from: Box<dyn AsyncRead + Send + Unpin>, bytes: u64 },
}

/// A body as hyper takes it.
pub(crate) type Sent = UnsyncBoxBody<Bytes, io::Error>;

impl Request {
    /// A call without a body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: Body::None, within: None }
    }

    /// Adds a header; its name in small letters.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sends these bytes.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// Sends the next `bytes` of a file, from where it stands. A file with fewer breaks the call.
    #[must_use]
    pub fn file(self, file: File, bytes: u64) -> Self {
        self.stream(file, bytes)
    }

    /// Sends `bytes` of whatever can be read. One that ends sooner breaks the call.
    #[must_use]
    pub fn stream(mut self, from: impl AsyncRead + Send + Unpin + 'static, bytes: u64) -> Self {
        self.body = Body::Stream { from: Box::new(from), bytes };
        self
    }

    /// How long this call may take in total, instead of what the client says.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// As hyper sends it.
    pub(crate) fn into_hyper(self) -> Result<hyper::Request<Sent>, Why> {
        let (length, body) = self.body.into_sent();
        let mut request = hyper::Request::new(body);
        *request.method_mut() = self.method.as_str().parse().expect("a method of the list");
        *request.uri_mut() = self.url.path_and_query().parse().map_err(|_| Why::Header("host"))?;
        let headers = request.headers_mut();
        let host = HeaderValue::from_str(&self.url.host_header()).map_err(|_| Why::Header("host"))?;
        headers.insert(HOST, host);
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if length > 0 || matches!(self.method, Method::Post | Method::Put) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        for (name, value) in self.headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Why::Header(name))?;
            let mut value = HeaderValue::from_str(&value).map_err(|_| Why::Header(name))?;
            value.set_sensitive(true);
            headers.append(key, value);
        }
        Ok(request)
    }
}

impl Body {
    /// How many bytes are sent, and they.
    fn into_sent(self) -> (u64, Sent) {
        match self {
            Self::None => (0, Empty::new().map_err(|never| match never {}).boxed_unsync()),
            Self::Bytes(bytes) => (bytes.len() as u64, Full::new(bytes).map_err(|never| match never {}).boxed_unsync()),
            Self::Stream { from, bytes } => {
                let chunks = stream::try_unfold(from.take(bytes), |mut from| async move {
                    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
                    let read = from.read_buf(&mut chunk).await?;
                    Ok::<_, io::Error>((read > 0).then(|| (chunk.freeze(), from)))
                });
                (bytes, StreamBody::new(chunks.map_ok(Frame::data)).boxed_unsync())
            }
        }
    }
}
