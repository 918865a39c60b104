//! The run itself: one submission after another, so that what comes out depends on the seed alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bags_rules::bill::Bill;
use bags_rules::rules::Rules;
use bags_rules::scan::Scan;
use bags_work::{Desk, DeskParts, Mailing};
use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::import::ImportState;
use base_core::mail::Content;
use base_core::permission::Role;
use base_core::time::{Clock, DAY_US, HOUR_US, MINUTE_US, Moment, SECOND_US};
use base_db::Db;
use base_records::account;
use base_records::account::NewAccount;
use base_records::mail::Outbox;
use tallyhouse_support::{person, plant_at, system};

use crate::dice::{Dice, RECORDED};
use crate::imports::Brought;
use crate::{Said, tables};

const SEED: u64 = 0x7a11_1e5d_e5c0_0001;
/// Few, so that parents are full often.
pub const CAPACITY: u32 = 6;
const SUBMISSIONS: usize = 1_800;
/// 2026-10-05T04:00:00Z.
const START: Moment = Moment(1_791_172_800_000_000);

/// Everybody's name.
pub const PEOPLE: [&str; 6] = ["root", "arjun", "kiran", "meera", "newcomer", "boss"];

/// A clock that stands where the run has set it.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

/// What was sent, for sending it once more.
struct Sent {
    who: usize,
    scan: Scan,
}

struct Run {
    dice: Dice,
    clock: Arc<SetClock>,
    people: Vec<Actor>,
    sent: Vec<Sent>,
    said: Said,
    requests: usize,
}

fn mailing() -> Mailing {
    let words = |bill: &Bill, by: &str, locale: &str| {
        let text = format!("{} of {} by {by} in {locale}", bill.number, bill.capacity);
        Content { subject: text.clone(), html: text.clone(), text }
    };
    Mailing { outbox: Outbox::OPEN, new_bill: Arc::new(words) }
}

async fn people(db: &Db) -> Vec<Actor> {
    let admin = NewAccount {
        realm: base_core::realm::Realm::Staff,
        username: "root".into(),
        email: Some("root@example.com".into()),
        password_hash: "no password".into(),
        roles: vec![Role::Admin],
        area: None,
    };
    let mut tx = db.write().await.expect("a transaction");
    account::create(tx.conn(), &admin, Moment(1)).await.expect("the database answers").expect("a free name");
    tx.commit().await.expect("a commit");
    vec![
        person(db, "arjun", Role::Dispatcher, Some("lucknow")).await,
        person(db, "kiran", Role::Dispatcher, Some("indore")).await,
        person(db, "meera", Role::Biller, None).await,
        person(db, "newcomer", Role::Dispatcher, None).await,
        person(db, "boss", Role::Admin, None).await,
        system(),
    ]
}

/// Everything that a run says and leaves.
pub async fn run(db: &Db) -> Said {
    let clock = Arc::new(SetClock(AtomicI64::new(START.0)));
    let people = people(db).await;
    plant_at(db, START, "B<9>", "SB<01>", &["KID<17>É", "kid 018"]).await;
    let parts = DeskParts {
        db: db.clone(),
        rules: Arc::new(Rules { capacity: CAPACITY, undo_age_us_max: HOUR_US, ..Rules::default() }),
        clock: clock.clone(),
        phrase: Arc::new(|answer| answer.outcome.is_refusal().then(|| format!("refused: {}", answer.outcome.code()))),
        lanes: db.lanes(),
        mailing: Some(mailing()),
    };
    let (desk, tasks) = bags_work::open(&parts);
    let dice = Dice::new(SEED);
    let mut run = Run { dice, clock, people, sent: Vec::new(), said: Said::default(), requests: 0 };
    let mut brought: Vec<Brought> = Vec::new();
    for turn in 0..SUBMISSIONS {
        run.pass_time();
        run.submit(&desk).await;
        if turn % 60 == 30 {
            let (number, now) = (brought.len(), run.clock.now());
            let who = 2 * run.dice.roll(3);
            let (actor, origin) = (run.people[who].clone(), run.origin(who));
            brought.push(Brought::begin(db, &mut run.dice, number, (&actor, origin), now).await);
        }
        if let Some(last) = brought.last_mut().filter(|_| turn % 3 == 0) {
            run.carry_on(db, &desk, last).await;
        }
    }
    drop(desk);
    tasks.finish().await;
    run.said.tables = tables::all(db).await;
    run.said
}

