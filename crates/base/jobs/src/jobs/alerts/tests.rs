//! Every kind of alert begins and is over, told once each; the webhook is called with a signature that its receiver checks.

use std::sync::Arc;

use base_core::mail::Content;
use base_core::permission::Role;
use base_core::time::Clock;
use base_http::{Client, ClientOptions, Plain, Url};
use base_records::alert::Telling;
use base_records::backup::{self, Backup};
use base_records::mail::{self, NewMail, Outbox};
use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;
use tallyhouse_support::{TestClock, create_account, each_database};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::tests::{worker, worker_named};

fn teller() -> Teller {
    Teller {
        telling: Telling { by_mail: true, addresses: Vec::new(), webhook: Some("hooks.example:443".into()) },
        outbox: Outbox::OPEN,
        base_url: "https://site.example".into(),
        zone: TimeZone::UTC,
    }
}

const HAS: Has = Has { backups_every_hours: Some(1), checkpoints: true, mail: true, started: Moment(HOUR_US) };

/// What the trail tells of alerts, the oldest first.
async fn told(db: &Db) -> Vec<String> {
    let lines = base_records::audit::latest(db, 200).await.expect("the trail");
    let of_alerts = lines.iter().rev().filter(|line| line.action.starts_with("alert_"));
    of_alerts.map(|line| format!("{} {}", line.action, line.after.as_deref().unwrap_or_default())).collect()
}

async fn calls(db: &Db) -> i64 {
    alert::call_counts(db.read().await.expect("a reader").conn()).await.expect("counts").waiting
}

#[tokio::test]
async fn each_figure_of_a_node_begins_and_ends_an_alert_and_each_is_told_once() {
    for test in each_database().await {
        let admin = create_account(&test.db, "admin", Role::Admin, None, "no password").await;
        let clock = TestClock::default();
        let watch = Watch::new(teller(), "one");
        let kinds = [Kind::Pool, Kind::Errors, Kind::SignIns, Kind::Disk, Kind::Clock, Kind::Away];
        let look = async |value: i64| {
            let readings = kinds.map(|kind| Reading::of(kind, if kind == Kind::Away { "erp" } else { "" }, value));
            watch.look(&test.db, clock.now(), &readings).await.expect("a look");
            clock.pass_us(MINUTE_US);
        };
        look(0).await;
        assert_eq!((told(&test.db).await.len(), admin > 0), (0, true));
        for _ in 0..3 {
            look(5_000).await;
        }
        let began = told(&test.db).await;
        assert_eq!(began.len(), kinds.len(), "{began:?}");
        for kind in kinds {
            let named =
                |line: &&String| line.starts_with("alert_raised") && line.contains(&format!("\"{}\"", kind.name()));
            assert_eq!(began.iter().filter(named).count(), 1, "{}: {began:?}", kind.name());
        }
        for _ in 0..8 {
            look(0).await;
        }
        let ended = told(&test.db).await;
        assert_eq!(ended.len(), 2 * kinds.len(), "{ended:?}");
        assert!(ended[kinds.len()..].iter().all(|line| line.starts_with("alert_cleared") && line.contains("\"one\"")));
        assert_eq!(calls(&test.db).await, 2 * i64::try_from(kinds.len()).expect("few"));
        let list = alert::list(test.db.read().await.expect("a reader").conn(), None, 50).await.expect("a list");
        assert!(list.iter().all(|alert| alert.cleared_at.is_some() && alert.value == 5_000), "{list:?}");
    }
}

