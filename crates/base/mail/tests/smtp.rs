//! The client against a small server that follows RFC 5321 and gives the answers that a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base_core::mail::Content;
use base_core::time::Moment;
use base_mail::{Mailer, Message, Security, Smtp, SmtpSettings};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// `office` and `Mustard-Field-7` as AUTH PLAIN encodes them.
const SIGN_IN: &str = "AUTH PLAIN AG9mZmljZQBNdXN0YXJkLUZpZWxkLTc=";

/// What the server received, without the lines of the mails, and a line `CONNECT` for each connection.
type Heard = Arc<Mutex<Vec<String>>>;

/// Starts a server. `answers` replaces its answer to a command.
async fn server(answers: &[(&'static str, &'static str)]) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Heard::default();
    let (answers, notes): (HashMap<_, _>, _) = (answers.iter().copied().collect(), heard.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answers.clone(), notes.clone()));
        }
    });
    (port, heard)
}

async fn converse(stream: TcpStream, answers: HashMap<&'static str, &'static str>, heard: Heard) {
    let mut stream = BufReader::new(stream);
    heard.lock().expect("no test has panicked").push("CONNECT".into());
    stream.write_all(b"220 test\r\n").await.expect("a greeting");
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end().to_owned();
        if in_data && line != "." {
            continue;
        }
        let word = if in_data { "." } else { line.split(' ').next().unwrap_or_default() };
        in_data = false;
        heard.lock().expect("no test has panicked").push(line.clone());
        let answer = answers.get(word).copied().unwrap_or(match word {
            "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            "AUTH" if line == SIGN_IN => "235 welcome",
            "AUTH" => "535 5.7.8 wrong user or password",
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 well",
        });
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.expect("an answer");
    }
}

fn settings(port: u16, password: &str) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::OpenLoopback,
        sign_in: Some(("office".into(), password.into())),
        ca_pem: None,
        hello: "example.com".into(),
    }
}

fn client(port: u16) -> Smtp {
    Smtp::new(&settings(port, "Mustard-Field-7")).expect("a client")
}

fn message() -> Message {
    Message {
        id: "mail-1".into(),
        at: Moment(1_790_000_000_000_000),
        from: "The Office <office@example.com>".parse().expect("an address"),
        to: "priya@example.org".parse().expect("an address"),
        bcc: vec!["archive@example.net".parse().expect("an address")],
        content: Content { subject: "New bill".into(), text: "Hello".into(), html: "<p>Hello</p>".into() },
        attachments: Vec::new(),
    }
}

#[tokio::test]
async fn two_mails_go_over_one_connection_that_signed_in() {
    let (port, heard) = server(&[]).await;
    let client = client(port);
    // A separate task returns the connection to the pool, which takes a moment.
    let a_moment = || tokio::time::sleep(Duration::from_millis(50));
    client.check().await.expect("the server can be reached");
    a_moment().await;
    client.send(&message()).await.expect("the first is sent");
    a_moment().await;
    client.send(&message()).await.expect("the second is sent");
    let heard = heard.lock().expect("no test has panicked").clone();
    let said = |what: &str| heard.iter().filter(|line| line.starts_with(what)).count();
    assert_eq!((said("CONNECT"), said("EHLO example.com"), said(SIGN_IN)), (1, 1, 1), "{heard:#?}");
    assert_eq!((said("MAIL FROM:<office@example.com>"), said("DATA"), said(".")), (2, 2, 2), "{heard:#?}");
    assert_eq!((said("RCPT TO:<priya@example.org>"), said("RCPT TO:<archive@example.net>")), (2, 2), "{heard:#?}");
}

#[tokio::test]
async fn a_refused_recipient_is_a_permanent_error_whose_short_text_names_nobody() {
    let (port, _) = server(&[("RCPT", "550 5.1.1 <priya@example.org> is unknown here")]).await;
    let error = client(port).send(&message()).await.expect_err("refused");
    assert!(error.is_permanent && error.to_string() == "the mail server refused it with 550", "{error:?}");
    assert!(error.detail.contains("priya@example.org is unknown") || error.detail.contains("is unknown here"));
}

#[tokio::test]
async fn a_busy_server_is_a_temporary_error() {
    let (port, _) = server(&[(".", "451 4.3.0 later")]).await;
    let error = client(port).send(&message()).await.expect_err("put off");
    assert!(!error.is_permanent && error.to_string() == "the mail server asked to try later with 451", "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_a_temporary_error_that_does_not_show_the_password() {
    let (port, heard) = server(&[]).await;
    let settings = settings(port, "Wrong-Field-8");
    let client = Smtp::new(&settings).expect("a client");
    for error in [client.check().await, client.send(&message()).await].map(|said| said.expect_err("refused")) {
        assert!(!error.is_permanent && error.to_string().contains("refused our sign-in with 535"), "{error:?}");
        assert!(!format!("{error:?} {settings:?}").contains("Wrong-Field"), "{error:?}");
    }
    assert!(!heard.lock().expect("no test has panicked").iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_temporary_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let error = client(port).send(&message()).await.expect_err("nobody listens");
    assert!(!error.is_permanent && error.to_string() == "the mail server cannot be reached", "{error:?}");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_without_encryption() {
    let (port, heard) = server(&[]).await;
    let settings = SmtpSettings { security: Security::StartTls, ..settings(port, "Mustard-Field-7") };
    let error = Smtp::new(&settings).expect("a client").send(&message()).await.expect_err("no STARTTLS");
    assert!(!error.is_permanent, "{error:?}");
    let heard = heard.lock().expect("no test has panicked").clone();
    assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:#?}");
}

#[test]
fn an_unencrypted_connection_to_another_machine_is_refused() {
    for (host, is_ours) in [("localhost", true), ("127.0.0.1", true), ("::1", true), ("mail.example.com", false)] {
        let settings = SmtpSettings { host: host.into(), ..settings(25, "Mustard-Field-7") };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let made = runtime.block_on(async { Smtp::new(&settings).map(drop) });
        assert_eq!(made.is_ok(), is_ours, "{host}");
    }
}
