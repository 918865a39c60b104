//! The span around a request: lines of deeper layers that are logged meanwhile carry the id of the request.
//!
//! Invariant: it costs a look at one flag where nobody reads it.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Span;

static ARE_ON: AtomicBool = AtomicBool::new(false);

/// Has every request get a span from now on.
pub fn begin() {
    ARE_ON.store(true, Ordering::Relaxed);
}

/// The span of a request.
pub(crate) fn of(request_id: &str) -> Span {
    if ARE_ON.load(Ordering::Relaxed) { tracing::info_span!("request", request_id) } else { Span::none() }
}