#[tokio::test]
async fn what_is_the_same_on_every_node_is_told_once_by_whichever_node_sees_it() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let nodes = [Alerts::new(teller(), HAS), Alerts::new(teller(), HAS)];
        let workers = [worker_named("one", &test.db, clock.clone()), worker_named("two", &test.db, clock.clone())];
        let look = async || {
            for (job, worker) in nodes.iter().zip(&workers) {
                job.run(worker).await.expect("a run");
            }
            clock.pass_us(HOUR_US);
        };
        let content = || Content { subject: "s".into(), text: "t".into(), html: "h".into() };
        let now = clock.now();
        let mut tx = test.db.write().await.expect("a transaction");
        let mails = [NewMail::new("new_bill", "priya@example.com", content())];
        Outbox::OPEN.enqueue(tx.conn(), &mails, now).await.expect("taken");
        tx.commit().await.expect("a commit");
        let made = Backup {
            name: "a".into(),
            made_at: now.0,
            bytes: 1,
            sha256: String::new(),
            schema_number: 1,
            proved_at: None,
            fault: None,
        };
        backup::note(&test.db, &made).await.expect("noted");
        backup::prove(&test.db, "a", now, Some("a table is missing")).await.expect("noted");
        for _ in 0..6 {
            look().await;
        }
        // Nobody signs checkpoints here, so the entries about alerts wait, too.
        let began = told(&test.db).await;
        for kind in [Kind::Mails, Kind::BackupOld, Kind::BackupUnproved, Kind::SealLag] {
            let named = |line: &&String| line.contains(&format!("\"{}\"", kind.name()));
            assert_eq!(began.iter().filter(named).count(), 1, "{}: {began:?}", kind.name());
        }
        let now = clock.now();
        backup::note(&test.db, &Backup { name: "b".into(), made_at: now.0, ..made }).await.expect("noted");
        backup::prove(&test.db, "b", now, None).await.expect("noted");
        let waiting = mail::list(&test.db, None, 50).await.expect("a list");
        for line in waiting {
            let due = mail::claim(&test.db, "x", now, 1).await.expect("an answer");
            if due.is_some() {
                let mut tx = test.db.write().await.expect("a transaction");
                mail::mark_sent(tx.conn(), line.id, "x", now).await.expect("noted");
                tx.commit().await.expect("a commit");
            }
        }
        look().await;
        let ended = told(&test.db).await;
        for kind in [Kind::BackupOld, Kind::BackupUnproved] {
            let named =
                |line: &&String| line.starts_with("alert_cleared") && line.contains(&format!("\"{}\"", kind.name()));
            assert_eq!(ended.iter().filter(named).count(), 1, "{}: {ended:?}", kind.name());
        }
    }
}

#[test]
fn figures_of_the_site_follow_from_what_is_known_of_it() {
    let now = Moment(100 * HOUR_US);
    let of = |watched: &Watched, kind: Kind| {
        readings(watched, HAS, now).into_iter().find(|reading| reading.kind == kind).expect("a figure").value
    };
    let hours = |n: i64| Some(n * HOUR_US);
    let none = Watched::default();
    assert_eq!((of(&none, Kind::BackupOld), of(&none, Kind::BackupUnproved)), (96, 0), "since the program started");
    let fresh = Watched { backup_at: hours(99), first_backup_at: hours(40), ..none.clone() };
    assert_eq!((of(&fresh, Kind::BackupOld), of(&fresh, Kind::BackupUnproved)), (-2, 60));
    let proved = Watched { proved_at: hours(98), ..fresh.clone() };
    assert_eq!(of(&proved, Kind::BackupUnproved), 2);
    let bad = Watched { is_trial_bad: true, ..proved };
    assert_eq!(of(&bad, Kind::BackupUnproved), 49);
    let waiting = Watched {
        unsealed_since: Some(now.0 - 301 * SECOND_US),
        mail_due_at: Some(now.0 - 16 * MINUTE_US),
        ..Watched::default()
    };
    assert_eq!((of(&waiting, Kind::SealLag), of(&waiting, Kind::Mails)), (301, 16));
    let later = Watched { mail_due_at: Some(now.0 + HOUR_US), ..Watched::default() };
    assert_eq!(of(&later, Kind::Mails), 0, "a mail that is tried again later is not stuck");
    let without = Has { backups_every_hours: None, checkpoints: false, mail: false, ..HAS };
    assert_eq!(readings(&waiting, without, now), []);
}

#[tokio::test]
async fn an_alert_of_a_node_that_says_nothing_any_more_is_over() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let gone = Watch::new(teller(), "gone");
        gone.look(&test.db, clock.now(), &[Reading::new(Kind::Errors, 11)]).await.expect("a look");
        let (job, worker) = (
            Alerts::new(teller(), Has { backups_every_hours: None, checkpoints: false, ..HAS }),
            worker(&test.db, clock.clone()),
        );
        job.run(&worker).await.expect("a run");
        assert_eq!(told(&test.db).await.len(), 1);
        clock.pass_us(NODE_GONE_US);
        job.run(&worker).await.expect("a run");
        let told = told(&test.db).await;
        assert!(told[1].starts_with("alert_cleared"), "{told:?}");
        clock.pass_us((KEPT_DAYS + 1) * DAY_US);
        OldAlerts.run(&worker).await.expect("a run");
        let list = alert::list(test.db.read().await.expect("a reader").conn(), None, 50).await.expect("a list");
        assert!(list.iter().all(|alert| alert.cleared_at.is_none()), "{list:?}");
    }
}

