//! The desk under a sequential scheduler, for bags and for gates: calls arrive, are repeated and doubled, answers are lost,
//! commits are slow, others are faster, the database fails and processes end, all from a seed. What must hold then is held
//! against what was answered.
//!
//! `TALLYHOUSE_SEEDS=10000` runs more seeds (`make simulate`), `TALLYHOUSE_SEED=n` repeats one and tells what happens in it.

mod bags;
mod dice;
mod faulty;
mod gates;
mod round;
mod rows;
mod site;
mod trail;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::permission::Role;
use base_db::{Db, OpenOptions, scratch};
use dice::Dice;
use gates::Evening;
use round::Run;
use site::Site;
use tallyhouse_support::{MIGRATIONS, new_id, origin, person};
use tempfile::TempDir;
use tokio::sync::Semaphore;

const SEEDS: u64 = 200;
/// Of so many seeds one runs on PostgreSQL, too, where they share one database and two nodes are real races.
const ON_SERVER_ONE_IN: usize = 20;
const ROUNDS: usize = 10;
/// The trail of one seed in so many is sealed and verified.
const VERIFIED_ONE_IN: u64 = 10;

/// A database file to copy, with the people who work there.
struct Prepared {
    _folder: TempDir,
    file: PathBuf,
    people: Vec<(Actor, Arc<Origin>)>,
}

async fn people(db: &Db) -> Vec<(Actor, Arc<Origin>)> {
    let mut people = Vec::new();
    for (name, role) in [("asha", Role::Admin), ("ravi", Role::Admin), ("meera", Role::Biller)] {
        let actor = person(db, name, role, None).await;
        let origin = origin(&actor);
        people.push((actor, origin));
    }
    people
}

async fn prepared() -> Arc<Prepared> {
    let folder = site::scratch_folder();
    let file = folder.path().join("prepared.db");
    let db = site::open_file(&file).await;
    db.migrate(MIGRATIONS).await.expect("the schema is made");
    let people = people(&db).await;
    db.close().await;
    Arc::new(Prepared { _folder: folder, file, people })
}

fn seeds() -> std::ops::Range<u64> {
    let given = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    if let Some(seed) = given("TALLYHOUSE_SEED") {
        return seed..seed + 1;
    }
    let from = given("TALLYHOUSE_SEEDS_FROM").unwrap_or_default();
    from..from + given("TALLYHOUSE_SEEDS").unwrap_or(SEEDS)
}

/// Tells what happened where one seed was asked for, or where it failed.
fn tell(trace: &[String]) {
    if std::env::var("TALLYHOUSE_SEED").is_ok() {
        println!("{}", trace.join("\n"));
    }
}

/// Runs every seed, a few at a time, and names those that failed.
async fn each_seed<F: Future<Output = ()> + Send + 'static>(what: &str, run: impl Fn(u64) -> F) {
    let turns = Arc::new(Semaphore::new(3));
    let mut runs = Vec::new();
    for seed in seeds() {
        let (turn, work) = (turns.clone(), run(seed));
        runs.push((
            seed,
            tokio::spawn(async move {
                let _turn = turn.acquire().await;
                work.await;
            }),
        ));
    }
    let (count, mut failed) = (runs.len(), Vec::new());
    for (seed, run) in runs {
        if run.await.is_err() {
            failed
                .push(format!("TALLYHOUSE_SEED={seed} cargo test --workspace --test simulation {what} -- --nocapture"));
        }
    }
    println!("{what}: {count} seeds, {} failed", failed.len());
    assert!(failed.is_empty(), "{} of {count} seeds failed:\n{}", failed.len(), failed.join("\n"));
}

async fn run_bags(prepared: &Path, people: Vec<(Actor, Arc<Origin>)>, seed: u64) -> Vec<String> {
    let site = Site::on_file(prepared, bags::domain).await;
    let play = bags::Packing { run: seed };
    let mut run = Run { play, site, dice: Dice::new(seed), people, made: Vec::new(), trace: Vec::new() };
    run.rounds(ROUNDS).await;
    tell(&run.trace);
    bags::sweep(&run.site.db, &run.made).await;
    if seed.is_multiple_of(VERIFIED_ONE_IN) {
        trail::check(&run.site.db, &*run.site.clock).await;
    }
    run.trace
}

