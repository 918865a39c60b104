//! One computation for everybody who asks at the same time, without ever giving an old answer.
//!
//! Invariant: an answer was computed entirely after it was asked for. Those who ask while a computation is running wait
//! for the next one and share it; nothing is kept for later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Mutex as Seat;

/// What was last computed for one key, and when that computation started.
type Last<V> = Arc<Seat<Option<(u64, V)>>>;

/// Computations, by key. Keys are few: the scopes of the site.
pub struct Shared<K, V> {
    turns: AtomicU64,
    seats: Mutex<Vec<(K, Last<V>)>>,
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self { turns: AtomicU64::new(0), seats: Mutex::default() }
    }
}

impl<K: Clone + PartialEq, V: Clone> Shared<K, V> {
    fn seat(&self, key: &K) -> Last<V> {
        let mut seats = self.seats.lock().expect("no holder panics");
        if let Some((_, seat)) = seats.iter().find(|(known, _)| known == key) {
            return seat.clone();
        }
        let seat = Last::default();
        seats.push((key.clone(), seat.clone()));
        seat
    }

    /// What `compute` gives, or what it gave to somebody else who asked at the same time.
    pub async fn get<E>(&self, key: &K, compute: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let asked = self.turns.fetch_add(1, Ordering::SeqCst);
        let seat = self.seat(key);
        let mut last = seat.lock().await;
        if let Some((begun, value)) = &*last
            && *begun > asked
        {
            return Ok(value.clone());
        }
        let begun = self.turns.fetch_add(1, Ordering::SeqCst);
        let value = compute.await?;
        *last = Some((begun, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[tokio::test]
    async fn those_who_come_together_share_and_each_sees_what_was_there_before_he_asked() {
        let shared = Arc::new(Shared::<u8, u64>::default());
        let (truth, computed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let ask = || {
            let (shared, truth, computed) = (shared.clone(), truth.clone(), computed.clone());
            async move {
                let known = truth.fetch_add(1, Ordering::SeqCst) + 1;
                let read = async {
                    computed.fetch_add(1, Ordering::SeqCst);
                    let value = truth.load(Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    Ok::<_, Infallible>(value)
                };
                let seen = shared.get(&1, read).await.expect("it never fails");
                assert!(seen >= known, "{seen} was read before {known} was written");
            }
        };
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            asking.spawn(ask());
        }
        while let Some(asked) = asking.join_next().await {
            asked.expect("no panic");
        }
        assert!(computed.load(Ordering::SeqCst) <= 3, "{computed:?} computations for fifty");
    }

    #[tokio::test]
    async fn who_asks_later_gets_a_new_answer() {
        let shared = Shared::<u8, u64>::default();
        for n in 0..3 {
            assert_eq!(shared.get(&1, async { Ok::<_, Infallible>(n) }).await, Ok(n));
        }
    }
}
