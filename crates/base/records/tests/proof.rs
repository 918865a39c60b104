//! The proof of the audit trail, on both databases: whatever is changed straight in the database is named, and what is
//! forgotten or removed by the rules breaks nothing.

use base_core::audit::{Entry, Origin};
use base_core::entropy::Entropy;
use base_core::realm::Realm;
use base_core::time::{DAY_US, Moment};
use base_db::{Db, on};
use base_proof::check::check;
use base_proof::leaf::{Fields, Part};
use base_proof::note::Signer;
use base_proof::salts::{Known, LeafSalts, Salts};
use base_proof::tree::Growing;
use base_records::audit::forget::{self, Whom};
use base_records::audit::grow::grow;
use base_records::audit::prove::{self, Unproved};
use base_records::audit::retention::{Counts, Cutter, Periods, held};
use base_records::audit::tree::{Step, state};
use base_records::audit::verify::{Asked, Report, verify};
use base_records::audit::{self, Record, masked, seal};
use serde_json::json;
use tallyhouse_support::each_database;

const NOW: Moment = Moment(1_790_000_000_000_000);

/// Different bytes at each call.
struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed));
    }
}

struct Trail {
    db: Db,
    signer: Signer,
}

impl Trail {
    fn of(db: &Db) -> Self {
        Self { db: db.clone(), signer: Signer::new(&[7; 32], "tallyhouse/test") }
    }

    async fn write(&self, n: usize, at: Moment) {
        let origin = |actor| Origin {
            actor: Some(actor),
            address: format!("10.0.0.{actor}"),
            agent: "a".into(),
            ..Origin::default()
        };
        let origins = [origin(1), origin(2)];
        let entry = |n: usize| match n % 5 {
            0 => Entry::new("user_updated", "account", "meera").with_before(&json!({ "called": "Meera" })),
            1 => Entry::new("delete_bag", "bag", format!("SB{n:05}")).with_before(&json!({ "children": [n] })),
            _ => Entry::new("link_created", "bag", format!("CB{n:05}")).with_after(&json!({ "parent": "SB00001" })),
        };
        let records: Vec<Record<'_>> = (0..n)
            .map(|n| Record {
                at: at.plus_us(i64::try_from(n).expect("few")),
                entry: entry(n),
                origin: &origins[n % 2],
            })
            .collect();
        let mut tx = self.db.write().await.expect("a transaction");
        audit::insert(tx.conn(), &records).await.expect("entries");
        tx.commit().await.expect("a commit");
    }

    async fn grow(&self, now: Moment) -> u64 {
        let entropy = Counting(std::sync::atomic::AtomicU8::new(1));
        let step = Step { signer: &self.signer, now, entropy: &entropy };
        let mut added = 0;
        loop {
            let grown = grow(&self.db, &step).await.expect("it grows");
            added += grown.added;
            if !grown.is_more {
                return added;
            }
        }
    }

    async fn verify(&self, kept: &[String]) -> Report {
        let key = self.signer.public();
        let removed_name = |id| format!("removed-{id}");
        verify(&self.db, &Asked { key: &key, kept, removed_name }).await.expect("a report")
    }

    async fn run(&self, statement: &'static str) {
        let mut tx = self.db.write().await.expect("a transaction");
        on!(tx.conn(), c => sqlx::query(statement).execute(&mut **c).await.map(drop)).expect(statement);
        tx.commit().await.expect("a commit");
    }

    /// What is told after a change straight in the database, which is taken back then.
    async fn after(&self, breaking: &'static str, mending: &'static str) -> Report {
        self.run(breaking).await;
        let report = self.verify(&[]).await;
        for statement in mending.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            self.run(statement).await;
        }
        report
    }
}

const MEND: &str = "delete from audit; insert into audit select * from kept_rows";
const MEND_TILES: &str = "delete from audit_tiles; insert into audit_tiles select * from kept_tiles";
const MEND_CHECKPOINTS: &str =
    "delete from audit_checkpoints; insert into audit_checkpoints select * from kept_checkpoints";
const MEND_LEAVES: &str = "delete from audit_leaves; insert into audit_leaves select * from kept_leaves";

/// A change straight in the database.
struct Case {
    breaking: &'static str,
    mending: &'static str,
    /// The first bad entry, where there is one.
    first: Option<i64>,
}

const fn case(breaking: &'static str, mending: &'static str, first: Option<i64>) -> Case {
    Case { breaking, mending, first }
}

