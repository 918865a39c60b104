//! SQL Server as far as it can be had without one: over the wire, with a small server that answers as each test says.

use std::time::{Duration, Instant};

use crate::support::limits;
use crate::tds::{Answer, SmallServer};
use portal_erp::{
    Encryption, Erp, ErpError, Isolation, Limits, Place, Settings, Source, SqlServerPlace, Trust, WhichShape,
};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_rules::status::Status;
use secrecy::SecretString;

fn source(server: &SmallServer, user: &str, limits: Limits) -> Source {
    let place = SqlServerPlace {
        host: "127.0.0.1".into(),
        port: server.port,
        database: "deacom".into(),
        user: user.into(),
        password: SecretString::from("secret"),
        encryption: Encryption::Off,
        trust: Trust::System,
        isolation: Isolation::ReadUncommitted,
    };
    let settings = Settings { place: Place::SqlServer(place), shape: WhichShape::Deacom, limits };
    Source::open(settings).expect("settings are right")
}

fn texts(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|cell| (*cell != "NULL").then(|| (*cell).to_owned())).collect()
}

fn customers() -> Answer {
    Answer::Rows(vec![texts(&["1", "Acme"]), texts(&["2", "Nut|House  "])])
}

/// A row of customer 1 as SQL Server would send it.
fn row(lot: &str) -> Vec<Option<String>> {
    let known = ["1", "Acme", "00123", "Bar", "12.50000000", "EA", "A-01", lot, "2027-02-28", "NULL", "PO-7"];
    texts(&[&known[..], &["stock", "Pending", "0", "2026-01-02", "NULL"]].concat())
}

/// Answers customers as they are, and everything else as it says.
fn server(stock: impl Fn() -> Answer + Send + Sync + 'static) -> SmallServer {
    SmallServer::start(move |text| if text.contains("with stock as") { stock() } else { customers() })
}

fn acme() -> Scope {
    Scope::chosen(false, [Customer::named("acme")]).expect("one")
}

#[tokio::test]
async fn rows_are_read_and_customers_are_parameters() {
    let server = server(|| Answer::Rows(vec![row("12E4")]));
    let source = source(&server, "reader", limits());
    let found = source.inventory(&acme()).await.expect("an answer");
    let row = &found.rows[0];
    assert_eq!((row.part.as_str(), row.lot.as_deref(), row.status), ("00123", Some("12E4"), Status::PendingQc));
    assert_eq!((row.on_hand.to_string(), row.order_shown()), ("12.5".into(), "PO-7"));
    assert_eq!((row.reference.as_ref(), row.moved), (None, None));
    let seen = server.seen();
    assert_eq!((seen.sign_ins, seen.read_only), (1, 1), "one connection is used again, and says that it only reads");
    assert!(
        seen.texts[1].contains("in (@P1)") && seen.texts[1].contains("sp_executesql") || seen.texts[1].contains("@P1")
    );
    assert_eq!(source.customers().await.map(|all| all[1].name.clone()), Ok("Nut|House".into()));
}

#[tokio::test]
async fn a_large_answer_of_many_packets_is_read_whole() {
    let server = server(|| Answer::Rows((0..20_000).map(|n| row(&format!("L{n}"))).collect()));
    let source = source(&server, "reader", limits());
    let found = source.inventory(&acme()).await.expect("an answer");
    assert_eq!((found.rows.len(), found.is_cut), (20_000, false));
    let few = Limits { rows_max: 19_999, ..limits() };
    let cut = self::source(&server, "reader", few).inventory(&acme()).await.expect("an answer");
    assert_eq!((cut.rows.len(), cut.is_cut), (19_999, true));
}

#[tokio::test]
async fn a_row_of_somebody_else_spoils_the_answer() {
    let server = server(|| {
        let mut foreign = row("L2");
        foreign[0] = Some("2".into());
        Answer::Rows(vec![row("L1"), foreign])
    });
    assert_eq!(source(&server, "reader", limits()).inventory(&acme()).await, Err(ErpError::Foreign));
}

