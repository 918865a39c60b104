//! A database of E-Pass comes over once, whole, and its codes open the gate.

use base_core::audit::Origin;
use base_core::time::Clock;
use base_records::account;
use passes_epass::{Brought, Source, Target, bring_over};
use passes_rules::figures::Sums;
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::redeem::{Action, MayScan};
use passes_store::{pass, sales};
use passes_work::{GateScan, Shown};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use tallyhouse_support::{TestClock, TestDb, each_database, new_id, origin, outcome_of, person};

const SCHEMA: &str = "create table admins (username text primary key, password_hash text not null, display_name text,
        created_at timestamp default current_timestamp);
    create table passes (pass_id text primary key, name1 text not null, phone1 text not null, name2 text, phone2 text,
        pass_type text not null check (pass_type in ('SINGLE', 'COUPLE')), amount integer not null,
        payment_mode text not null check (payment_mode in ('CASH', 'ONLINE')), txn_info text, timing text not null,
        created_at timestamp default current_timestamp, scanned_at timestamp, scanned_by text, unique (name1, phone1));
    insert into admins (username, password_hash, display_name)
        values ('admin1', '$2b$12$lMKGyphCApqK16OookayO.A80BgeQ/BqmsjJF/nXD79IsuVallNL2', 'Admin One');";

/// A file as E-Pass writes it: 300 passes, every third for two, 120 of them used.
async fn file(folder: &std::path::Path) -> String {
    let path = folder.join("epass.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a file");
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await.expect("its tables");
    for n in 0..300 {
        let (kind, amount, partner) = if n % 3 == 0 { ("COUPLE", 999, "Tara") } else { ("SINGLE", 499, "") };
        let used = if n % 5 < 2 { "'2026-11-21 14:00:00', 'admin1'" } else { "null, null" };
        let insert = format!(
            "insert into passes values ('00000000-0000-4000-8000-{n:012}', 'Guest {n}', '9{n:09}', '{partner}', \
             '{partner}', '{kind}', {amount}, 'CASH', null, '7 PM', '2026-11-21 02:29:19', {used})"
        );
        sqlx::query(AssertSqlSafe(insert)).execute(&mut connection).await.expect("a pass");
    }
    connection.close().await.expect("it is written");
    path.display().to_string()
}

async fn bring(test: &TestDb, source: &Source, is_dry_run: bool) -> Brought {
    let origin = Origin::default();
    let now = TestClock::default().now();
    let target = Target { db: &test.db, now, origin: &origin, event: "Diwali", is_dry_run };
    bring_over(target, source).await.expect("it comes over")
}