/// Takes one call after another and answers each with the next status; gives what was sent.
async fn receiver(statuses: &'static [u16]) -> (u16, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (sent, received) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        for status in statuses {
            let (mut stream, _) = listener.accept().await.expect("a call");
            let mut read = Vec::new();
            while !String::from_utf8_lossy(&read).ends_with('}') {
                assert!(stream.read_buf(&mut read).await.expect("a part") > 0, "it ended early");
            }
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("sent");
            sent.send(String::from_utf8_lossy(&read).into_owned()).await.expect("somebody reads");
        }
    });
    (port, received)
}

fn header<'r>(request: &'r str, name: &str) -> &'r str {
    let line = request.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {request}"))
}

#[tokio::test]
async fn the_webhook_is_called_with_a_signature_and_again_after_a_failure() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let worker = worker(&test.db, clock.clone());
        let (port, mut received) = receiver(&[500, 200]).await;
        let url = Url::parse(&format!("http://127.0.0.1:{port}/hook?key=secret-key"), Plain::ThisMachine);
        let secret = SecretString::from("the secret of the webhook");
        let client = Client::new(&ClientOptions::default()).expect("roots");
        let job = AlertCalls(Webhook { url: url.expect("an address"), secret: Some(secret), client });
        assert_eq!(job.run(&worker).await.expect("a run"), Done::All, "nothing waits");
        let watch = Watch::new(teller(), "one");
        watch.look(&test.db, clock.now(), &[Reading::new(Kind::Errors, 12)]).await.expect("a look");
        assert_eq!(job.run(&worker).await.expect("a run"), Done::More);
        let first = received.recv().await.expect("a call");
        assert_eq!(job.run(&worker).await.expect("a run"), Done::All, "it is too early for another try");
        let error = alert::last_call_error(test.db.read().await.expect("a reader").conn()).await.expect("an answer");
        let error = error.expect("what went wrong");
        assert!(error.contains("500") && !error.contains("secret"), "{error}");
        clock.pass_us(MINUTE_US);
        assert_eq!(job.run(&worker).await.expect("a run"), Done::More);
        let second = received.recv().await.expect("a call");
        assert_eq!(header(&first, "tallyhouse-id"), header(&second, "tallyhouse-id"));
        assert_ne!(header(&first, "tallyhouse-timestamp"), header(&second, "tallyhouse-timestamp"));
        for request in [&first, &second] {
            let (_, body) = request.split_once("\r\n\r\n").expect("a body");
            let told: Value = serde_json::from_str(body).expect("JSON");
            assert_eq!((&told["event"], &told["alert"]["kind"]), (&"alert_raised".into(), &"errors".into()));
            assert_eq!((&told["alert"]["value"], &told["alert"]["limit"]), (&12.into(), &11.into()));
            let mut mac = Hmac::<Sha256>::new_from_slice(b"the secret of the webhook").expect("a key");
            mac.update(format!("{}.{body}", header(request, "tallyhouse-timestamp")).as_bytes());
            let signature = header(request, "tallyhouse-signature").strip_prefix("v1=").expect("a version");
            mac.verify_slice(&hex::decode(signature).expect("hexadecimal")).expect("the signature is right");
        }
        assert_eq!(calls(&test.db).await, 0);
    }
}

#[tokio::test]
async fn a_call_that_nobody_takes_is_given_up_and_the_trail_says_so() {
    let test = each_database().await.remove(0);
    let clock = Arc::new(TestClock::default());
    let worker = worker(&test.db, clock.clone());
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let url = Url::parse(&format!("http://127.0.0.1:{closed}/"), Plain::ThisMachine).expect("an address");
    let client = Client::new(&ClientOptions::default()).expect("roots");
    let job = AlertCalls(Webhook { url, secret: None, client });
    Watch::new(teller(), "one").look(&test.db, clock.now(), &[Reading::new(Kind::Errors, 12)]).await.expect("a look");
    for pause_us in crate::jobs::mails::RETRIES_US {
        assert_eq!(job.run(&worker).await.expect("a run"), Done::More);
        clock.pass_us(pause_us);
    }
    assert_eq!(job.run(&worker).await.expect("a run"), Done::More);
    clock.pass_us(DAY_US);
    assert_eq!(job.run(&worker).await.expect("a run"), Done::All);
    let told = told(&test.db).await;
    assert!(told[1].starts_with("alert_call_failed") && told[1].contains("no connection"), "{told:?}");
}
