//! How reading a file is broken off: the client has left, or the program ends. A reading looks for it each time it takes
//! more of the file, which is never longer than a part of a second.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks readings to end. One that nobody asks lets them end by themselves.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    /// What ends all readings.
    of_all: Option<Arc<AtomicBool>>,
}

/// Asks when it is dropped, as it is with a future that nobody waits for any more.
#[derive(Debug)]
pub struct AskWhenDropped(Stop);

/// What a stream answers when it was asked to end.
#[derive(Debug)]
pub(super) struct Stopped;

impl Stop {
    /// One reading among those that this one ends; by itself it ends that reading alone.
    #[must_use]
    pub fn of_one(&self) -> Self {
        Self { asked: Arc::default(), of_all: Some(self.asked.clone()) }
    }

    /// Asks.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// True once it was asked.
    pub fn is_asked(&self) -> bool {
        let is_set = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        is_set(&self.asked) || self.of_all.as_deref().is_some_and(is_set)
    }

    /// Asks when what is returned is dropped.
    #[must_use]
    pub fn ask_when_dropped(&self) -> AskWhenDropped {
        AskWhenDropped(self.clone())
    }

    /// True while one of its readings ([`Stop::of_one`]) is under way.
    pub fn has_readings(&self) -> bool {
        Arc::strong_count(&self.asked) > 1
    }
}

impl Drop for AskWhenDropped {
    fn drop(&mut self) {
        self.0.ask();
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reading was stopped")
    }
}

impl std::error::Error for Stopped {}
