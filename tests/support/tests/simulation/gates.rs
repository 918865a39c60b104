//! Gates under simulation: passes are sold, shown, shown again and told of by devices that were without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base_core::audit::Origin;
use base_core::time::{Clock, MINUTE_US, Moment};
use base_db::Db;
use passes_rules::event::{EventDetails, EventId, EventState};
use passes_rules::pass::{Described, Details};
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::keys::CompactKeys;
use passes_rules::redeem::{Action, MayScan, Offline};
use passes_store::event::{self, By};
use passes_store::sale::{self, NewPass, Sold};
use passes_store::{counts, pass, sales};
use passes_work::{GateScan, Gates, Shown};
use serde_json::Value;
use uuid::Uuid;

use crate::dice::Dice;
use crate::round::{Made, Play};
use crate::rows::{Row, Tables, number, text};
use crate::site::Site;

const SECRET: &str = "test-secret";
const PASSES: usize = 12;
const PLACES: i64 = 9;
const INSIDE_MAX: i64 = 4;

pub fn domain() -> Gates {
    Gates { keys: Arc::new(Keyring { epass: vec![EpassSecret::new(SECRET)], compact: CompactKeys::default() }) }
}

/// Two events: people come in once to the one; to the other they come one by one, and may leave and come back.
pub struct Evening {
    run: u64,
    origin: Arc<Origin>,
    events: [EventId; 2],
    now: Moment,
    /// What was told to have been sold.
    pub sold: BTreeSet<String>,
}

impl Evening {
    pub async fn open(site: &Site<Gates>, run: u64, origin: Arc<Origin>) -> Self {
        let mut events = [0; 2];
        for (n, id) in events.iter_mut().enumerate() {
            let inside_max = (n == 1).then_some(INSIDE_MAX);
            let (one_by_one, re_entry) = (n == 1, n == 1);
            let name = format!("Evening {run}-{n}");
            let capacity = Some(PLACES);
            let details = EventDetails { name, capacity, inside_max, one_by_one, re_entry, ..EventDetails::default() };
            let by = By { at: site.clock.now(), origin: &origin };
            *id = event::create(&site.db, &details, EventState::Open, None, by).await.expect("an event");
        }
        Self { run, origin, events, now: site.clock.now(), sold: BTreeSet::new() }
    }

    fn pass(&self, n: usize) -> String {
        format!("r{}-p{n}", self.run)
    }

    async fn sell(&mut self, site: &Site<Gates>, dice: &mut Dice) {
        let n = dice.roll(PASSES);
        let (id, details) = (self.pass(n), guest(n));
        let new = NewPass { id: &id, event: self.events[n % 2], details: &details, amount: 549 };
        let by = By { at: site.clock.now(), origin: &self.origin };
        let sold = sale::sell(&site.db, new, by).await.expect("the database answers");
        if sold == Sold::Done {
            self.sold.insert(id);
        }
    }

    async fn cancel(&self, site: &Site<Gates>, dice: &mut Dice) {
        let id = self.pass(dice.roll(PASSES));
        let found = pass::find(site.db.read().await.expect("a reader").conn(), &id).await.expect("an answer");
        let Some(line) = found else { return };
        let by = By { at: site.clock.now(), origin: &self.origin };
        sale::cancel(&site.db, &line, 100, "ill", by).await.expect("the database answers");
    }
}

fn guest(n: usize) -> Details {
    let described = Described {
        name1: format!("Guest {n}"),
        phone1: format!("{n:010}"),
        name2: "Partner".into(),
        phone2: "0123456789".into(),
        pass_type: if n.is_multiple_of(3) { "SINGLE" } else { "COUPLE" }.into(),
        timing: "7 PM".into(),
        payment_mode: "CASH".into(),
        txn_info: String::new(),
    };
    described.read().expect("a right pass")
}

impl Play for Evening {
    type Domain = Gates;

    fn scan(&mut self, dice: &mut Dice) -> GateScan {
        let n = dice.roll(PASSES);
        let (id, event) = (self.pass(n), self.events[n % 2]);
        let action = match (dice.roll(8), n % 2) {
            (0 | 1, 0) => Action::Undo,
            (0..3, 1) => Action::Leave,
            _ => Action::Admit,
        };
        let shown = match dice.roll(12) {
            0 => Shown::code("nonsense"),
            1 => Shown::pass(&id),
            _ => Shown::code(&EpassSecret::new(SECRET).code(&id)),
        };
        let offline = (action == Action::Admit && dice.one_in(4)).then(|| {
            let at = self.now.plus_us(-MINUTE_US * i64::try_from(dice.roll(20)).expect("few"));
            Offline { at, snapshot_at: at.plus_us(-MINUTE_US) }
        });
        GateScan {
            id: dice.id(),
            client_at: self.now,
            action,
            shown,
            event: Some(if dice.one_in(15) { self.events[(n + 1) % 2] } else { event }),
            may: MayScan::All,
            people: dice.one_in(2).then_some(1),
            device: Some(format!("D{}", dice.roll(3))),
            offline,
            reason: None,
        }
    }

    fn id(command: &GateScan) -> Uuid {
        command.id
    }

    fn twisted(command: &GateScan) -> GateScan {
        GateScan { reason: Some("something else".into()), ..command.clone() }
    }

