//! Whether this node is about to end. Meanwhile it serves as before, so that whoever spreads requests over the nodes can
//! turn to another one first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, and never back. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Leaving(Arc<AtomicBool>);

impl Leaving {
    /// From now on `/ready` fails, and each answer ends its connection.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// True once it has begun.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
