//! A client that uses very little processor time, so that a measurement on one machine measures the server.
//!
//! Invariant: every request is answered before the next one of its connection is sent, and every answer is counted by
//! its status.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What came out of a run.
#[derive(Debug, Default)]
pub struct Measured {
    /// Answers with status 200 a second.
    pub per_second: f64,
    /// Answers with another status.
    pub failed: u64,
    /// Latencies in microseconds, sorted.
    latencies_us: Vec<u32>,
}

impl Measured {
    /// The latency below which `share` of the answers came, in milliseconds.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let last = self.latencies_us.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = (last as f64 * share).round() as usize;
        self.latencies_us.get(at).map_or(0.0, |us| f64::from(*us) / 1000.0)
    }
}

/// Makes the requests of one connection, one after another.
pub trait Requests: Send + 'static {
    /// Writes the next request, head and body, into `out`.
    fn next(&mut self, out: &mut Vec<u8>);
}

/// The same GET for every request.
#[derive(Clone)]
pub struct Get {
    /// The whole request.
    pub request: Arc<[u8]>,
}

impl Get {
    /// A GET of `path` with a token.
    pub fn new(path: &str, token: &str) -> Self {
        let text = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
        Self { request: text.into_bytes().into() }
    }
}

impl Requests for Get {
    fn next(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.request);
    }
}

/// Asks for a path once and gives the answer's status and body.
pub async fn ask(address: &str, get: &Get) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).await.context("the server does not accept connections")?;
    let mut answer = Vec::new();
    stream.write_all(&get.request).await?;
    let status = read_answer(&mut stream, &mut answer).await?;
    Ok((status, String::from_utf8_lossy(&answer).into_owned()))
}

/// Drives `connections` connections for `span`, each with its own requests.
pub async fn drive<R: Requests>(
    address: &str,
    connections: usize,
    span: Duration,
    make: impl Fn(usize) -> R,
) -> anyhow::Result<Measured> {
    drive_with(address, Pace { connections, span, every: Duration::ZERO }, make).await
}

/// The same with so many requests a second in all, if the server takes them. A request that is sent late counts from when it
/// was due: whoever waits in a queue waits, too.
pub async fn drive_paced<R: Requests>(
    address: &str,
    (connections, span): (usize, Duration),
    per_second: f64,
    make: impl Fn(usize) -> R,
) -> anyhow::Result<Measured> {
    #[expect(clippy::cast_precision_loss, reason = "few connections")]
    let every = Duration::from_secs_f64(connections as f64 / per_second.max(1.0));
    drive_with(address, Pace { connections, span, every }, make).await
}

/// How fast requests come.
#[derive(Clone, Copy)]
struct Pace {
    connections: usize,
    span: Duration,
    /// From one request of a connection to its next; zero for as soon as it is answered.
    every: Duration,
}

async fn drive_with<R: Requests>(address: &str, pace: Pace, make: impl Fn(usize) -> R) -> anyhow::Result<Measured> {
    let Pace { connections, span, every } = pace;
    let failed = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (requests, failed, address) = (make(number), failed.clone(), address.to_owned());
        tasks.spawn(async move {
            // Spread over one turn, so that they do not all come at once.
            let share =
                u32::try_from(number).unwrap_or_default() * 1000 / u32::try_from(connections).unwrap_or(1).max(1);
            let first = started + every * share / 1000;
            connection(&address, requests, (first, every, started + span), &failed).await
        });
    }
    let mut latencies_us = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        latencies_us.extend(ended.context("a connection's task ended badly")??);
    }
    let seconds = started.elapsed().as_secs_f64();
    latencies_us.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 requests")]
    let per_second = latencies_us.len() as f64 / seconds;
    Ok(Measured { per_second, failed: failed.load(Ordering::Relaxed), latencies_us })
}

async fn connection<R: Requests>(
    address: &str,
    mut requests: R,
    (mut due, every, until): (Instant, Duration, Instant),
    failed: &AtomicU64,
) -> anyhow::Result<Vec<u32>> {
    let mut stream = TcpStream::connect(address).await.context("the server does not accept connections")?;
    stream.set_nodelay(true)?;
    let (mut out, mut answer) = (Vec::with_capacity(1024), Vec::with_capacity(8192));
    let mut latencies_us = Vec::new();
    while Instant::now() < until {
        out.clear();
        requests.next(&mut out);
        let mut sent = Instant::now();
        if !every.is_zero() {
            tokio::time::sleep_until(due.into()).await;
            sent = due;
            due += every;
        }
        stream.write_all(&out).await?;
        let status = read_answer(&mut stream, &mut answer).await?;
        if status == 200 {
            latencies_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            failed.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(latencies_us)
}

/// Reads one answer with a Content-Length and gives its status. The body stays in `answer`.
pub async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<u16> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection");
        }
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&answer[..head]).context("a head that is no text")?;
        let status = text.get(9..12).and_then(|status| status.parse().ok()).context("an answer without status")?;
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let whole = head + 4 + length.unwrap_or(0);
        while answer.len() < whole {
            if stream.read_buf(answer).await? == 0 {
                bail!("the server closed the connection in the middle of an answer");
            }
        }
        answer.drain(..head + 4);
        return Ok(status);
    }
}
