//! Turns at work that keeps a core busy, such as checking a password.
//!
//! Invariants: only a few run at once, and only so many wait; strangers never take the turn of those who are known.

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many strangers are served at once.
const STRANGERS: usize = 2;
/// How many strangers may wait.
const STRANGERS_WAITING: usize = 256;
/// How many of those who are known may wait.
const KNOWN_WAITING: usize = 256;

/// The turns.
pub struct Turns {
    strangers: Line,
    known: Line,
}

struct Line {
    served: Semaphore,
    places: Semaphore,
}

/// One turn; it ends when this is dropped.
pub struct Turn<'t> {
    _served: SemaphorePermit<'t>,
    _place: Option<SemaphorePermit<'t>>,
}

impl Line {
    fn new(served: usize, waiting: usize) -> Self {
        Self { served: Semaphore::new(served), places: Semaphore::new(served + waiting) }
    }

    async fn turn(&self) -> Option<Turn<'_>> {
        let place = self.places.try_acquire().ok()?;
        let served = self.served.acquire().await.ok()?;
        Some(Turn { _served: served, _place: Some(place) })
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self { strangers: Line::new(STRANGERS, STRANGERS_WAITING), known: Line::new(1, KNOWN_WAITING) }
    }
}

impl Turns {
    /// Waits for a turn; `None` if too many are waiting already.
    pub async fn take(&self, is_known: bool) -> Option<Turn<'_>> {
        if is_known { self.known.turn().await } else { self.strangers.turn().await }
    }

    /// Waits for a turn of somebody who is signed in, however many are waiting: their requests are bounded elsewhere.
    pub async fn wait(&self) -> Option<Turn<'_>> {
        let served = self.known.served.acquire().await.ok()?;
        Some(Turn { _served: served, _place: None })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_is_known_does_not_wait_for_strangers_and_strangers_do_not_wait_without_end() {
        let turns = Turns::default();
        let _busy = [turns.take(false).await.expect("a turn"), turns.take(false).await.expect("a turn")];
        let waits = || tokio::time::timeout(Duration::from_millis(5), turns.take(false));
        assert!(waits().await.is_err(), "a third one waits");
        assert!(turns.take(true).await.is_some());
        let many = futures_util::future::join_all((0..STRANGERS_WAITING + 5).map(|_| waits())).await;
        assert_eq!(
            many.into_iter().filter(|taken| matches!(taken, Ok(None))).count(),
            5,
            "those are told to come back"
        );
    }
}
