//! Who is connected: how many connections each address has, and which of them wait for a request.
//!
//! Invariant: nobody shuts others out. An address that has all the connections it may have loses its oldest idle one to a
//! new one; when the server is full, the address with the most loses it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base_core::address::counted_as;
use tokio::sync::Notify;

/// How many connections there may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// In all.
    pub connections_max: usize,
    /// Of one address; an IPv6 network of 64 bits counts as one.
    pub per_address_max: usize,
    /// Proxies that stand for many people: only `connections_max` holds for them.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections_max: 4096, per_address_max: 1024, trusted_proxies: Vec::new() }
    }
}

/// The connections of a server.
pub struct Connections {
    limits: Limits,
    started: Instant,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    slots: HashMap<u64, Arc<Slot>>,
    by_address: HashMap<IpAddr, usize>,
    last_id: u64,
}

/// One connection.
#[derive(Debug)]
pub struct Slot {
    id: u64,
    address: IpAddr,
    /// Requests that are being answered, the last byte of the answer included.
    requests: AtomicUsize,
    /// Since when there is none, in milliseconds since the server started.
    idle_since_ms: AtomicU64,
    close: Notify,
}

impl Slot {
    /// Waits until another connection needs this place.
    pub async fn told_to_close(&self) {
        self.close.notified().await;
    }

    /// True while no request is being answered.
    pub fn is_idle(&self) -> bool {
        self.requests.load(Ordering::Acquire) == 0
    }
}

/// A connection's place, given back when it is dropped.
pub struct Place {
    connections: Arc<Connections>,
    /// The connection.
    pub slot: Arc<Slot>,
}

impl Place {
    /// The requests that come by it.
    pub fn requests(&self) -> Requests {
        Requests { connections: Arc::clone(&self.connections), slot: Arc::clone(&self.slot) }
    }

    /// For how long no request has been answered; `None` while one is.
    pub fn idle_for(&self) -> Option<Duration> {
        let since_ms = self.slot.idle_since_ms.load(Ordering::Relaxed);
        let idle_ms = self.connections.now_ms().saturating_sub(since_ms);
        self.slot.is_idle().then_some(Duration::from_millis(idle_ms))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.with(|open| open.remove(self.slot.id));
    }
}

/// The requests of a connection.
pub struct Requests {
    connections: Arc<Connections>,
    slot: Arc<Slot>,
}

impl Requests {
    /// Marks that a request is being answered until the guard is dropped.
    pub fn begin(&self) -> Answering {
        self.slot.requests.fetch_add(1, Ordering::Relaxed);
        Answering { connections: Arc::clone(&self.connections), slot: Arc::clone(&self.slot) }
    }
}

/// A request that is being answered.
pub struct Answering {
    connections: Arc<Connections>,
    slot: Arc<Slot>,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.slot.idle_since_ms.store(self.connections.now_ms(), Ordering::Relaxed);
        self.slot.requests.fetch_sub(1, Ordering::Release);
    }
}

impl Open {
    fn remove(&mut self, id: u64) {
        let Some(slot) = self.slots.remove(&id) else { return };
        if let Some(n) = self.by_address.get_mut(&slot.address) {
            *n -= 1;
            if *n == 0 {
                self.by_address.remove(&slot.address);
            }
        }
    }

    /// Has the oldest idle connection of an address closed. False where none is idle.
    fn close_idle(&mut self, address: IpAddr) -> bool {
        let idle = self.slots.values().filter(|slot| slot.address == address);
        let idle = idle.filter(|slot| slot.is_idle());
        let Some(oldest) = idle.min_by_key(|slot| slot.idle_since_ms.load(Ordering::Relaxed)).cloned() else {
            return false;
        };
        oldest.close.notify_one();
        self.remove(oldest.id);
        true
    }
}

impl Connections {
    /// None yet.
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, started: Instant::now(), open: Mutex::default() })
    }

    /// A place for a new connection; `None` where its address has too many, all of them busy.
    pub fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let is_proxy = self.limits.trusted_proxies.contains(&base_core::address::canonical(address));
        let address = counted_as(address);
        let now_ms = self.now_ms();
        let slot = self.with(|open| {
            let own = open.by_address.get(&address).copied().unwrap_or_default();
            if own >= self.limits.per_address_max && !is_proxy && !open.close_idle(address) {
                return None;
            }
            if open.slots.len() >= self.limits.connections_max {
                let most = open.by_address.iter().max_by_key(|(_, n)| **n).map(|(address, _)| *address)?;
                if !open.close_idle(most) {
                    return None;
                }
            }
            open.last_id += 1;
            let (requests, idle_since_ms) = (AtomicUsize::new(0), AtomicU64::new(now_ms));
            let slot = Slot { id: open.last_id, address, requests, idle_since_ms, close: Notify::new() };
            let slot = Arc::new(slot);
            open.slots.insert(slot.id, Arc::clone(&slot));
            *open.by_address.entry(address).or_default() += 1;
            Some(slot)
        })?;
        Some(Place { connections: Arc::clone(self), slot })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Open) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEDY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn connections() -> Arc<Connections> {
        Connections::new(Limits { connections_max: 4, per_address_max: 3, trusted_proxies: Vec::new() })
    }

    #[tokio::test]
    async fn the_oldest_idle_connection_of_an_address_makes_room_for_its_next() {
        let connections = connections();
        let places: Vec<Place> = (0..3).filter_map(|_| connections.place(GREEDY)).collect();
        let _answering = places[0].requests().begin();
        places[2].slot.idle_since_ms.store(7, Ordering::Relaxed);
        let _fourth = connections.place(GREEDY).expect("a place");
        places[1].slot.told_to_close().await;
        assert_eq!(connections.with(|open| open.slots.len()), 3);
    }

    #[tokio::test]
    async fn an_address_whose_connections_are_all_busy_gets_no_more_and_others_do() {
        let connections = connections();
        let places: Vec<Place> = (0..3).filter_map(|_| connections.place(GREEDY)).collect();
        let answering: Vec<Answering> = places.iter().map(|place| place.requests().begin()).collect();
        assert!(connections.place(GREEDY).is_none());
        let _other = connections.place(OTHER).expect("a place");
        assert!(connections.place(OTHER).is_none(), "all busy, and full");
        drop(answering);
        let _another = connections.place(OTHER).expect("the greedy one gives way");
        drop(places);
        assert_eq!(connections.with(|open| (open.slots.len(), open.by_address.len())), (2, 1));
    }
}