async fn sums(test: &TestDb, event: i64) -> Sums {
    pass::sums(test.db.read().await.expect("a reader").conn(), event).await.expect("sums")
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_over_once_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = Source::read(&file(folder.path()).await).await.expect("E-Pass's tables");
    for test in each_database().await {
        let dry = bring(&test, &source, true).await;
        assert_eq!((dry.passes, dry.event), (300, None));
        assert!(account::is_empty(&test.db, base_core::realm::Realm::Staff).await.expect("an answer"), "a dry run");
        let first = bring(&test, &source, false).await;
        assert_eq!((first.people, first.passes, first.admitted, first.left_out), (1, 300, 120, 0));
        assert_eq!(first.amount, 100 * 999 + 200 * 499);
        let event = first.event.expect("an event");
        let before = sums(&test, event).await;
        assert_eq!((before.total(), before.scanned, before.revenue()), (300, 120, first.amount));
        let line = pass::find(test.db.read().await.unwrap().conn(), &source.passes[0].pass_id).await.unwrap();
        let line = line.expect("the pass");
        assert_eq!((line.entered_by.as_deref(), line.admitted), (Some("Admin One"), 2));
        let second = bring(&test, &source, false).await;
        assert_eq!((second.people, second.passes, second.known, second.event), (0, 0, 300, Some(event)));
        assert_eq!(sums(&test, event).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_e_pass_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for wrong in [folder.path().join("none.db").display().to_string(), "postgres://[".to_owned()] {
        assert!(Source::read(&wrong).await.is_err(), "{wrong}");
    }
}

/// The secret with which the file of E-Pass was written.
const SECRET: &str = "peer-qr-secret-for-measurements";

/// A file that E-Pass itself wrote.
fn written() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/epass.db")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_e_pass_wrote_comes_over_and_its_codes_open_the_gate() {
    let source = Source::read(written()).await.expect("E-Pass's tables");
    for test in each_database().await {
        let first = bring(&test, &source, false).await;
        assert_eq!((first.people, first.passes, first.admitted, first.amount), (5, 300, 120, 198_700));
        let event = first.event.expect("an event");
        let all = sums(&test, event).await;
        assert_eq!((all.total(), all.scanned, all.revenue(), all.cash), (300, 120, 198_700, 99_851));
        let line = pass::find(test.db.read().await.unwrap().conn(), &source.passes[0].pass_id).await.unwrap();
        assert_eq!(line.expect("the pass").name2, None, "an empty partner is none");
        let unused = source.passes.iter().find(|row| row.scanned_at.is_none()).expect("an unused pass");
        assert_eq!(at_the_gate(&test, event, &unused.pass_id).await, "admitted");
        let second = bring(&test, &source, false).await;
        assert_eq!((second.people, second.passes, second.known), (0, 0, 300));
        assert_eq!(sums(&test, event).await.scanned, 121, "who came in since stays in");
        let wrong = sales::wrong(test.db.snapshot().await.expect("a snapshot").conn()).await.expect("a recount");
        assert_eq!(wrong, [""; 0]);
    }
}

/// What the gate answers to the code of a pass, made with the secret of E-Pass.
async fn at_the_gate(test: &TestDb, event: i64, pass: &str) -> String {
    let secret = EpassSecret::new(SECRET);
    let code = secret.code(pass);
    let keys = Keyring { epass: vec![secret], ..Keyring::default() };
    let (desk, _tasks) = passes_work::open(&test.db, std::sync::Arc::new(TestClock::default()), keys.into());
    let scan = GateScan {
        id: new_id(),
        client_at: TestClock::default().now(),
        action: Action::Admit,
        shown: Shown::code(&code),
        event: Some(event),
        may: MayScan::All,
        people: None,
        device: None,
        offline: None,
        reason: None,
    };
    let actor = person(&test.db, "meera", base_core::permission::Role::Steward, None).await;
    let answers = desk.submit(actor.clone(), origin(&actor), vec![scan]).await.expect("the desk answers");
    outcome_of(&answers[0])
}

/// The same tables in PostgreSQL, where there is a server to try it on.
#[tokio::test(flavor = "multi_thread")]
async fn the_postgresql_form_of_e_pass_is_read_like_its_file() {
    let Ok(server) = std::env::var("TALLYHOUSE_TEST_POSTGRES") else { return };
    let expected = Source::read(written()).await.expect("E-Pass's tables");
    let name = format!("epass_{}", new_id().simple());
    let mut admin = PgConnection::connect(&server).await.expect("the server");
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.expect("a database");
    let (begin, _) = server.rsplit_once('/').expect("an address");
    let address = format!("{begin}/{name}");
    let mut connection = PgConnection::connect(&address).await.expect("the database");
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await.expect("its tables");
    sqlx::raw_sql("delete from admins").execute(&mut connection).await.expect("empty");
    for row in &expected.admins {
        sqlx::query("insert into admins (username, password_hash, display_name) values ($1, $2, $3)")
            .bind(&row.username)
            .bind(&row.password_hash)
            .bind(&row.display_name)
            .execute(&mut connection)
            .await
            .expect("an admin");
    }
    for row in &expected.passes {
        sqlx::query(
            "insert into passes values ($1, $2, $3, $4, $5, $6, cast($7 as integer), $8, $9, $10,
                cast($11 as timestamp), cast($12 as timestamp), $13)",
        )
        .bind(&row.pass_id)
        .bind(&row.name1)
        .bind(&row.phone1)
        .bind(&row.name2)
        .bind(&row.phone2)
        .bind(&row.pass_type)
        .bind(row.amount)
        .bind(&row.payment_mode)
        .bind(&row.txn_info)
        .bind(&row.timing)
        .bind(&row.created_at)
        .bind(&row.scanned_at)
        .bind(&row.scanned_by)
        .execute(&mut connection)
        .await
        .expect("a pass");
    }
    connection.close().await.expect("written");
    let found = Source::read(&address).await.expect("E-Pass's tables");
    sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
        .execute(&mut admin)
        .await
        .expect("dropped");
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}
