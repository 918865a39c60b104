//! Bodies of answers by HTTP/2, in small pieces, with a watch over those that their client does not take.
//!
//! A client of HTTP/2 may take other things from the same connection while it leaves an answer, so that no write stalls.
//! A body is asked for its next piece only when the client has room for it: one that was not asked for long is not taken.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

/// Longest piece of a body, in bytes: so much of an answer is held twice.
const PIECE_BYTES: usize = 16 * 1024;

/// When the last piece of a body was given; `None` while the client has room for more.
type Given = Mutex<Option<Instant>>;

/// The answers that one connection is taking.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<Vec<Weak<Given>>>>);

impl Answers {
    /// A body whose pieces are watched.
    pub fn watched(&self, body: Body) -> Body {
        let given = Arc::new(Given::default());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|given| given.strong_count() > 0);
        all.push(Arc::downgrade(&given));
        drop(all);
        Body::new(Taken { body, rest: Bytes::new(), given })
    }

    /// True when a piece of an answer waits for its client for longer than `limit`.
    pub fn are_left(&self, limit: Duration) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |given: Arc<Given>| *given.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(|given| since(given.upgrade()?)).any(|since| since.elapsed() > limit)
    }
}

struct Taken {
    body: Body,
    /// What is left of the last piece of `body`.
    rest: Bytes,
    given: Arc<Given>,
}

impl Taken {
    fn mark(&self, given: Option<Instant>) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.mark(None);
        if self.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else { return Poll::Ready(None) };
            match frame?.into_data() {
                Ok(data) => self.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let length = self.rest.len().min(PIECE_BYTES);
        let piece = self.rest.split_to(length);
        self.mark(Some(Instant::now()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), u64::try_from(self.rest.len()).unwrap_or(u64::MAX));
        let upper = hint.upper().map(|upper| upper.saturating_add(rest));
        hint.set_lower(hint.lower().saturating_add(rest));
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint
    }
}