impl Run {
    fn pass_time(&mut self) {
        let span = match self.dice.roll(60) {
            0 => self.dice.whole(HOUR_US, 3 * HOUR_US),
            1 if self.dice.one_in(12) => DAY_US,
            2..10 => self.dice.whole(SECOND_US, 5 * MINUTE_US),
            _ => self.dice.whole(2_000, 4 * SECOND_US),
        };
        self.clock.0.fetch_add(span, Ordering::SeqCst);
    }

    fn origin(&mut self, who: usize) -> Origin {
        self.requests += 1;
        let station = self.dice.pick(&[None, Some("dock-1"), Some("dock-2")]).map(str::to_owned);
        Origin {
            realm: base_core::realm::Realm::Staff,
            actor: self.people[who].account,
            address: format!("10.0.0.{who}"),
            agent: "recorder".into(),
            request_id: format!("request-{}", self.requests),
            station,
        }
    }

    async fn submit(&mut self, desk: &Desk) {
        let mut who = self.dice.roll(self.people.len());
        let count = if self.dice.one_in(40) { 30 + self.dice.roll(40) } else { 1 + self.dice.roll(4) };
        let mut scans: Vec<Scan> = Vec::with_capacity(count);
        if let Some(again) = self.sent_before() {
            who = again.who;
            scans.push(again.scan);
        }
        scans.extend((0..count).map(|_| self.dice.scan(self.clock.now())));
        if self.dice.one_in(25) {
            let doubled = self.dice.pick(&scans).clone();
            scans.push(doubled);
        }
        let origin = Arc::new(self.origin(who));
        let answers = desk.submit(self.people[who].clone(), origin, scans.clone()).await.expect("the desk answers");
        self.said.answers.extend(answers.iter().map(ToString::to_string));
        self.sent.extend(scans.into_iter().map(|scan| Sent { who, scan }));
    }

    /// What was sent once, as it was, or with its id used for something else.
    fn sent_before(&mut self) -> Option<Sent> {
        if self.sent.is_empty() || !self.dice.one_in(5) {
            return None;
        }
        let Sent { mut who, mut scan } = self.dice.pick(&self.sent).clone();
        match self.dice.roll(16) {
            0 => who = (who + 1) % self.people.len(),
            1 => scan.code = self.dice.child(),
            2 => scan.parent = Some("SB00099".into()),
            3 => scan.bill = Some("B-99".into()),
            4 => scan.client_at = scan.client_at.plus_us(1),
            5 => scan.action = *self.dice.pick(&RECORDED),
            6 => scan.details = None,
            7 => {
                let mut details = scan.details.take().map(|details| *details).unwrap_or_default();
                details.capacity = Some(49);
                scan.details = Some(Box::new(details));
            }
            _ => {}
        }
        Some(Sent { who, scan })
    }

    async fn carry_on(&mut self, db: &Db, desk: &Desk, brought: &mut Brought) {
        if brought.step(desk, &mut self.dice, self.clock.now()).await {
            self.said.answers.push(brought.line());
        }
        let may_turn = brought.import.state.may_be_rolled_back() && brought.import.state != ImportState::Failed;
        if may_turn && self.dice.one_in(3) {
            brought.turn_back(db).await;
        }
    }
}

impl Clone for Sent {
    fn clone(&self) -> Self {
        Self { who: self.who, scan: self.scan.clone() }
    }
}
