//! Sends what waits in the outbox, one mail a run, and forgets what was sent long ago.
//!
//! Invariants: a mail that cannot be sent is tried again after [`RETRIES_US`], then given up and audited as `mail_failed`;
//! one that the server refuses for good is given up at once. A node that dies between sending and noting it sends the
//! mail twice, never not at all; both have the same name.

use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::{Entry, Origin};
use base_core::setting::MAILS_DAYS;
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment};
use base_db::{Db, StoreError};
use base_mail::{MailError, Message, Post};
use base_records::audit::Record;
use base_records::mail::DueMail;
use base_records::{audit, mail, setting};
use serde_json::json;

use crate::{Done, Job, JobError, Schedule, Worker};

/// The pauses after each failed try; with the first try these are five.
pub const RETRIES_US: [i64; 4] = [MINUTE_US, 5 * MINUTE_US, 30 * MINUTE_US, 2 * HOUR_US];
/// Tries of one mail, the first included.
const TRIES_MAX: i64 = 5;
/// How long one node may take over one mail.
const LEASE_US: i64 = 5 * MINUTE_US;
/// The pause between two looks into an empty outbox.
const LOOK: Duration = Duration::from_secs(2);
/// Longest that the mail server takes is stated in `base_mail`; this lies above it and below the lease.
const RUN_MAX: Duration = Duration::from_mins(4);
/// How many of them are removed at once.
const REMOVED_MAX: u32 = 1000;
/// Most characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

/// The job that sends.
pub struct Mails(pub Post);

/// The job that forgets: the heads of mails that were sent or given up. The audit entry of a failure stays.
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
        let now = worker.clock.now();
        let Some(due) = mail::claim(&worker.db, &worker.node, now, LEASE_US).await? else { return Ok(Done::All) };
        let sent = match message(&worker.db, &self.0, &due).await? {
            // Every try before was cut off: this mail brings its node down, or takes longer than any run may.
            Ok(_) if due.tries > TRIES_MAX => Err(MailError::permanent("every try was cut off", String::new())),
            Ok(message) => self.0.mailer.send(&message).await,
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
        let days = setting::number(worker.db.read().await?.conn(), &MAILS_DAYS).await?;
        let before = worker.clock.now().plus_us(-days * DAY_US);
        let removed = mail::remove_old(&worker.db, before, REMOVED_MAX).await?;
        Ok(if removed == u64::from(REMOVED_MAX) { Done::More } else { Done::All })
    }
}

