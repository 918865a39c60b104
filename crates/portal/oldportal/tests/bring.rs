//! A portal comes over once, whole; its passwords open, and its trail is one with ours.

use base_core::audit::Origin;
use base_core::realm::Realm;
use base_core::time::{Clock, Moment};
use base_records::{account, audit};
use jiff::tz::TimeZone;
use portal_oldportal::{Brought, Options, Reading, Table, Target, bring_over, read_file, write_archive, write_report};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::{customer, scope, usage};
use tallyhouse_support::{TestClock, TestDb, customer_accounts, each_database};

/// The hash of `Correct-Horse9` in the notes on the earlier portal.
const HASH: &str =
    "pbkdf2:sha256:600000$AbCdEfGh12345678$a6b6d50555361a88f1912354257c66b68a4d2d68a02849b8966c5dac3882f3a6";
const CUSTOMERS: &str = "customer_id,first_name,last_name,email,password_hash,erp_customer_name,is_active,created_date,\
    last_login_date,must_reset_password,nick";
const LOG: &str = "log_id,timestamp,admin_username,action_type,target_customer_id,target_customer_email,details\n\
    1,2025-10-30 14:00:00,cp_admin,CUSTOMER_CREATE,1,ann@acme.example,Ann Lee for Acme\n\
    4,2025-10-30 14:05:00,SYSTEM,CUSTOMER_LOGIN,1,ann@acme.example,Login from IP: 192.0.2.7\n\
    9,2025-10-30 14:06:00,cp_admin,CUSTOMER_UPDATE,1,ann@acme.example,\
    \"{\"\"is_active\"\": {\"\"from\"\": true, \"\"to\"\": false}, \"\"password_hash\"\": {\"\"from\"\": \"\"x\"\", \"\"to\"\": \"\"y\"\"}}\"\n\
    11,never,cp_admin,CUSTOMER_UPDATE,1,ann@acme.example,\n";

fn read(folder: &std::path::Path) -> (Reading, Vec<Customer>) {
    let row = |id: u32, email: &str, names: &str, active: u32| {
        format!("{id},Ann,Lee,{email},{HASH},{names},{active},2025-10-30 13:00:00,2025-10-30 14:05:00,0,")
    };
    let rows = [
        CUSTOMERS.to_owned(),
        row(1, "ann@acme.example", "Acme|Gone", 1) + "Annie",
        row(2, "all@acme.example", "All", 1),
        row(5, "off@acme.example", "Nut|House", 0),
        row(6, "nobody", "Acme", 1),
    ];
    std::fs::write(folder.join("Customers.csv"), rows.join("\n")).expect("written");
    std::fs::write(folder.join("AuditLog.csv"), LOG).expect("written");
    let known = vec![Customer::keyed("7", "Acme"), Customer::keyed("8", "Nut|House")];
    let zone = TimeZone::get("America/Los_Angeles").expect("bundled zone");
    let options = Options { zone, known: known.clone(), null: "NULL".into() };
    let mut reading = Reading::default();
    read_file(&folder.join("Customers.csv"), Table::Customers, &options, &mut reading).expect("a table");
    read_file(&folder.join("AuditLog.csv"), Table::AuditLog, &options, &mut reading).expect("a table");
    (reading, known)
}