const CASES: [Case; 31] = [
    case("update audit set at = at + 1 where seq = 7", MEND, Some(7)),
    case("update audit set realm = 'customer' where seq = 8", MEND, Some(8)),
    case("update audit set actor_id = 2 where seq = 9", MEND, Some(9)),
    case("update audit set actor_id = null where seq = 9", MEND, Some(9)),
    case("update audit set action = 'link_deleted' where seq = 300", MEND, Some(300)),
    case("update audit set entity_type = 'bill' where seq = 301", MEND, Some(301)),
    case("update audit set entity = 'CB00001' where seq = 302", MEND, Some(302)),
    case("update audit set after = before, before = null where seq = 302", MEND, Some(302)),
    case("update audit set before = '{}' where seq = 303", MEND, Some(303)),
    case("update audit set after = null where seq = 304", MEND, Some(304)),
    case("update audit set request_id = 'x' where seq = 305", MEND, Some(305)),
    case("update audit set station = 'x' where seq = 305", MEND, Some(305)),
    case(
        "update audit set origin_id = (select origin_id from kept_rows where seq = 2) where seq in (3, 4)",
        MEND,
        Some(3),
    ),
    case(
        "update origins set address = '10.9.9.9' where address = '10.0.0.1'",
        "update origins set address = '10.0.0.1' where address = '10.9.9.9'",
        Some(1),
    ),
    case("delete from audit where seq = 256", MEND, Some(256)),
    case("delete from audit where seq > 400", MEND, Some(401)),
    case("update audit set seq = case seq when 20 then -21 else -20 end where seq in (20, 21)", MEND, Some(20)),
    case(
        "insert into audit select -5, at, realm, actor_id, action, entity_type, entity, before, after, origin_id,
            request_id, station from audit where seq = 5",
        MEND,
        Some(-5),
    ),
    case(
        "update audit_tiles set hashes = (select hashes from kept_tiles where level = 0 and tile = 1)
            where level = 0 and tile = 0",
        MEND_TILES,
        Some(1),
    ),
    case("delete from audit_tiles where level = 1", MEND_TILES, None),
    case("update audit_tree set seen = 9000000", "update audit_tree set seen = 610", None),
    case("update audit_tree set size = 600", "update audit_tree set size = 610", None),
    case("update audit_tree set gaps = '['", "update audit_tree set gaps = '[]'", None),
    case("update audit_tree set id = 2", "update audit_tree set id = 1", None),
    case("delete from audit_checkpoints", MEND_CHECKPOINTS, None),
    case("delete from audit_checkpoints where size = 610", MEND_CHECKPOINTS, None),
    case("update audit_leaves set last_at = 0 where tile = 1", MEND_LEAVES, None),
    case("update audit_leaves set first_seq = 2 where tile = 0", MEND_LEAVES, None),
    case(
        "update audit_leaves set seqs = (select seqs from kept_leaves where tile = 2) where tile = 1",
        MEND_LEAVES,
        None,
    ),
    case("delete from audit_leaves where tile = 2", MEND_LEAVES, None),
    case(
        "update audit_leaves set salts = (select salts from kept_leaves where tile = 0) where tile = 1",
        MEND_LEAVES,
        Some(257),
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_the_database_is_named_and_the_first_bad_entry_first() {
    for test in each_database().await {
        let trail = Trail::of(&test.db);
        trail.write(600, NOW).await;
        assert_eq!(trail.verify(&[]).await.waiting, 600, "nothing is closed yet");
        assert_eq!(trail.grow(NOW.plus_us(DAY_US)).await, 600);
        trail.write(10, NOW).await;
        let kept = prove::newest(&test.db).await.expect("an answer").expect("a checkpoint").note;
        let well = trail.verify(std::slice::from_ref(&kept)).await;
        assert_eq!((well.leaves, well.waiting, &well.faults), (600, 10, &Vec::new()));
        assert_eq!(trail.grow(NOW.plus_us(2 * DAY_US)).await, 10);
        trail.run("create table kept_rows as select * from audit").await;
        trail.run("create table kept_tiles as select * from audit_tiles").await;
        trail.run("create table kept_leaves as select * from audit_leaves").await;
        trail.run("create table kept_checkpoints as select * from audit_checkpoints").await;
        for Case { breaking, mending, first } in CASES {
            let report = trail.after(breaking, mending).await;
            let fault = report.faults.first().unwrap_or_else(|| panic!("{breaking} is not found"));
            assert!(first.is_none() || fault.seq == first, "{breaking}: {:?}", report.faults);
            assert_eq!(trail.verify(&[]).await.faults, [], "mended after {breaking}");
        }
        // Two entries that changed places.
        for statement in [
            "update audit set seq = -1 where seq = 20",
            "update audit set seq = 20 where seq = 21",
            "update audit set seq = 21 where seq = -1",
        ] {
            trail.run(statement).await;
        }
        assert_eq!(trail.verify(&[]).await.faults.first().and_then(|fault| fault.seq), Some(20));
    }
}

async fn put(trail: &Trail, statement: &'static str, bytes: Vec<u8>) {
    let mut tx = trail.db.write().await.expect("a transaction");
    on!(tx.conn(), c => sqlx::query(statement).bind(&bytes).execute(&mut **c).await.map(drop)).expect(statement);
    tx.commit().await.expect("a commit");
}

async fn bytes(trail: &Trail, statement: &'static str) -> Vec<u8> {
    let mut reader = trail.db.read().await.expect("a reader");
    on!(reader.conn(), c => sqlx::query_scalar(statement).fetch_one(&mut **c).await).expect(statement)
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_leaves_are_named_and_a_tree_that_somebody_made_anew_is_not_signed_nor_cut() {
    const SALTS: &str = "update audit_leaves set salts = $1 where tile = 0";
    const LEAVES: &str = "update audit_tiles set hashes = $1 where level = 0 and tile = 0";
    for test in each_database().await {
        let trail = Trail::of(&test.db);
        trail.write(300, NOW).await;
        trail.grow(NOW.plus_us(DAY_US)).await;
        let salts = bytes(&trail, "select salts from audit_leaves where tile = 0").await;
        let mut damaged = salts.clone();
        damaged[0] = 9;
        put(&trail, SALTS, damaged).await;
        let fault = trail.verify(&[]).await.faults.remove(0);
        assert_eq!((fault.leaf, fault.seq), (Some(0), Some(1)), "{fault:?}");
        put(&trail, SALTS, salts.clone()).await;

        // Entry 3 is changed, and its leaf with it, as somebody does who knows how the tree is made.
        let hashes = bytes(&trail, "select hashes from audit_tiles where level = 0 and tile = 0").await;
        trail.run("update audit set action = 'scan_refused' where seq = 3").await;
        let mut forged = hashes.clone();
        forged[2 * 32..3 * 32].copy_from_slice(&forged_leaf(&trail, &salts).await);
        put(&trail, LEAVES, forged.clone()).await;
        put(&trail, "update audit_tiles set hashes = $1 where level = 1", over(&forged)).await;
        assert!(!trail.verify(&[]).await.faults.is_empty(), "the root is another");
        trail.write(5, NOW).await;
        let entropy = Counting(std::sync::atomic::AtomicU8::new(1));
        let step = Step { signer: &trail.signer, now: NOW.plus_us(DAY_US), entropy: &entropy };
        let refused = grow(&test.db, &step).await.expect_err("it is not signed").to_string();
        assert!(refused.contains("another root"), "{refused}");
        let faults = trail.verify(&[]).await.faults;
        assert!(faults.iter().any(|fault| fault.what.contains("root")), "still told: {faults:?}");
        let periods = Periods { rows_days: 90, values_days: 30 };
        let cut =
            async |now| Cutter { db: &test.db, periods, signer: Some(&trail.signer), now }.run().await.expect("counts");
        assert_eq!(cut(NOW.plus_us(91 * DAY_US)).await, Counts::default(), "of what nobody signed nothing is cut");

        // Young entries that are said to be old are not cut either, nor one whose action was changed.
        put(&trail, "update audit_tiles set hashes = $1 where level = 1", over(&hashes)).await;
        put(&trail, LEAVES, hashes).await;
        assert_eq!(cut(NOW.plus_us(91 * DAY_US)).await, Counts::default(), "entry 3 is not what it was");
        trail.run("update audit set action = 'link_created' where seq = 3").await;
        trail.run("update audit_leaves set last_at = 0, first_at = 0 where tile = 0").await;
        assert_eq!(cut(NOW.plus_us(DAY_US)).await, Counts::default(), "they are a day old");
        assert_eq!(trail.grow(NOW.plus_us(DAY_US)).await, 5, "mended, it goes on");
        trail.run("update audit_tree set seen = 9000000").await;
        trail.write(1, NOW).await;
        assert!(grow(&test.db, &step).await.is_err(), "nothing would ever be signed again");
        trail.run("update audit_tree set seen = 305").await;
        trail.run("delete from audit_checkpoints").await;
        assert!(grow(&test.db, &step).await.is_err(), "a tree without a checkpoint");
        seal::begin(&test.db, &step).await.expect("a new key begins");
        assert_eq!(trail.grow(NOW.plus_us(DAY_US)).await, 1);
    }
}

/// The leaf of entry 3 as it stands now.
async fn forged_leaf(trail: &Trail, salts: &[u8]) -> [u8; 32] {
    let Some(LeafSalts::Kept(known)) = Salts::read(salts).and_then(|salts| salts.leaf(2)) else { panic!("salts") };
    let fields = audit::latest(&trail.db, 1_000).await.expect("entries").into_iter().find(|line| line.seq == 3);
    let line = fields.expect("entry 3");
    let fields = Fields {
        seq: line.seq,
        at: line.at,
        realm: line.realm,
        actor: line.actor_id,
        action: line.action,
        entity_type: line.entity_type,
        entity: line.entity,
        after: line.after,
        address: line.address,
        agent: "a".to_owned(),
        ..Fields::default()
    };
    let commitments = Part::ALL.map(|part| match known[part as usize] {
        Known::Salt(salt) => fields.commitment(part, &salt),
        Known::Commitment(hash) => hash,
    });
    fields.hash(&commitments)
}

fn over(hashes: &[u8]) -> Vec<u8> {
    let mut tree = Growing::default();
    for hash in hashes.chunks_exact(32) {
        tree.push(hash.try_into().expect("32 bytes"));
    }
    tree.root().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_cut_off_with_all_that_belongs_to_it_is_known_by_who_kept_a_checkpoint() {
    for test in each_database().await {
        let trail = Trail::of(&test.db);
        trail.write(512, NOW).await;
        assert_eq!(trail.grow(NOW.plus_us(DAY_US)).await, 512);
        trail.write(98, NOW).await;
        assert_eq!(trail.grow(NOW.plus_us(2 * DAY_US)).await, 98);
        let newest = prove::newest(&test.db).await.expect("an answer").expect("a checkpoint").note;
        for statement in [
            "delete from audit where seq > 512",
            "delete from audit_leaves where tile > 1",
            "delete from audit_tiles where level = 0 and tile > 1",
            "delete from audit_checkpoints where size > 512",
            "update audit_tree set size = 512, seen = 512",
        ] {
            trail.run(statement).await;
        }
        trail.write(1, NOW.plus_us(DAY_US)).await;
        assert_eq!(trail.verify(&[]).await.faults, [], "by itself it looks whole");
        let cut = trail.verify(&[newest]).await.faults;
        assert!(cut.first().is_some_and(|fault| fault.leaf == Some(512) && fault.what.contains("cut off")), "{cut:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_proved_with_the_public_key_alone_also_after_its_person_was_forgotten() {
    for test in each_database().await {
        let trail = Trail::of(&test.db);
        trail.write(300, NOW).await;
        assert_eq!(prove::entry(&test.db, 3).await.expect("an answer"), Err(Unproved::NotYet));
        assert_eq!(prove::entry(&test.db, 9_999).await.expect("an answer"), Err(Unproved::Nothing));
        trail.grow(NOW.plus_us(DAY_US)).await;
        let key = trail.signer.public();
        for seq in [1, 2, 256, 257, 300] {
            let text = prove::entry(&test.db, seq).await.expect("an answer").expect("a proof");
            let found = check(&text, &key).expect("a good proof");
            assert_eq!((found.fields.seq, found.hidden.len()), (seq, 0));
        }
        let before = prove::entry(&test.db, 1).await.expect("an answer").expect("a proof");

        // Meera, account 1, is forgotten: as removing a person does it.
        let mut tx = test.db.write().await.expect("a transaction");
        let whom = Whom {
            account: 1,
            realm: Realm::Staff,
            entity_type: "account",
            name: "meera",
            since: NOW,
            removed_name: "removed-1",
        };
        let forgotten = forget::person(tx.conn(), &whom).await.expect("forgotten");
        assert_eq!((forgotten.entries.len(), forgotten.without_address), (60, 150));
        let nowhere = forget::nowhere();
        let named = json!({ masked::FIELD: masked::written(&forgotten.entries) });
        let entry = Entry::new("user_deleted", "account", "removed-1").with_after(&named);
        audit::insert(tx.conn(), &[Record { at: NOW, entry, origin: &nowhere }]).await.expect("an entry");
        tx.commit().await.expect("a commit");
        assert_eq!(trail.grow(NOW.plus_us(DAY_US)).await, 1);
        let report = trail.verify(&[]).await;
        assert_eq!((&report.faults, report.leaves), (&Vec::new(), 301));
        assert_eq!(report.forgotten, 150 + 30, "what account 1 did, and what was done to it by others");
        let after = prove::entry(&test.db, 1).await.expect("an answer").expect("a proof");
        let found = check(&after, &key).expect("still good");
        assert_eq!((found.hidden.len(), found.fields.entity.as_str()), (3, ""));
        assert!(check(&before, &key).is_ok(), "and so is the one from before");
        // Nobody can forget what nobody removed.
        trail.run("create table kept_rows as select * from audit").await;
        trail.run("create table kept_leaves as select * from audit_leaves").await;
        for (breaking, mending, first) in [
            ("update audit set entity = 'removed-2' where seq = 6", MEND, 6),
            ("update audit set entity = 'priya' where seq = 6", MEND, 6),
            ("update audit set after = '{\"roles\":[\"admin\"]}' where seq = 6", MEND, 6),
            ("update audit set before = '{}' where seq = 11", MEND, 11),
            ("update audit set after = null where action = 'user_deleted'", MEND, 1),
        ] {
            let faults = trail.after(breaking, mending).await.faults;
            assert_eq!(faults.first().and_then(|fault| fault.seq), Some(first), "{breaking}: {faults:?}");
        }
        // Nor can an entry that was not masked for them be hidden under their name.
        trail.run("update audit set entity = 'meera', action = 'user_updated' where seq = 301").await;
        assert!(!trail.verify(&[]).await.faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_long_enough_goes_by_a_signed_record_and_stays_proved() {
    for test in each_database().await {
        let trail = Trail::of(&test.db);
        trail.write(520, NOW).await;
        let later = NOW.plus_us(40 * DAY_US);
        trail.write(10, later).await;
        trail.grow(later).await;
        let periods = Periods { rows_days: 90, values_days: 30 };
        let cut = async |signer, now| Cutter { db: &test.db, periods, signer, now }.run().await.expect("counts");
        // Two full tiles are old enough for their values; what was deleted by whom stays whole.
        let expected = Counts { rows: 0, values: 512 - 103, kept: 0 };
        assert_eq!(cut(None, later).await, expected, "a dry run");
        assert_eq!(held(&test.db).await.expect("figures").with_values, 530);
        assert_eq!(cut(Some(&trail.signer), later).await, expected);
        assert_eq!(cut(Some(&trail.signer), later).await, Counts::default(), "once");
        assert_eq!(held(&test.db).await.expect("figures").with_values, 530 - 409);
        assert_eq!(trail.verify(&[]).await.faults, []);

        let much_later = NOW.plus_us(91 * DAY_US);
        assert_eq!(cut(Some(&trail.signer), much_later).await, Counts { rows: 409, values: 0, kept: 103 });
        let report = trail.verify(&[]).await;
        assert_eq!((&report.faults, report.gone, report.leaves), (&Vec::new(), 409, 530));
        assert_eq!(prove::entry(&test.db, 3).await.expect("an answer"), Err(Unproved::Gone));
        let text = prove::entry(&test.db, 2).await.expect("an answer").expect("a proof");
        assert!(check(&text, &trail.signer.public()).is_ok_and(|found| found.fields.action == "delete_bag"));

        // Without its record it is no cut but a hole.
        trail.run("update audit_cuts set note = replace(note, 'rows', 'values')").await;
        let faults = trail.verify(&[]).await.faults;
        assert!(faults.iter().any(|fault| fault.what.contains("no signed record")), "{faults:?}");
        assert!(state(test.db.read().await.expect("a reader").conn()).await.expect("a state").changes > 0);
    }
}

/// A million with `TALLYHOUSE_LARGE=1`, in an optimised build; the target is ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_trail_is_verified_and_the_time_told() {
    let n = if std::env::var_os("TALLYHOUSE_LARGE").is_some() { 1_000_000 } else { 20_000 };
    let test = each_database().await.remove(0);
    let trail = Trail::of(&test.db);
    for _ in 0..n / 10_000 {
        trail.write(10_000, NOW).await;
    }
    trail.grow(NOW.plus_us(DAY_US)).await;
    let report = trail.verify(&[]).await;
    assert_eq!((report.leaves, &report.faults), (n, &Vec::new()));
}