/// The mail as it is sent; the inner error is a fault of the mail itself.
async fn message(db: &Db, post: &Post, due: &DueMail) -> Result<Result<Message, MailError>, StoreError> {
    let Ok(to) = due.recipient.parse() else {
        return Ok(Err(MailError::permanent("the recipient's address is none", String::new())));
    };
    Ok(Ok(Message {
        id: format!("mail-{}-{}", due.id, due.at),
        at: Moment(due.at),
        from: post.from.clone(),
        to,
        bcc: if due.is_private { Vec::new() } else { post.bcc.clone() },
        content: due.content.clone(),
        attachments: mail::attachments(db, due.id).await?,
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base_core::mail::{Attachment, Content};
    use base_core::time::Clock;
    use base_mail::fake::FakeMailer;
    use base_records::mail::{MailLine, NewMail, Outbox};
    use tallyhouse_support::{TestClock, each_database};

    use super::*;

    struct Site {
        worker: Worker,
        job: Mails,
        clock: Arc<TestClock>,
        mailer: Arc<FakeMailer>,
    }

    impl Site {
        fn new(db: &Db) -> Self {
            let (clock, mailer) = (Arc::new(TestClock::default()), Arc::new(FakeMailer::default()));
            let address = |text: &str| text.parse().expect("an address");
            let post = Post {
                mailer: mailer.clone(),
                from: address("site@example.com"),
                bcc: vec![address("archive@example.com")],
            };
            let worker = crate::tests::worker(db, clock.clone());
            Self { worker, job: Mails(post), clock, mailer }
        }

        async fn write(&self, recipient: &str, is_private: bool) {
            let content = Content { subject: "New bill".into(), text: "Hello".into(), html: "<p>Hello</p>".into() };
            let file = Attachment { name: "a.csv".into(), media_type: "text/csv".into(), content: vec![7] };
            let mail = NewMail { is_private, attachments: vec![file], ..NewMail::new("new_bill", recipient, content) };
            let mut tx = self.worker.db.write().await.expect("a transaction");
            Outbox::OPEN.enqueue(tx.conn(), &[mail], self.clock.now()).await.expect("taken");
            tx.commit().await.expect("a commit");
        }

        async fn run(&self) -> Done {
            self.job.run(&self.worker).await.expect("it runs")
        }

        async fn newest(&self) -> MailLine {
            mail::list(&self.worker.db, None, 1).await.expect("a list").remove(0)
        }
    }

    #[tokio::test]
    async fn what_waits_is_sent_with_its_files_and_private_mail_is_copied_to_nobody() {
        for test in each_database().await {
            let site = Site::new(&test.db);
            assert_eq!(site.run().await, Done::All, "the outbox is empty");
            site.write("priya@example.com", false).await;
            site.write("arjun@example.com", true).await;
            assert_eq!([site.run().await, site.run().await, site.run().await], [Done::More, Done::More, Done::All]);
            let sent = site.mailer.sent();
            let told: Vec<_> = sent.iter().map(|mail| (mail.to.to_string(), mail.bcc.len())).collect();
            assert_eq!(told, [("priya@example.com".to_owned(), 1), ("arjun@example.com".to_owned(), 0)]);
            assert_eq!((sent[0].content.text.as_str(), sent[0].attachments[0].content.as_slice()), ("Hello", &[7][..]));
            assert_ne!(sent[0].id, sent[1].id);
            assert_eq!(site.newest().await.state, "sent");
        }
    }

    #[tokio::test]
    async fn a_fault_that_passes_is_tried_again_after_one_five_thirty_minutes_and_two_hours_then_given_up() {
        for test in each_database().await {
            let site = Site::new(&test.db);
            site.write("priya@example.com", false).await;
            for _ in 0..5 {
                site.mailer.fail_next(MailError::temporary("the mail server asked to try later with 451", "busy"));
            }
            for pause_us in RETRIES_US {
                assert_eq!(site.run().await, Done::More);
                site.clock.pass_us(pause_us - MINUTE_US / 2);
                assert_eq!(site.run().await, Done::All, "it is too early");
                site.clock.pass_us(MINUTE_US / 2);
            }
            assert_eq!(site.newest().await.state, "waiting");
            assert_eq!(site.run().await, Done::More);
            let line = site.newest().await;
            assert_eq!((line.state.as_str(), line.tries), ("failed", 5));
            assert_eq!(line.last_error.as_deref(), Some("the mail server asked to try later with 451: busy"));
            site.clock.pass_us(DAY_US);
            assert_eq!(site.run().await, Done::All);
            assert!(site.mailer.sent().is_empty());
            let told = audit::latest(&test.db, 10).await.expect("the trail");
            assert_eq!(told.len(), 1, "only the end is told");
            assert_eq!(
                (told[0].action.as_str(), told[0].entity.as_str()),
                ("mail_failed", line.id.to_string().as_str())
            );
        }
    }

    #[tokio::test]
    async fn a_lasting_fault_is_given_up_at_once_and_the_trail_names_nobody() {
        for test in each_database().await {
            let site = Site::new(&test.db);
            site.write("priya@example.com", false).await;
            site.mailer.fail_next(MailError::permanent("the mail server refused it with 550", "priya@example.com?"));
            assert_eq!(site.run().await, Done::More);
            site.write("no address", false).await;
            assert_eq!(site.run().await, Done::More);
            let lines = mail::list(&test.db, None, 10).await.expect("a list");
            let states: Vec<_> = lines.iter().map(|line| (line.state.as_str(), line.tries)).collect();
            assert_eq!(states, [("failed", 1), ("failed", 1)]);
            let told = audit::latest(&test.db, 10).await.expect("the trail");
            let after: Vec<_> = told.iter().map(|line| line.after.as_deref().unwrap_or_default()).collect();
            assert!(after[1].contains("refused it with 550") && after[0].contains("address is none"), "{after:?}");
            assert!(!after.join("").contains("priya"), "{after:?}");
        }
    }

    #[tokio::test]
    async fn a_mail_that_was_sent_by_a_node_that_died_goes_again_under_the_same_name() {
        for test in each_database().await {
            let site = Site::new(&test.db);
            site.write("priya@example.com", false).await;
            let now = site.clock.now();
            let due = mail::claim(&test.db, "dead", now, LEASE_US).await.expect("an answer").expect("it is due");
            assert_eq!(site.run().await, Done::All, "the dead node holds it");
            site.clock.pass_us(LEASE_US);
            assert_eq!(site.run().await, Done::More);
            assert_eq!(site.mailer.sent()[0].id, format!("mail-{}-{}", due.id, due.at));
            assert_eq!(site.newest().await.tries, 2);
        }
    }

    #[tokio::test]
    async fn a_mail_that_kills_every_node_is_given_up_too() {
        let test = each_database().await.remove(0);
        let site = Site::new(&test.db);
        site.write("priya@example.com", false).await;
        for _ in 0..TRIES_MAX {
            mail::claim(&test.db, "dead", site.clock.now(), LEASE_US).await.expect("an answer");
            site.clock.pass_us(LEASE_US);
        }
        assert_eq!(site.run().await, Done::More);
        assert_eq!(site.newest().await.state, "failed");
        assert!(site.mailer.sent().is_empty());
    }

    #[tokio::test]
    async fn old_heads_go_and_what_waits_stays() {
        let test = each_database().await.remove(0);
        let site = Site::new(&test.db);
        site.write("priya@example.com", false).await;
        site.run().await;
        site.write("arjun@example.com", false).await;
        assert_eq!(OldMails.run(&site.worker).await.expect("it runs"), Done::All);
        assert_eq!(mail::list(&test.db, None, 10).await.expect("a list").len(), 2);
        site.clock.pass_us(90 * DAY_US + MINUTE_US);
        OldMails.run(&site.worker).await.expect("it runs");
        assert_eq!(site.newest().await.recipient, "arjun@example.com");
        assert_eq!(mail::list(&test.db, None, 10).await.expect("a list").len(), 1);
    }
}
