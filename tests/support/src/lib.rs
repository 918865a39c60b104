//! What tests on every layer need: fresh databases of both kinds, a desk over them, people and scans.
//!
//! Invariant: a test that asks for [`each_database`] runs on SQLite always, and on PostgreSQL whenever a server is
//! named in `TALLYHOUSE_TEST_POSTGRES`; `make test` always names one.
#![expect(clippy::disallowed_methods, reason = "tests make their own ids and read the real clock")]
#![expect(clippy::missing_panics_doc, reason = "a test helper that cannot go on ends the test")]

pub mod plans;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bags_rules::bag::BagKind;
use bags_rules::bill::{BillNumber, BillTexts};
use bags_rules::change::{Change, Stamp};
use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_rules::intent::{BillIntent, Intent};
use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Scan};
use bags_store::earlier::EarlierKind;
use bags_store::loaded::Gathered;
use bags_store::sample::Sizes;
use bags_store::{counter, loaded, person_scans, sample};
use bags_work::{Desk, DeskParts, DeskTasks, Mailing};
use base_core::account::{AccountId, Actor};
use base_core::area::{Area, Scope};
use base_core::audit::Origin;
use base_core::permission::{Grants, Role};
use base_core::realm::Realm;
use base_core::time::{Clock, Moment};
use base_db::{Db, Migrations, OpenOptions, scratch};
use base_records::account;
use base_records::account::NewAccount;
use base_seams::CustomerAccounts;
use uuid::Uuid;

/// What the schema is made of, over all wings.
pub const MIGRATIONS: Migrations = &[
    base_records::migrations::MIGRATIONS,
    people_store::migrations::MIGRATIONS,
    bags_store::migrations::MIGRATIONS,
    bags_traitortrack::migrations::MIGRATIONS,
    passes_store::migrations::MIGRATIONS,
    portal_store::migrations::MIGRATIONS,
];

/// A fresh, migrated database that is deleted when this is dropped.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its address.
    pub address: String,
    _folder: tempfile::TempDir,
}

/// A clock that a test can move.
#[derive(Default)]
pub struct TestClock {
    offset_us: AtomicI64,
}

impl TestClock {
    /// Lets time pass.
    pub fn pass_us(&self, span_us: i64) {
        self.offset_us.fetch_add(span_us, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let real = jiff::Timestamp::now().as_microsecond();
        Moment(real + self.offset_us.load(Ordering::SeqCst))
    }
}

/// A fresh database of each available kind.
pub async fn each_database() -> Vec<TestDb> {
    each_database_with(OpenOptions::default()).await
}

/// The same with one connection to read and one to write: code that holds one and waits for a second never gets it, as
/// would happen with any number of connections on a busy day.
pub async fn each_scarce_database() -> Vec<TestDb> {
    let connections_max = 2;
    each_database_with(OpenOptions { connections_max, acquire_timeout_ms: 3_000, ..OpenOptions::default() }).await
}

async fn each_database_with(options: OpenOptions) -> Vec<TestDb> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = format!("sqlite:{}", folder.path().join("site.db").display());
    // SQLite's one writer is not counted.
    let few = OpenOptions { connections_max: (options.connections_max / 2).max(1), ..options };
    let mut found = vec![open(address, folder, few).await];
    if let Ok(server) = std::env::var("TALLYHOUSE_TEST_POSTGRES") {
        let name = format!("t_{}", Uuid::new_v4().simple());
        let address = scratch::create(&server, &name).await.expect("a scratch database");
        found.push(open(address, tempfile::tempdir().expect("a temporary folder"), options).await);
    }
    found
}

async fn open(address: String, folder: tempfile::TempDir, options: OpenOptions) -> TestDb {
    let db = Db::open(&address, options).await.expect("the database opens");
    db.migrate(MIGRATIONS).await.expect("the schema is made");
    TestDb { db, address, _folder: folder }
}

/// People in the [`large_postgres`].
pub const PEOPLE: i64 = 20;

