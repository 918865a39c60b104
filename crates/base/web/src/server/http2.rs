//! HTTP/2, which browsers speak where the site serves TLS by itself.
//!
//! Invariant: what one connection can hold is bounded here: requests at once, their heads, what is sent and not yet read,
//! what is answered and not yet taken, and the time that it may do nothing.

use std::time::Duration;

use axum::http::{HeaderValue, Uri, header};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::head::Malformed;
use super::{BUFFER_BYTES, Patience};

/// Most requests of a connection at once. A browser asks for a few files and holds one feed.
const REQUESTS_MAX: u32 = 32;
/// Longest head of a request, in bytes.
const HEAD_BYTES_MAX: u32 = 64 * 1024;
/// Most bytes of one request, and of all of a connection, that are sent and not yet read.
const REQUEST_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Most bytes of one answer that wait for their client.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Most requests that are taken back before they are answered; a client with more has its connection ended.
const TAKEN_BACK_MAX: usize = 20;

/// How often a connection is looked at.
pub fn looks_every(patience: Patience) -> Duration {
    patience.headers.min(patience.writes) / 2
}

/// The protocol with its limits.
pub fn builder(patience: Patience) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(REQUESTS_MAX)
        .max_header_list_size(HEAD_BYTES_MAX)
        .initial_stream_window_size(REQUEST_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(ANSWER_BYTES_MAX)
        .max_pending_accept_reset_streams(TAKEN_BACK_MAX)
        .max_local_error_reset_streams(TAKEN_BACK_MAX)
        .keep_alive_interval(patience.headers)
        .keep_alive_timeout(patience.writes);
    builder
}

/// The request as HTTP/1.1 has it: the server's name is a header, the address a path.
pub fn as_http1(request: &mut Request<Incoming>) -> Result<(), Malformed> {
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(authority) = authority {
        let authority = authority.map_err(|_| Malformed::Host)?;
        if request.headers().get(header::HOST).is_some_and(|host| host != authority) {
            return Err(Malformed::Host);
        }
        request.headers_mut().insert(header::HOST, authority);
    }
    let path = request.uri().path_and_query().cloned().ok_or(Malformed::Wrong)?;
    let length = path.as_str().len()
        + request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    if length > BUFFER_BYTES {
        return Err(Malformed::TooLarge);
    }
    *request.uri_mut() = Uri::from(path);
    Ok(())
}
