//! A database of E-Pass comes over once, whole, and its codes open the gate.

use base_core::audit::Origin;
use base_core::time::Clock;
use base_records::account;
use passes_epass::{Brought, Source, Target, bring_over};
use passes_rules::figures::Sums;
use passes_store::pass;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use tallyhouse_support::{TestClock, TestDb, each_database};

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