/// A PostgreSQL database of a site that is years old and reports its plans, see [`plans`]; `None` where no server is
/// named. There are many bills for so few bags, so that reading them all is not cheap either, and still fewer than the
/// scans that a plan without values expects on a page, as on a real site.
pub async fn large_postgres() -> Option<TestDb> {
    let options = OpenOptions { connections_max: 2, ..OpenOptions::default() };
    let made = each_database_with(options).await.into_iter().find(|test| test.db.is_shared())?;
    let mut first = None;
    for n in 0..PEOPLE {
        let id = create_account(&made.db, &format!("person{n}"), Role::Dispatcher, None, "no password").await;
        first.get_or_insert(id);
    }
    let sizes = Sizes { parents: 2_000, bills: 6_000, days: 360 };
    let people = sample::People { first: first.expect("people"), count: PEOPLE };
    sample::fill(&made.db, sizes, people, TestClock::default().now()).await.expect("a site that is years old");
    Some(telling_plans(made, options).await)
}

/// An empty database of PostgreSQL that reports its plans, filled by `fill`; `None` where no server is named.
pub async fn postgres_filled(fill: impl AsyncFnOnce(&Db)) -> Option<TestDb> {
    let options = OpenOptions { connections_max: 2, ..OpenOptions::default() };
    let made = each_database_with(options).await.into_iter().find(|test| test.db.is_shared())?;
    fill(&made.db).await;
    Some(telling_plans(made, options).await)
}

async fn telling_plans(made: TestDb, options: OpenOptions) -> TestDb {
    scratch::tell_plans(&made.address).await.expect("the server has auto_explain");
    made.db.close().await;
    let db = Db::open(&made.address, options).await.expect("the database opens");
    TestDb { db, ..made }
}

/// A desk with two lanes where the database allows it, so that races are real.
pub fn desk(db: &Db, clock: Arc<dyn Clock>) -> (Desk, DeskTasks) {
    desk_with(db, clock, None)
}

/// The same with mail.
pub fn desk_with(db: &Db, clock: Arc<dyn Clock>, mailing: Option<Mailing>) -> (Desk, DeskTasks) {
    let parts = DeskParts {
        db: db.clone(),
        rules: Arc::new(Rules::default()),
        clock,
        phrase: Arc::new(|answer| answer.outcome.is_refusal().then(|| format!("refused: {}", answer.outcome.code()))),
        lanes: db.lanes(),
        mailing,
    };
    bags_work::open(&parts)
}

/// The accounts of customers.
pub fn customer_accounts() -> Arc<dyn CustomerAccounts> {
    Arc::new(people_store::OfCustomers)
}

/// Which role may do what, over all wings.
pub fn grants() -> Grants {
    Grants::of([
        bags_rules::permission::GRANTS,
        passes_rules::permission::GRANTS,
        people_rules::permission::GRANTS,
        portal_rules::permission::GRANTS,
    ])
}

/// Creates an account and returns the person as the desk sees them.
pub async fn person(db: &Db, name: &str, role: Role, area: Option<&str>) -> Actor {
    let area = area.map(Area::new);
    let id = create_account(db, name, role, area.clone(), "no password").await;
    let who = base_core::account::Who { id, realm: Realm::Staff, name: name.into() };
    let person = base_core::account::Person::new(who, vec![role], area, &grants());
    Actor { account: Some(id), scope: person.scope() }
}

/// Creates an account with a ready hash.
pub async fn create_account(db: &Db, name: &str, role: Role, area: Option<Area>, password_hash: &str) -> AccountId {
    let account = NewAccount {
        realm: Realm::Staff,
        username: name.into(),
        email: None,
        password_hash: password_hash.into(),
        roles: vec![role],
        area,
    };
    let mut tx = db.write().await.expect("a transaction");
    let id = account::create(tx.conn(), &account, Moment(1)).await.expect("the database answers").expect("a free name");
    tx.commit().await.expect("a commit");
    id
}

/// Puts a parent with its children on a bill as an earlier system left them, whatever today's rules say about their
/// codes.
pub async fn plant(db: &Db, bill: &str, parent: &str, children: &[&str]) {
    plant_at(db, TestClock::default().now(), bill, parent, children).await;
}

