//! Connections to a SQL Server: made when they are needed, kept for a while, never more than a stated number.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tiberius::error::Error;
use tiberius::{Client, Config};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};

use super::tds_fault::sorted;
use crate::error::ErpError;

/// A connection.
pub(super) type TdsClient = Client<Compat<TcpStream>>;

/// How long an idle connection is kept. Firewalls forget sooner or later.
const IDLE_MAX: Duration = Duration::from_mins(1);
/// How often a server may send us on to another one.
const ROUTES_MAX: u32 = 3;

/// The connections to one server.
pub(super) struct TdsPool {
    config: Config,
    host: String,
    port: u16,
    /// Run on each new connection.
    greeting: String,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
    connect: Duration,
}

struct Idle {
    client: TdsClient,
    since: Instant,
}

/// What a pool is made of.
pub(super) struct TdsPoolParts {
    pub config: Config,
    pub host: String,
    pub port: u16,
    pub greeting: String,
    pub connections_max: usize,
    pub connect: Duration,
}

/// A connection in use. It goes back to the pool only by [`TdsPool::put_back`]: what was cut off in the middle of an answer
/// is closed, and the server ends what it was doing.
pub(super) struct Lent<'p> {
    pub client: TdsClient,
    /// True if it was used before, so that the server may have closed it meanwhile.
    pub is_used: bool,
    _slot: SemaphorePermit<'p>,
}

impl TdsPool {
    pub(super) fn new(parts: TdsPoolParts) -> Self {
        let TdsPoolParts { config, host, port, greeting, connections_max, connect } = parts;
        let slots = Semaphore::new(connections_max.max(1));
        Self { config, host, port, greeting, slots, idle: Mutex::default(), connect }
    }

    /// A connection, an idle one if there is one and `fresh` is not asked for.
    pub(super) async fn lend(&self, fresh: bool) -> Result<Lent<'_>, ErpError> {
        let slot = timeout(self.connect, self.slots.acquire()).await.map_err(|_| ErpError::Busy)?;
        let slot = slot.map_err(|_| ErpError::Busy)?;
        if !fresh && let Some(client) = self.take_idle() {
            return Ok(Lent { client, is_used: true, _slot: slot });
        }
        let made = timeout(self.connect, self.connect());
        let client = made.await.map_err(|_| ErpError::Unreachable("no connection in time".into()))??;
        Ok(Lent { client, is_used: false, _slot: slot })
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn put_back(&self, lent: Lent<'_>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle { client: lent.client, since: Instant::now() });
    }

    fn take_idle(&self) -> Option<TdsClient> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| one.since.elapsed() < IDLE_MAX);
        idle.pop().map(|one| one.client)
    }

    async fn connect(&self) -> Result<TdsClient, ErpError> {
        let (mut config, mut host, mut port) = (self.config.clone(), self.host.clone(), self.port);
        for _ in 0..ROUTES_MAX {
            let stream = TcpStream::connect((host.as_str(), port)).await;
            let stream = stream.map_err(|fault| ErpError::Unreachable(fault.to_string()))?;
            stream.set_nodelay(true).map_err(|fault| ErpError::Unreachable(fault.to_string()))?;
            let made = Box::pin(Client::connect(config.clone(), stream.compat_write()));
            match made.await {
                Ok(client) => return self.greet(client).await,
                // An availability group sends those who only read to a copy of its own.
                Err(Error::Routing { host: other, port: other_port }) => {
                    config.host(&other);
                    config.port(other_port);
                    (host, port) = (other, other_port);
                }
                Err(fault) => return Err(sorted(&fault)),
            }
        }
        Err(ErpError::Unreachable("the server sends us from one place to the next".into()))
    }

    async fn greet(&self, mut client: TdsClient) -> Result<TdsClient, ErpError> {
        let answer = client.simple_query(self.greeting.as_str()).await.map_err(|fault| sorted(&fault))?;
        answer.into_results().await.map_err(|fault| sorted(&fault))?;
        Ok(client)
    }
}