    async fn beside(&mut self, site: &Site<Gates>, dice: &mut Dice) {
        self.now = site.clock.now();
        for _ in 0..dice.roll(3) {
            self.sell(site, dice).await;
        }
        if dice.one_in(12) {
            self.cancel(site, dice).await;
        }
    }
}

/// How many people of each pass have come in, and of those how many are inside, by the answers alone.
#[derive(Default)]
struct Model {
    net: BTreeMap<String, i64>,
    /// By event, of those that people may leave.
    inside: BTreeMap<i64, i64>,
}

impl Model {
    fn follow(&mut self, scan: &Row, passes: &BTreeMap<&str, &Row>, events: &BTreeMap<i64, &Row>) {
        let answer: Value = serde_json::from_str(text(scan, "answer")).expect("JSON");
        let people = match text(scan, "outcome") {
            "admitted" => answer["people"].as_i64().expect("how many"),
            "left" | "entry_undone" => -answer["people"].as_i64().expect("how many"),
            _ => return,
        };
        let id = text(scan, "pass_id");
        let pass = passes.get(id).unwrap_or_else(|| panic!("{id} is no pass: {answer}"));
        let event = events[&number(pass, "event_id")];
        let most = if text(pass, "kind") == "COUPLE" { 2 } else { 1 };
        let net = self.net.entry(id.to_owned()).or_default();
        *net += people;
        assert!((0..=most).contains(net), "{net} of {most} are in by {id}: {answer}");
        let inside = self.inside.entry(number(event, "id")).or_default();
        *inside += people;
        let room = event["inside_max"].as_i64().unwrap_or(i64::MAX);
        assert!((0..=room).contains(inside), "{inside} are inside, and there is room for {room}");
    }
}

/// What must hold at the end.
pub async fn sweep(db: &Db, made: &[Made<GateScan>], sold: &BTreeSet<String>) {
    let tables = Tables::of(db).await;
    let scans = tables.in_order("gate_scans", "at");
    let passes: BTreeMap<&str, &Row> =
        tables.of_table("passes").iter().map(|row| (text(row, "pass_id"), row)).collect();
    let events: BTreeMap<i64, &Row> = tables.of_table("events").iter().map(|row| (number(row, "id"), row)).collect();
    let mut model = Model::default();
    let mut kept = BTreeMap::new();
    for scan in &scans {
        model.follow(scan, &passes, &events);
        assert!(kept.insert(text(scan, "scan_id"), text(scan, "answer")).is_none(), "one row for each scan");
    }
    let conflicts: BTreeSet<&str> = tables.of_table("gate_conflicts").iter().map(|row| text(row, "scan_id")).collect();
    for scan in made {
        let (id, answer) = (scan.id.to_string(), scan.answer.as_deref().expect("an answer"));
        assert_eq!(kept.get(id.as_str()).copied(), Some(answer), "what was answered is what is kept");
        let is_in = answer.contains("\"outcome\":\"admitted\"");
        let is_conflict = scan.command.offline.is_some() && !is_in;
        assert_eq!(
            conflicts.contains(id.as_str()),
            is_conflict,
            "a conflict where somebody is in by mistake: {answer}"
        );
    }
    for (id, pass) in &passes {
        let may_leave = events[&number(pass, "event_id")]["inside_max"].is_i64();
        let counted = number(pass, if may_leave { "inside" } else { "admitted" });
        assert_eq!(model.net.get(*id).copied().unwrap_or_default(), counted, "people of {id}");
    }
    for id in sold {
        assert!(passes.contains_key(id.as_str()), "{id} was sold and is gone");
    }
    for event in events.values() {
        assert!(number(event, "sold") <= number(event, "capacity"), "more places are sold than there are: {event:?}");
    }
    check_trail(&tables, &scans, passes.len());
    check_figures(db).await;
}

fn check_trail(tables: &Tables, scans: &[&Row], passes: usize) {
    let trail: Vec<&Row> = tables.of_table("audit").iter().filter(|row| text(row, "entity_type") == "pass").collect();
    let told = |action: &str| trail.iter().filter(|row| text(row, "action") == action).count();
    let decided = |outcome: &str| scans.iter().filter(|row| text(row, "outcome") == outcome).count();
    assert_eq!(told("pass_created"), passes, "the trail has one entry for each pass");
    for (action, outcome) in
        [("pass_admitted", "admitted"), ("pass_left", "left"), ("pass_entry_undone", "entry_undone")]
    {
        assert_eq!(told(action), decided(outcome), "the trail has one entry for each that was {outcome}");
    }
    let reused = trail.iter().filter(|row| text(row, "after").contains("scan_id_reused")).count();
    let done = ["admitted", "left", "entry_undone"].map(decided).iter().sum::<usize>();
    assert_eq!(told("pass_scan_refused") - reused, scans.len() - done, "and one for each refusal");
}

async fn check_figures(db: &Db) {
    assert_eq!(counts::differing(db).await.expect("a recount"), [], "what gates counted is what the passes say");
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    assert_eq!(sales::wrong(snapshot.conn()).await.expect("a recount"), [""; 0]);
    assert_eq!(sales::wrong_places(snapshot.conn()).await.expect("a recount"), [""; 0]);
    assert_eq!(pass::wrong(snapshot.conn()).await.expect("a check"), [""; 0]);
}