/// The same at a given time.
pub async fn plant_at(db: &Db, at: Moment, bill: &str, parent: &str, children: &[&str]) {
    let kept = |code: &str| Code::kept(code).expect("a code");
    let (number, parent) = (BillNumber::kept(bill).expect("a number"), kept(parent));
    let (bill, texts) = (number.key(), BillTexts::default());
    let create = BillIntent::Create { bill: number.clone(), capacity: 1, texts: texts.clone() };
    let children: Vec<Code> = children.iter().map(|child| kept(child)).collect();
    let fill = Intent::SetChildren { parent: parent.clone(), children: children.clone(), before: None };
    let (mut tx, mut loaded) = loaded::open(db, [Intent::Bill(create), fill].iter(), None).await.expect("the rows");
    let mut changes = vec![
        Change::Register { code: parent.clone(), kind: BagKind::Parent, area: None },
        Change::CreateBill { bill: number, capacity: 1, texts },
        Change::PutOnBill { parent: parent.clone(), bill },
    ];
    changes.extend(children.into_iter().map(|child| Change::Link { child, parent: parent.clone() }));
    for change in changes {
        loaded.apply(&change, Stamp { at, by: None, scan_id: None }, &Rules::default());
    }
    let deltas = Deltas::of_loaded(&loaded);
    let gathered = Gathered { scans: &[], audit: &[], places: &[], people: None, deltas: &deltas, shard: 0 };
    loaded::write(tx.conn(), &loaded, at, None, gathered).await.expect("bags");
    tx.commit().await.expect("a commit");
}

/// The system itself, which sees everything.
pub fn system() -> Actor {
    Actor { account: None, scope: Scope::All }
}

/// Where test scans come from.
pub fn origin(actor: &Actor) -> Arc<Origin> {
    Arc::new(Origin {
        realm: Realm::Staff,
        actor: actor.account,
        address: "127.0.0.1".into(),
        agent: "test".into(),
        request_id: Uuid::new_v4().to_string(),
        station: Some("dock-1".into()),
    })
}

/// A scan with a new id.
pub fn scan(action: Action, code: &str, parent: Option<&str>) -> Scan {
    Scan {
        id: new_id(),
        client_at: TestClock::default().now(),
        action,
        code: code.into(),
        parent: parent.map(Into::into),
        ..Scan::default()
    }
}

/// A scan about a bill, with a new id.
pub fn bill_scan(action: Action, code: &str, bill: &str) -> Scan {
    Scan { bill: Some(bill.into()), ..scan(action, code, None) }
}

/// Submits scans and returns the outcome codes of the answers.
pub async fn outcomes(desk: &Desk, actor: &Actor, scans: Vec<Scan>) -> Vec<String> {
    let answers = desk.submit(actor.clone(), origin(actor), scans).await.expect("the desk answers");
    answers.iter().map(|answer| outcome_of(answer)).collect()
}

/// The outcome code of an answer.
pub fn outcome_of(answer: &str) -> String {
    let (_, rest) = answer.split_once("\"outcome\":\"").expect("an outcome");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Asserts that every figure equals a recount.
pub async fn assert_counts_are_true(db: &Db) {
    assert_counts_are_true_of(db, Rules::default().capacity).await;
}

/// The same with another capacity of parents.
pub async fn assert_counts_are_true_of(db: &Db, capacity: u32) {
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    let recounted = counter::recount(snapshot.conn()).await.expect("a recount");
    let stored = counter::stored(snapshot.conn()).await.expect("the counters");
    assert_eq!(stored, recounted, "counters differ from a recount on {}", db.name());
    let wrong = counter::wrong_parents(snapshot.conn(), capacity).await.expect("a check");
    let wrong_bills = counter::wrong_bills(snapshot.conn()).await.expect("a check");
    assert_eq!(wrong_bills, Vec::<String>::new(), "bills differ from their parents on {}", db.name());
    let wrong_people = person_scans::wrong(snapshot.conn()).await.expect("a check");
    assert_eq!(wrong_people, Vec::<i64>::new(), "people's figures differ from their scans on {}", db.name());
    assert_eq!(wrong, Vec::<String>::new(), "parents differ from their links on {}", db.name());
}

/// As if a database of an earlier system, in which a thing had this number, had been imported.
pub async fn earlier_id(db: &Db, kind: EarlierKind, number: i64, ours: &str) {
    let mut tx = db.write().await.expect("a writer");
    bags_store::earlier::remember(tx.conn(), ("test", kind), number, Some(ours)).await.expect("written");
    tx.commit().await.expect("written");
}

/// The same for a number that nothing here had.
pub async fn earlier_mark(db: &Db, kind: EarlierKind, up_to: i64) {
    let mut tx = db.write().await.expect("a writer");
    bags_store::earlier::remember(tx.conn(), ("test", kind), up_to, None).await.expect("written");
    tx.commit().await.expect("written");
}

/// An id that was never given before, as a station gives it to a scan.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
