//! The schema: what refers to what, and which databases it is not made in.

use std::collections::{BTreeMap, BTreeSet};

use bags_store::sample::Sizes;
use bags_store::{counter, sample};
use base_core::time::Moment;
use base_db::{Migration, Migrations, SchemaState, StoreError, scratch};
use base_records::audit;
use tallyhouse::wings::MIGRATIONS;
use tallyhouse_support::each_database;

/// Foreign keys that stay within one thing, or are not on the way of a scan. Bags and their links go by the code of the bag,
/// bills by their number, the work of people by their account; no scan writes a row whose key leads to another one's.
const FOREIGN_KEYS: &[&str] = &[
    "account_roles.account_id -> accounts.id",
    "bill_areas.bill -> bills.key",
    "event_people.account_id -> accounts.id",
    "event_people.event_id -> events.id",
    "export_parts.export_id -> exports.id",
    "import_changes.import_id -> imports.id",
    "import_mappings.account_id -> accounts.id",
    "import_rows.import_id -> imports.id",
    "links.child -> bags.code",
    "mail_attachments.mail_id -> mails.id",
    "notifications.account_id -> accounts.id",
    "passkeys.account_id -> accounts.id",
    "password_links.account_id -> accounts.id",
    "pending_sign_ins.account_id -> accounts.id",
    "portal_scope_customers.account_id -> portal_scopes.account_id",
    "portal_scopes.account_id -> accounts.id",
    "portal_views.account_id -> accounts.id",
    "portal_watches.account_id -> accounts.id",
    "preferences.account_id -> accounts.id",
    "promotions.account_id -> accounts.id",
    "promotions.admin_id -> accounts.id",
    "recovery_codes.account_id -> accounts.id",
    "sessions.account_id -> accounts.id",
    "sessions.realm -> accounts.realm",
    "tokens.account_id -> accounts.id",
    "tokens.realm -> accounts.realm",
    "workplaces.account_id -> accounts.id",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_foreign_key_leads_from_one_thing_to_another_on_the_way_of_a_scan() {
    for test in each_database().await {
        assert_eq!(test.db.foreign_keys().await.expect("keys"), FOREIGN_KEYS, "{}", test.db.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_foreign_keys_would_keep_is_checked_all_the_same() {
    for test in each_database().await {
        let sizes = Sizes { parents: 100, bills: 10, days: 60 };
        sample::fill(&test.db, sizes, sample::People { first: 1, count: 3 }, Moment(1_790_000_000_000_000))
            .await
            .expect("a sample");
        let mut before = test.db.snapshot().await.expect("a snapshot");
        let on_bills = counter::wrong_bills(before.conn()).await.expect("a check");
        let parents = counter::wrong_parents(before.conn(), 30).await.expect("a check");
        let origins = audit::wrong_origins(before.conn(), 9).await.expect("a check");
        assert!(on_bills.is_empty() && parents.is_empty() && origins.is_empty(), "{on_bills:?} {parents:?}");
        let all = scratch::contents(&test.db).await.expect("the rows");
        let one = &all["bill_parents"][0];
        let on = |prefix: &str| one.split('"').find(|part| part.starts_with(prefix)).expect("a code").to_owned();
        let (parent, bill) = (on("SB"), on("BILL"));
        drop(before);
        bags_store::scratch::lose_ends(&test.db, &parent, &bill).await.expect("a fault");
        let mut after = test.db.snapshot().await.expect("a snapshot");
        let on_bills = counter::wrong_bills(after.conn()).await.expect("a check");
        assert!(on_bills.contains(&format!("{bill} {parent}")), "{on_bills:?}");
        assert_eq!(counter::wrong_parents(after.conn(), 30).await.expect("a check"), [parent]);
        assert_eq!(audit::wrong_origins(after.conn(), 9).await.expect("a check").len(), 9);
    }
}

#[test]
fn wings_have_one_order_and_names_that_say_where_they_belong() {
    let wings = ["base", "people", "bags", "traitortrack", "passes", "portal"];
    assert_eq!(MIGRATIONS.len(), wings.len());
    let all = || wings.iter().zip(MIGRATIONS).flat_map(|(wing, list)| list.iter().map(move |one| (*wing, one)));
    for (wing, one) in all() {
        let begins = format!("{:04}_{wing}_", one.number);
        assert!(one.name.starts_with(&begins), "{} must begin with {begins}", one.name);
    }
    let mut numbers: Vec<i64> = all().map(|(_, one)| one.number).collect();
    numbers.sort_unstable();
    let last = i64::try_from(numbers.len()).expect("few");
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "each number once, without a gap");
}

/// The words behind a text, wherever it stands.
fn words_behind<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    text.split(before).skip(1).filter_map(|rest| rest.split(ends).next()).collect()
}

#[test]
fn base_refers_to_no_table_of_a_wing_and_wings_to_none_of_each_other() {
    let texts = |one: &Migration| [one.sqlite, one.postgres];
    let mut made: BTreeMap<&str, &str> = BTreeMap::new();
    let wing_of = |one: &Migration| one.name.split('_').nth(1).expect("a wing");
    let all: Vec<&Migration> = MIGRATIONS.iter().copied().flatten().collect();
    for one in &all {
        for table in texts(one).into_iter().flat_map(|text| words_behind(text, "create table ")) {
            made.insert(table, wing_of(one));
        }
    }
    for one in &all {
        let used = |text| [" references ", " on "].map(|before| words_behind(text, before)).into_iter().flatten();
        for table in texts(one).into_iter().flat_map(used) {
            let Some(owner) = made.get(table) else { continue };
            assert!(*owner == "base" || *owner == wing_of(one), "{}: {table} is a table of {owner}", one.name);
        }
    }
    assert!(made.len() > 25, "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_other_migrations_is_refused_and_left_as_it_is() {
    const OTHER: &[Migration] = &[Migration {
        number: 1,
        name: "0001_site",
        sqlite: "create table site (id integer)",
        postgres: "create table site (id bigint)",
    }];
    const LISTS: Migrations = &[OTHER];
    for test in each_database().await {
        scratch::forget_migrations(&test.db).await.expect("an older database");
        test.db.migrate(LISTS).await.expect("the older schema");
        let columns = test.db.columns().await.expect("columns");
        let refused = test.db.migrate(MIGRATIONS).await;
        assert!(matches!(refused, Err(StoreError::ForeignSchema { number: 1 })), "{refused:?}");
        let text = refused.expect_err("refused").to_string();
        assert!(text.contains("before the first release") && text.contains("start with an empty one"), "{text}");
        assert_eq!(test.db.columns().await.expect("columns"), columns, "{}", test.db.name());
        let state = test.db.schema_state(MIGRATIONS).await.expect("a state");
        assert_eq!((state.foreign, state.missing, state.newer), (Some(1), state.known - 1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_of_the_release_before_works_on_a_newer_schema() {
    let before: &'static [Migration] = base_records::migrations::MIGRATIONS;
    for test in each_database().await {
        test.db.migrate(vec![before].leak()).await.expect("it goes on");
        let state = test.db.schema_state(vec![before].leak()).await.expect("a state");
        let newer = MIGRATIONS.iter().map(|list| list.len()).sum::<usize>() - before.len();
        assert_eq!(state, SchemaState { known: before.len(), newer, ..SchemaState::default() });
        test.db.migrate(MIGRATIONS).await.expect("nothing is left to do");
    }
}
