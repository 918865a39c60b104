//! The gate of a measurement: an event with many passes, and connections of which each scans passes of its own, every one
//! once, by the call of today or by that of E-Pass.

use std::sync::Arc;

use anyhow::Context;
use base_core::audit::Origin;
use base_core::entropy::new_id;
use base_core::time::Clock;
use base_db::{Db, OpenOptions};
use passes_rules::event::{EventDetails, EventId, EventState};
use passes_rules::payload::epass::EpassSecret;
use passes_store::event::{self, By};
use passes_store::sample;

use super::client::Requests;
use super::site::QR_SECRET;
use crate::system::{SystemClock, SystemEntropy};

/// Which call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `POST /api/v1/gate/scans`, one scan each.
    Today,
    /// `POST /api/scan`.
    EPass,
}

/// Creates an open event with so many passes.
pub async fn open_gate(database: &str, passes: i64) -> anyhow::Result<EventId> {
    let db = Db::open(database, OpenOptions::bulk()).await?;
    let now = SystemClock.now();
    let details = EventDetails { name: "Bench".into(), ..EventDetails::default() };
    let origin = Origin::default();
    let by = By { at: now, origin: &origin };
    let id = event::create(&db, &details, EventState::Open, None, by).await?;
    sample::fill(&db, id, passes, now).await.context("the passes could not be written")?;
    db.close().await;
    Ok(id)
}

/// One connection of a gate: it scans every `of`-th pass from `first` on.
pub struct GateScanner {
    call: Call,
    next: i64,
    of: i64,
    token: Arc<str>,
    secret: EpassSecret,
}

impl GateScanner {
    /// The connection whose first pass has this number.
    pub fn new(call: Call, first: i64, of: i64, token: &str) -> Self {
        Self { call, next: first, of, token: token.into(), secret: EpassSecret::new(QR_SECRET) }
    }
}

impl Requests for GateScanner {
    fn next(&mut self, out: &mut Vec<u8>) {
        let code = self.secret.code(&sample::id(self.next));
        self.next += self.of;
        let now = SystemClock.now();
        let (path, body) = match self.call {
            Call::EPass => ("/api/scan", format!("{{\"payload\":\"{code}\"}}")),
            Call::Today => {
                let (id, at) = (new_id(&SystemEntropy, now), now.rfc3339());
                let scan = format!("{{\"id\":\"{id}\",\"at\":\"{at}\",\"action\":\"admit\",\"code\":\"{code}\"}}");
                ("/api/v1/gate/scans", format!("{{\"gate\":\"north\",\"scans\":[{scan}]}}"))
            }
        };
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(body.as_bytes());
    }
}