async fn run_gates(prepared: &Path, people: Vec<(Actor, Arc<Origin>)>, seed: u64) -> Vec<String> {
    let site = Site::on_file(prepared, gates::domain).await;
    let play = Evening::open(&site, seed, people[0].1.clone()).await;
    let mut run = Run { play, site, dice: Dice::new(seed), people, made: Vec::new(), trace: Vec::new() };
    run.rounds(ROUNDS).await;
    tell(&run.trace);
    gates::sweep(&run.site.db, &run.made, &run.play.sold).await;
    if seed.is_multiple_of(VERIFIED_ONE_IN) {
        trail::check(&run.site.db, &*run.site.clock).await;
    }
    run.trace
}

#[tokio::test(flavor = "multi_thread")]
async fn bags_are_where_the_answers_say_in_every_seed() {
    let prepared = prepared().await;
    each_seed("bags", |seed| {
        let prepared = prepared.clone();
        async move { drop(run_bags(&prepared.file, prepared.people.clone(), seed).await) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_let_each_in_once_in_every_seed() {
    let prepared = prepared().await;
    each_seed("gates", |seed| {
        let prepared = prepared.clone();
        async move { drop(run_gates(&prepared.file, prepared.people.clone(), seed).await) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_runs_the_same_way_each_time() {
    let prepared = prepared().await;
    for seed in [3, 4] {
        let bags = run_bags(&prepared.file, prepared.people.clone(), seed).await;
        assert_eq!(run_bags(&prepared.file, prepared.people.clone(), seed).await, bags);
        let gates = run_gates(&prepared.file, prepared.people.clone(), seed).await;
        assert_eq!(run_gates(&prepared.file, prepared.people.clone(), seed).await, gates);
    }
}

/// An empty database on the server of the tests, if there is one.
async fn server() -> Option<Db> {
    let server = std::env::var("TALLYHOUSE_TEST_POSTGRES").ok()?;
    let name = format!("t_{}", new_id().simple());
    let address = scratch::create(&server, &name).await.expect("a scratch database");
    let options = OpenOptions { connections_max: 16, ..OpenOptions::default() };
    let db = Db::open(&address, options).await.expect("the database opens");
    db.migrate(MIGRATIONS).await.expect("the schema is made");
    Some(db)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_one_server_agree_in_every_seed() {
    let Some(db) = server().await else { return };
    let people = people(&db).await;
    let (mut packed, mut admitted, mut sold) = (Vec::new(), Vec::new(), BTreeSet::new());
    // One clock for all: what was decided later has a later time.
    let (mut packing, mut evening) = (Site::on_server(&db, bags::domain), Site::on_server(&db, gates::domain));
    for seed in seeds().step_by(ON_SERVER_ONE_IN) {
        println!("seed {seed} on PostgreSQL");
        let (dice, trace, play) = (Dice::new(seed), Vec::new(), bags::Packing { run: seed });
        let mut run = Run { play, site: packing, dice, people: people.clone(), made: Vec::new(), trace };
        run.rounds(ROUNDS).await;
        tell(&run.trace);
        packed.extend(run.made);
        packing = run.site;
        let play = Evening::open(&evening, seed, people[0].1.clone()).await;
        let (dice, trace) = (Dice::new(seed), Vec::new());
        let mut run = Run { play, site: evening, dice, people: people.clone(), made: Vec::new(), trace };
        run.rounds(ROUNDS).await;
        tell(&run.trace);
        admitted.extend(run.made);
        sold.extend(run.play.sold);
        evening = run.site;
    }
    bags::sweep(&db, &packed).await;
    gates::sweep(&db, &admitted, &sold).await;
    trail::check(&db, &*evening.clock).await;
}