#[tokio::test]
async fn each_fault_is_told_by_its_cause() {
    type IsRight = fn(&ErpError) -> bool;
    let error = |number, class, text: &str| Answer::Error(number, class, text.to_owned());
    let cases: [(Answer, IsRight); 9] = [
        (
            error(208, 16, "Invalid object name 'dtfifo'."),
            |fault| matches!(fault, ErpError::Refused(text) if text.contains("208")),
        ),
        (error(229, 14, "The SELECT permission was denied."), |fault| matches!(fault, ErpError::Refused(_))),
        (error(1205, 13, "deadlock"), |fault| *fault == ErpError::Slow),
        (error(1222, 16, "Lock request time out period exceeded."), |fault| *fault == ErpError::Slow),
        (error(8114, 16, "Error converting data type"), |fault| matches!(fault, ErpError::Nonsense(_))),
        (error(596, 21, "the session is in the kill state"), |fault| matches!(fault, ErpError::Unreachable(_))),
        (Answer::Number(7), |fault| matches!(fault, ErpError::Nonsense(_))),
        (Answer::CutAfter((0..500).map(|n| row(&n.to_string())).collect()), |fault| fault.is_passing()),
        (Answer::Garbage, |fault| matches!(fault, ErpError::Unreachable(_))),
    ];
    for (answer, is_right) in cases {
        let shown = format!("{answer:.60?}");
        let server = server(move || answer.clone());
        let source = source(&server, "reader", limits());
        let fault = source.inventory(&acme()).await.expect_err("no answer");
        assert!(is_right(&fault), "{shown}: {fault:?}");
        assert!(source.health().await.is_ok(), "the next question is answered");
    }
}

#[tokio::test]
async fn a_wrong_login_is_told_as_such() {
    let server = server(customers);
    assert_eq!(source(&server, "stranger", limits()).health().await, Err(ErpError::SignIn));
}

#[tokio::test]
async fn a_silent_server_is_waited_for_no_longer_than_stated() {
    let server = server(|| Answer::Silence(Duration::from_secs(8)));
    let limits = Limits { query: Duration::from_millis(400), connections_max: 1, ..limits() };
    let source = source(&server, "reader", limits);
    let began = Instant::now();
    assert_eq!(source.inventory(&acme()).await, Err(ErpError::Slow));
    assert!(began.elapsed() < Duration::from_secs(3));
    // Its connection is closed, and its place is free.
    assert!(source.health().await.is_ok());
}

#[tokio::test]
async fn more_questions_than_connections_wait_and_are_told() {
    let server = server(|| Answer::Silence(Duration::from_secs(8)));
    let limits =
        Limits { connect: Duration::from_millis(200), query: Duration::from_secs(2), connections_max: 1, ..limits() };
    let source = source(&server, "reader", limits);
    let (scope, everything) = (acme(), Scope::All);
    let (one, other) = tokio::join!(source.inventory(&everything), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        source.inventory(&scope).await
    });
    assert_eq!((one, other), (Err(ErpError::Slow), Err(ErpError::Busy)));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_made_anew() {
    let server = SmallServer::start(|_| Answer::Closing(vec![texts(&["1", "Acme"])]));
    let source = source(&server, "reader", limits());
    for _ in 0..3 {
        assert_eq!(source.customers().await, Ok(vec![Customer::keyed("1", "Acme")]));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.seen().sign_ins, 3);
}

#[tokio::test]
async fn a_login_that_can_write_is_refused() {
    let server = SmallServer::start(|text| {
        if text.contains("has_perms_by_name") { Answer::Rows(vec![texts(&["dbo.dtfifo"])]) } else { customers() }
    });
    let fault = source(&server, "reader", limits()).check().await.expect_err("it can write");
    assert_eq!(fault, ErpError::CanWrite(vec!["dbo.dtfifo".into()]));
    assert!(!fault.to_string().contains("secret"));
}

#[tokio::test]
async fn a_login_that_may_not_ask_what_it_may_do_is_not_called_read_only() {
    let server = SmallServer::start(|text| {
        if text.contains("has_perms_by_name") {
            Answer::Error(229, 14, "denied".into())
        } else if text.contains("with stock as") {
            Answer::Rows(vec![row("L1")])
        } else {
            customers()
        }
    });
    let checked = source(&server, "reader", limits()).check().await.expect("well");
    assert_eq!((checked.customers, checked.is_read_only), (2, false));
}