async fn bring(test: &TestDb, reading: &Reading, known: &[Customer], is_dry_run: bool) -> Brought {
    let (origin, accounts) = (Origin::default(), customer_accounts());
    let now = TestClock::default().now();
    let target =
        Target { db: &test.db, accounts: &*accounts, now, origin: &origin, source: "portal", known, is_dry_run };
    bring_over(target, reading).await.expect("it comes over")
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_over_once_with_its_passwords_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (reading, known) = read(folder.path());
    for test in each_database().await {
        let dry = bring(&test, &reading, &known, true).await;
        assert_eq!((dry.customers.brought, dry.entries.brought), (3, 3));
        assert!(account::is_empty(&test.db, Realm::Customer).await.expect("an answer"), "a dry run");
        let first = bring(&test, &reading, &known, false).await;
        let counts = |brought: &Brought| {
            let of = [brought.customers, brought.entries];
            of.map(|of| (of.read, of.brought, of.known, of.left_out))
        };
        assert_eq!(counts(&first), [(4, 3, 0, 1), (4, 3, 0, 1)], "{:?}", first.findings);
        let found: Vec<&str> = first.findings.iter().map(|finding| finding.found).collect();
        for wanted in ["unreadable", "not_in_erp", "unknown_column"] {
            assert!(found.contains(&wanted), "{wanted}: {found:?}");
        }
        let mut reader = test.db.read().await.expect("a reader");
        let now = TestClock::default().now();
        let ann =
            account::credentials(reader.conn(), Realm::Customer, "ann@acme.example", now).await.expect("an answer");
        let ann = ann.expect("her account");
        assert!(base_secret::verify_password("Correct-Horse9", Some(&ann.password_hash)));
        let chosen = [Customer::keyed("7", "Acme"), Customer::named("Gone")];
        assert_eq!(scope::of(reader.conn(), ann.id).await.expect("a scope"), Scope::Customers(chosen.into()));
        let page = customer::list(reader.conn(), &customer::Filter::default(), None, 50).await.expect("a page");
        let told: Vec<(&str, bool, String)> =
            page.customers.iter().map(|one| (one.email.as_str(), one.facts.is_active, one.scope.words())).collect();
        let all = [
            ("all@acme.example", true, "All".to_owned()),
            ("ann@acme.example", true, "Gone|Acme".to_owned()),
            ("off@acme.example", false, "Nut|House".to_owned()),
        ];
        assert_eq!(told, all);
        assert_eq!(page.customers[1].created_at, Moment::parse("2025-10-30T20:00:00Z").expect("a time"));
        let recent = usage::recent_sign_ins(reader.conn()).await.expect("sign-ins");
        assert_eq!(
            (recent.len(), recent[0].address.as_str(), recent[0].email.as_str()),
            (1, "192.0.2.7", "ann@acme.example")
        );
        let entries = audit::latest(&test.db, 50).await.expect("entries");
        let update = entries.iter().find(|entry| entry.action == "CUSTOMER_UPDATE").expect("the change");
        assert_eq!(update.before.as_deref(), Some(r#"{"is_active":true}"#));
        assert!(update.after.as_deref().is_some_and(|after| after.contains("cp_admin") && !after.contains("password")));
        drop(reader);
        let before = audit::latest(&test.db, 500).await.expect("the trail").len();
        let second = bring(&test, &reading, &known, false).await;
        assert_eq!(counts(&second), [(4, 0, 3, 1), (4, 0, 3, 1)]);
        assert_eq!(audit::latest(&test.db, 500).await.expect("the trail").len(), before, "nothing was written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_place_is_written_beside_the_report_without_passwords() {
    let folder = tempfile::tempdir().expect("a folder");
    let (reading, known) = read(folder.path());
    let report = folder.path().join("findings.csv");
    let test = each_database().await.remove(0);
    let brought = bring(&test, &reading, &known, true).await;
    write_report(&report, &brought.findings).expect("written");
    let archive = write_archive(&report, &reading).expect("written").expect("something");
    let kept = |name: &str| std::fs::read_to_string(archive.join(name)).expect("a file");
    assert!(kept("left-out-Customers.csv").contains("nobody") && !kept("left-out-Customers.csv").contains("pbkdf2"));
    assert!(kept("left-out-AuditLog.csv").contains("never") && kept("Customers-nick.csv").contains("Annie"));
    assert!(std::fs::read_to_string(&report).expect("a file").contains("unknown_column"));
    assert!(write_report(&report, &brought.findings).is_err(), "the file of an earlier run stays");
}
