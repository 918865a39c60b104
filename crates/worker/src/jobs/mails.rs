//! Sends what waits in the outbox, one mail a run, and forgets what was sent long ago.
//!
//! Invariants: a mail that cannot be sent is tried again after [`RETRIES_US`], then given up and audited as `mail_failed`;
//! one that the server refuses for good is given up at once. A node that dies between sending and noting it sends the
//! mail twice, never not at all; both have the same name.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tallyhouse_core::audit::{Entry, Origin};
use tallyhouse_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment};
use tallyhouse_mail::{Attachment, MailError, Message, Post};
use tallyhouse_store::audit::{self, Record};
use tallyhouse_store::mail::{self, DueMail};
use tallyhouse_store::{Db, StoreError};

use crate::{Done, Job, JobError, Schedule, Worker};

/// The pauses after each failed try; with the first try these are five.
pub const RETRIES_US: [i64; 4] = [MINUTE_US, 5 * MINUTE_US, 30 * MINUTE_US, 2 * HOUR_US];
/// How long one node may take over one mail.
const LEASE_US: i64 = 5 * MINUTE_US;
/// The pause between two looks into an empty outbox.
const LOOK: Duration = Duration::from_secs(2);
/// Longest that the mail server takes is stated in `tallyhouse_mail`; this lies above it and below the lease.
const RUN_MAX: Duration = Duration::from_mins(4);
/// How long the heads of mails are kept that were sent or given up. The audit entry of a failure stays.
const KEPT_US: i64 = 90 * DAY_US;
/// How many of them are removed at once.
const REMOVED_MAX: u32 = 1000;
/// Most signs of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

/// The job that sends.
pub struct Mails;

/// The job that forgets.
pub struct OldMails;

#[async_trait]
impl Job for Mails {
    fn name(&self) -> &'static str {
        "mails"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(LOOK)
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let Some(post) = &worker.post else { return Ok(Done::All) };
        let now = worker.clock.now();
        let Some(due) = mail::claim(&worker.db, &worker.node, now, LEASE_US).await? else { return Ok(Done::All) };
        let sent = match message(&worker.db, post, &due).await? {
            Ok(message) => post.mailer.send(&message).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => note_sent(worker, &due).await?,
            Err(error) => note_failed(worker, &due, &error).await?,
        }
        Ok(Done::More)
    }
}

#[async_trait]
impl Job for OldMails {
    fn name(&self) -> &'static str {
        "old_mails"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let before = worker.clock.now().plus_us(-KEPT_US);
        let removed = mail::remove_old(&worker.db, before, REMOVED_MAX).await?;
        Ok(if removed == u64::from(REMOVED_MAX) { Done::More } else { Done::All })
    }
}

/// The mail as it is sent; the inner error is a fault of the mail itself.
async fn message(db: &Db, post: &Post, due: &DueMail) -> Result<Result<Message, MailError>, StoreError> {
    let Ok(to) = due.recipient.parse() else {
        return Ok(Err(MailError::permanent("the recipient's address is none", String::new())));
    };
    let attachments = mail::attachments(db, due.id).await?.into_iter().map(|found| Attachment {
        name: found.name,
        media_type: found.media_type,
        content: found.content,
    });
    Ok(Ok(Message {
        id: format!("mail-{}-{}", due.id, due.at),
        at: Moment(due.at),
        from: post.from.clone(),
        to,
        bcc: if due.is_private { Vec::new() } else { post.bcc.clone() },
        subject: due.subject.clone(),
        text: due.body_text.clone(),
        html: due.body_html.clone(),
        attachments: attachments.collect(),
    }))
}

async fn note_sent(worker: &Worker, due: &DueMail) -> Result<(), StoreError> {
    let mut tx = worker.db.write().await?;
    let noted = mail::mark_sent(tx.conn(), due.id, &worker.node, worker.clock.now()).await?;
    tx.commit().await?;
    if noted {
        tracing::info!(mail.id = due.id, mail.kind = due.kind, mail.tries = due.tries, "a mail is sent");
    } else {
        tracing::warn!(mail.id = due.id, mail.kind = due.kind, "a mail was sent while another node took it over");
    }
    Ok(())
}

async fn note_failed(worker: &Worker, due: &DueMail, error: &MailError) -> Result<(), StoreError> {
    let now = worker.clock.now();
    let pause_us = usize::try_from(due.tries - 1).ok().and_then(|past| RETRIES_US.get(past));
    let retry_at = pause_us.filter(|_| !error.is_permanent).map(|pause_us| now.plus_us(*pause_us));
    let told: String = format!("{error}: {}", error.detail).chars().take(ERROR_CHARS_MAX).collect();
    let mut tx = worker.db.write().await?;
    let noted = mail::mark_failed(tx.conn(), due.id, &worker.node, told.trim_end_matches([':', ' ']), retry_at).await?;
    if noted && retry_at.is_none() {
        let after = json!({ "kind": due.kind, "tries": due.tries, "error": error.reason });
        let entry = Entry::new("mail_failed", "mail", due.id.to_string()).with_after(&after);
        let origin = Origin { agent: "job mails".into(), ..Origin::default() };
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    }
    tx.commit().await?;
    let (id, kind, tries, is_given_up) = (due.id, &due.kind, due.tries, retry_at.is_none());
    tracing::warn!(mail.id = id, mail.kind = kind, mail.tries = tries, is_given_up, error = %error, "a mail was not sent");
    Ok(())
}
