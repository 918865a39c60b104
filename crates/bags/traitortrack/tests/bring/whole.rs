//! The dump that TraitorTrack wrote itself, and a database with every kind of fault, on each of our own databases.

use std::ops::ControlFlow;

use bags_rules::bag::BagStatus;
use bags_rules::code::Code;
use bags_rules::scan::Action;
use bags_store::scan;
use bags_traitortrack::store::Kind;
use bags_traitortrack::store::traitortrack::{Source, SourceError};
use bags_traitortrack::*;
use base_core::area::Scope;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Db, scratch};
use base_records::{account, audit};
use base_secret::{SECOND_FACTOR, SecretKeys, verify_password};
use tallyhouse_support::{
    TestClock, assert_counts_are_true, desk, each_database, outcomes, person, scan as any_scan, system,
};

use crate::common::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_dump_comes_over_whole_and_its_people_keep_their_passwords() {
    let Some(earlier) = Earlier::dump().await else { return };
    for test in each_database().await {
        let site = site(test.db.clone());
        let mut report = no_report();
        let summary = run(&site, &earlier, &mut report).await;
        assert_eq!(counts(&summary, Kind::User), (3, 3, 0, 0));
        assert_eq!(counts(&summary, Kind::Bag), (393, 393, 0, 0));
        assert_eq!(counts(&summary, Kind::Link), (378, 378, 0, 0));
        assert_eq!(counts(&summary, Kind::Bill), (3, 3, 0, 0));
        assert_eq!(counts(&summary, Kind::BillBag), (8, 8, 0, 0));
        assert_eq!(counts(&summary, Kind::Scan).2, 0);
        assert_eq!(report.found().keys().copied().collect::<Vec<_>>(), Vec::<&str>::new());
        assert_counts_are_true(&site.db).await;

        for (name, password) in
            [("admin", "Peer-Admin-1!"), ("dispatcher1", "Lucknow#2025"), ("biller1@example.com", "Billing#2025")]
        {
            assert!(verify_password(password, Some(&hash_of(&site.db, name).await)), "{name}");
        }
        let full = line(&site.db, "SB00011").await.unwrap();
        assert_eq!((full.children, full.status), (30, BagStatus::Completed));
        let empty = line(&site.db, "SB00012").await.unwrap();
        assert_eq!((empty.children, empty.status), (0, BagStatus::Pending));
        let all = scratch::contents(&site.db).await.unwrap();
        assert_eq!((all["links"].len(), all["bills"].len(), all["search_pending"].len()), (378, 3, 396));
        let parents = all["bags"].iter().filter(|row| row.contains("\"parent\"")).count();
        assert_eq!(parents, 15);
        assert!(all["bills"].iter().any(|row| row.contains("BILL-2025-003") && row.contains("bill-2025-003")));
        let newest = audit::latest(&site.db, 1).await.unwrap().remove(0);
        assert_eq!(newest.action, "import_traitortrack");
        assert!(newest.after.unwrap().contains(r#""link":{"brought":378"#));

        let mut reader = site.db.read().await.unwrap();
        let history = scan::of_code(reader.conn(), &Code::stored("KID0001013"), &Scope::All, None, 9).await.unwrap();
        assert_eq!(history.len(), 1, "a child scan tells the parent that was linked at the same time");
        assert_eq!(Some(history[0].parent.clone().unwrap()), parent_of(&site.db, "KID0001013").await);
        assert_eq!(history[0].person.as_deref(), Some("admin"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_changes_nothing_and_a_dry_run_neither() {
    let Some(earlier) = Earlier::nasty().await else { return };
    for test in each_database().await {
        let site = site(test.db.clone());
        let empty = scratch::contents(&site.db).await.unwrap();
        let mut source = earlier.open().await;
        let mut dry_report = no_report();
        let watch = &mut |_, _, _| ControlFlow::Continue(());
        let dry = bring_over(&site.target(), &mut source, &mut dry_report, true, watch).await.unwrap();
        // On SQLite a transaction that is dropped is rolled back by a task, before anybody else gets the writer.
        site.db.write().await.unwrap().commit().await.unwrap();
        assert_eq!(scratch::contents(&site.db).await.unwrap(), empty, "a dry run");

        let mut report = no_report();
        assert_eq!(run(&site, &earlier, &mut report).await, dry, "a dry run tells what would happen");
        assert_eq!(report.found(), dry_report.found());
        let once = scratch::contents(&site.db).await.unwrap();
        let again = run(&site, &earlier, &mut no_report()).await;
        assert_eq!(again.read(), 0);
        assert_eq!(scratch::contents(&site.db).await.unwrap(), once);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_reported_and_nothing_is_lost_silently() {
    let Some(earlier) = Earlier::nasty().await else { return };
    for test in each_database().await {
        let mut site = site(test.db.clone());
        site.keys = Some(SecretKeys::new("the secret of this site", None));
        // Here before: an administrator, and a parent whose code is also there.
        person(&site.db, "admin", Role::Admin, None).await;
        let (desk, _tasks) = desk(&site.db, std::sync::Arc::new(TestClock::default()));
        outcomes(&desk, &system(), vec![any_scan(Action::Parent, "SB00005", None)]).await;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let mut report = Report::new(Some(&path)).unwrap();
        let summary = run(&site, &earlier, &mut report).await;
        let mut all = Counts::default();
        for (kind, counts) in &summary.counts {
            assert_eq!(counts.read, counts.brought + counts.known + counts.left_out, "{kind:?}");
            all.left_out += counts.left_out;
        }
        let told = std::fs::read_to_string(&path).unwrap();
        assert_eq!(told.lines().filter(|line| line.contains("not kept")).count() as u64, all.left_out, "{told}");
        assert_counts_are_true(&site.db).await;

        let found: Vec<String> = report.found().iter().map(|(found, times)| format!("{found} {times}")).collect();
        let wanted = [
            "already_here 3",
            "bill_over_capacity 1",
            "code_twice 2",
            "email_twice 1",
            "end_missing 4",
            "name_twice 1",
            "no_area 1",
            "no_bag 3",
            "no_capacity 1",
            "no_code 1",
            "no_time 2",
            "nobody 2",
            "not_verified 1",
            "number_twice 1",
            "odd_code 3",
            "odd_name 1",
            "over_capacity 2",
            "parent_label_on_child 3",
            "second_factor_waits 1",
            "several_bills 1",
            "several_parents 3",
            "several_pending 1",
            "short_number 1",
            "unknown_area 1",
            "unknown_hash 1",
            "unknown_role 1",
            "unknown_status 1",
            "unknown_type 1",
            "wrong_type 4",
        ];
        assert_eq!(found, wanted, "{told}");
        check_nasty_people(&site).await;
        check_nasty_bags(&site.db).await;
        check_nasty_trail(&site.db).await;
    }
}

async fn check_nasty_people(site: &Site) {
    let accounts = account::list(&site.db, Realm::Staff, &site.grants).await.unwrap();
    let names: Vec<&str> = accounts.iter().map(|line| line.person.name.as_str()).collect();
    assert_eq!(names, ["admin", "Meera", "meera-2", "root.admin", "x"]);
    assert_eq!(hash_of(&site.db, "admin").await, "no password", "people who were here keep their password");
    let second = accounts.iter().find(|line| line.person.name == "meera-2").unwrap();
    assert_eq!((second.email.as_deref(), second.person.scope()), (None, Scope::Nothing));
    assert!(!accounts.iter().find(|line| line.person.name == "x").unwrap().is_active);
    let all = scratch::contents(&site.db).await.unwrap();
    let root = all["accounts"].iter().find(|row| row.contains("root.admin")).unwrap();
    assert!(!root.contains("JBSWY3DP") && !root.contains("reset-me"), "{root}");
    let keys = SecretKeys::new("the secret of this site", None);
    let encrypted = root.split('"').find(|part| part.starts_with("e1.")).expect("an encrypted secret");
    let secret = keys.decrypt(SECOND_FACTOR, encrypted);
    assert_eq!(secret.as_deref(), Ok("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"));
    assert_eq!((all["promotions"].len(), all["notifications"].len()), (2, 1));
}

async fn check_nasty_bags(db: &Db) {
    assert_eq!(parent_of(db, "KID1").await.as_deref(), Some("SB00002"), "the newest link wins");
    assert_eq!(parent_of(db, "KID2").await.as_deref(), Some("SB00001"), "whatever its number");
    assert_eq!(parent_of(db, "KID4").await, None, "a parent that was here is not filled");
    assert_eq!(parent_of(db, "SB54321").await.as_deref(), Some("PARENT_001_X"));
    let over = line(db, "SB00004").await.unwrap();
    assert_eq!((over.children, over.status), (32, BagStatus::Completed));
    for code in ["c12", "m444-00009", "parent_001_x", &"LONG".repeat(63)] {
        assert!(line(db, code).await.is_some(), "{code} is found");
    }
    let all = scratch::contents(db).await.unwrap();
    let has = |table: &str, parts: &[&str]| {
        let found = all[table].iter().any(|row| parts.iter().all(|part| row.contains(part)));
        assert!(found, "{parts:?} in {table}: {:#?}", all[table]);
    };
    has("bags", &["SB00004", "over_capacity"]);
    has("bags", &["SB54321", "parent_label"]);
    has("bills", &["\"BILL-7\"", "\"bill-7\"", "processing"]);
    has("bills", &["\"BILL-7 (2)\"", "completed"]);
    has("bills", &["\"BILL-8\"", "processing"]);
    has("bills", &["\"BILL-9\"", "\"new\""]);
    has("bill_parents", &["SB00003", "BILL-8"]);
    has("search_pending", &["bill", "BILL-7 (2)"]);
    has("scans", &["bill_link", "bill_linked", "SB00001", "bill-7"]);
    has("scans", &["\"SB00006\"", "parent_selected"]);
    has("scans", &["\"KID1\"", "\"linked\"", "\"SB00001\""]);
}

async fn check_nasty_trail(db: &Db) {
    let entries = audit::latest(db, 50).await.unwrap();
    let failed = entries.iter().find(|entry| entry.action == "login_failed").unwrap();
    assert_eq!(
        (failed.entity.as_str(), failed.address.as_str(), failed.request_id.as_str()),
        ("Meera", "10.1.2.3", "r-1")
    );
    assert_eq!(failed.at, 1_743_465_600_000_000, "each keeps its own time");
    let bulk = entries.iter().find(|entry| entry.action == "import_rows").unwrap();
    assert!(bulk.after.as_ref().unwrap().contains(r#""details":{"rows":3}"#));
    let text = format!("{entries:?}");
    for secret in ["hunter2", "scrypt:", "JBSWY3DP", "reset-me", "secret_key", "password_hash"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grown_database_brings_only_what_is_new() {
    for test in each_database().await {
        let Some(earlier) = Earlier::nasty().await else { return };
        let site = site(test.db.clone());
        run(&site, &earlier, &mut no_report()).await;
        // Since then, somebody here moved a child to another parent: that stays.
        let (desk, _tasks) = desk(&site.db, std::sync::Arc::new(TestClock::default()));
        let relink = any_scan(Action::Relink, "KID2", Some("SB00006"));
        assert_eq!(outcomes(&desk, &system(), vec![relink]).await, ["relinked"]);
        earlier.feed_file("traitortrack_grown.sql");
        let mut report = no_report();
        let summary = run(&site, &earlier, &mut report).await;
        assert_eq!(counts(&summary, Kind::User), (1, 1, 0, 0));
        assert_eq!(counts(&summary, Kind::Bag), (1, 1, 0, 0));
        assert_eq!(counts(&summary, Kind::Link), (2, 1, 0, 1));
        assert_eq!(counts(&summary, Kind::Scan), (1, 1, 0, 0));
        assert_eq!(summary.read(), 5);
        assert_eq!(report.found()["already_here"], 1);
        assert_eq!(parent_of(&site.db, "KID2").await.as_deref(), Some("SB00006"));
        assert_eq!(parent_of(&site.db, "KID200").await.as_deref(), Some("SB00001"));
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_goes_on_and_comes_to_the_same() {
    let Some(earlier) = Earlier::nasty().await else { return };
    for (test, other) in each_database().await.into_iter().zip(each_database().await) {
        let (cut, whole) = (site(test.db.clone()), site(other.db.clone()));
        run(&whole, &earlier, &mut no_report()).await;
        for stop_before in [Kind::Link, Kind::BillBag, Kind::Audit] {
            let mut source = earlier.open().await;
            let watch = &mut |kind: Kind, _, _| {
                if kind == stop_before { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let stopped = bring_over(&cut.target(), &mut source, &mut no_report(), false, watch).await.unwrap_err();
            assert!(stopped.to_string().contains("continues from there"));
        }
        run(&cut, &earlier, &mut no_report()).await;
        let (cut, whole) = (scratch::contents(&cut.db).await.unwrap(), scratch::contents(&whole.db).await.unwrap());
        for table in [
            "bags",
            "links",
            "bill_parents",
            "counters",
            "person_scans",
            "person_totals",
            "bill_areas",
            "earlier_marks",
        ] {
            assert_eq!(cut[table], whole[table], "{table}");
        }
        assert_eq!((&cut["counters"], &cut["links"]), (&whole["counters"], &whole["links"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_such_database_is_refused_in_one_sentence() {
    let refusal = |error: Result<Source, SourceError>| error.err().expect("refused").to_string();
    assert!(refusal(Source::open("sqlite:old.db", None).await).contains("postgres://"));
    let nowhere = "postgres://nobody:hunter2@127.0.0.1:1/none";
    let text = refusal(Source::open(nowhere, None).await);
    assert!(text.contains("cannot be reached") && !text.contains("hunter2"), "{text}");
    let Some(earlier) = Earlier::new().await else { return };
    assert!(refusal(Source::open(&earlier.address, None).await).contains("no TraitorTrack database"));
    earlier.feed_file("traitortrack_nasty.sql");
    assert!(Source::open(&earlier.address, Some("production")).await.is_ok());
    assert!(refusal(Source::open(&earlier.address, Some("nowhere")).await).contains("no TraitorTrack database"));
    let second = std::fs::read_to_string(data("traitortrack_nasty.sql")).unwrap().replace("production", "development");
    earlier.feed(second.as_bytes());
    let text = refusal(Source::open(&earlier.address, None).await);
    assert!(text.contains("development, production") && text.contains("--schema"), "{text}");
}
