//! Calls the webhook with what waits, one call a run.
//!
//! Invariants: what is sent is signed with the time at which it is sent, so that nobody can make it up or send it again later; a
//! call that fails is made again after longer and longer pauses, then given up and written into the trail; a node that dies
//! between calling and noting it calls twice, under the same id.

use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::{Entry, Origin};
use base_core::time::{Moment, SECOND_US};
use base_http::{Client, Method, Request, Url};
use base_records::alert::{self, Call};
use base_records::audit::{self, Record};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::Sha256;

use crate::jobs::mails::RETRIES_US;
use crate::{Done, Job, JobError, Schedule, Worker};

/// The pause between two looks.
const LOOK: Duration = Duration::from_secs(2);
/// How long one node may take over one call: longer than the client waits.
const LEASE_US: i64 = 120 * SECOND_US;

/// Where calls go.
#[derive(Clone)]
pub struct Webhook {
    /// The address.
    pub url: Url,
    /// What calls are signed with; without it they are not.
    pub secret: Option<SecretString>,
    /// Makes the calls.
    pub client: Client,
}

/// The job that calls.
pub struct AlertCalls(pub Webhook);

#[async_trait]
impl Job for AlertCalls {
    fn name(&self) -> &'static str {
        "alert_calls"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(LOOK)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let now = worker.clock.now();
        let Some(call) = alert::claim_call(&worker.db, &worker.node, now, LEASE_US).await? else {
            return Ok(Done::All);
        };
        let fault = match self.0.client.send(self.0.request(&call, now)).await {
            Ok(answer) if answer.is_success() => None,
            Ok(answer) => Some(format!("{}: answered with {}", self.0.url.server(), answer.status)),
            Err(error) => Some(error.to_string()),
        };
        match fault {
            None => {
                let mut tx = worker.db.write().await?;
                alert::call_made(tx.conn(), call.id, &worker.node).await?;
                tx.commit().await?;
                tracing::info!(call.id = call.id, call.event = call.event, "the webhook was told");
            }
            Some(fault) => note_failed(worker, &call, &fault).await?,
        }
        Ok(Done::More)
    }
}

impl Webhook {
    fn request(&self, call: &Call, now: Moment) -> Request {
        let sent_at = (now.0 / SECOND_US).to_string();
        let request = Request::new(Method::Post, self.url.clone())
            .header("content-type", "application/json")
            .header("tallyhouse-event", call.event.as_str())
            .header("tallyhouse-id", call.id.to_string())
            .header("tallyhouse-timestamp", sent_at.as_str());
        let request = match &self.secret {
            Some(secret) => request.header("tallyhouse-signature", signature(secret, &sent_at, &call.body)),
            None => request,
        };
        request.bytes(call.body.clone())
    }
}

/// `v1=` and the HMAC-SHA256 of the time, a full stop and the body, in hexadecimal.
fn signature(secret: &SecretString, sent_at: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("a key of any length");
    mac.update(sent_at.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn note_failed(worker: &Worker, call: &Call, fault: &str) -> Result<(), JobError> {
    let now = worker.clock.now();
    let pause_us = usize::try_from(call.tries - 1).ok().and_then(|past| RETRIES_US.get(past));
    let retry_at = pause_us.map(|pause_us| now.plus_us(*pause_us));
    let mut tx = worker.db.write().await?;
    let noted = alert::call_failed(tx.conn(), call.id, &worker.node, fault, retry_at).await?;
    if noted && retry_at.is_none() {
        let after = json!({ "event": call.event, "tries": call.tries, "error": fault });
        let entry = Entry::new("alert_call_failed", "alert", call.id.to_string()).with_after(&after);
        let origin = Origin { agent: "job alert_calls".into(), ..Origin::default() };
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    }
    tx.commit().await?;
    let is_given_up = retry_at.is_none();
    tracing::warn!(call.id = call.id, call.tries = call.tries, is_given_up, error = fault, "the webhook was not told");
    Ok(())
}
