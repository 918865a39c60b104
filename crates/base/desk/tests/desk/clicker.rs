//! A clicker: one figure that everybody adds to, and that never falls below zero.

use std::convert::Infallible;
use std::sync::Arc;

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Batch, Conn, Db, StoreError, Tx, Writes};
use base_desk::{Answered, Decided, Domain, Fingerprint, Fresh, Head, LaneParts, Turn};
use uuid::Uuid;

use crate::sql;

static PUT: Batch = Batch::rows(
    "with r (name, n) as (values ",
    2,
    ") insert into clicks (name, n) select name, n from r where name is not null
     on conflict (name) do update set n = excluded.n",
);
static KEEP: Batch = Batch::rows(
    "with r (scan_id, fingerprint, answer) as (values ",
    3,
    ") insert into click_scans (scan_id, fingerprint, answer) select scan_id, fingerprint, answer from r
     where scan_id is not null on conflict (scan_id) do nothing",
);

/// Makes its two tables, with its one figure.
pub async fn create_tables(db: &Db) {
    sql::run(db, "create table clicks (name text primary key, n bigint not null)").await;
    sql::run(db, "insert into clicks (name, n) values ('all', 0)").await;
    sql::run(
        db,
        "create table click_scans (scan_id text primary key, fingerprint bigint not null, answer text not null)",
    )
    .await;
}

/// Adds to the figure.
#[derive(Clone, Copy)]
pub struct Click {
    pub id: Uuid,
    pub by: i64,
}

/// The figure, and what is to be written.
pub struct Loaded {
    was: i64,
    now: i64,
    kept: Vec<(Head, Arc<str>)>,
}

/// The domain.
pub struct Clicker;

impl Domain for Clicker {
    const NAME: &'static str = "click";
    type Command = Click;
    type Intent = i64;
    type Loaded = Loaded;
    type Memory = ();
    type Step = Infallible;
    type Stepped = ();

    fn head(&self, click: &Click, _: Option<AccountId>) -> Head {
        let fingerprint = Fingerprint::of("click").number("by", click.by).finish();
        Head { id: click.id, client_at: Moment(0), fingerprint }
    }

    fn read(&self, click: Click) -> i64 {
        click.by
    }

    fn lane(&self, by: &i64) -> u64 {
        by.unsigned_abs()
    }

    async fn answered(&self, mut conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
        const FIND: &str = "select cast(fingerprint as text), answer from click_scans where scan_id = $1";
        let mut found = Vec::new();
        for id in ids {
            for (fingerprint, answer) in sql::pairs(conn.reborrow(), FIND, id).await? {
                let fingerprint = fingerprint.parse().expect("a number");
                found.push(Answered { id: (*id).to_owned(), fingerprint, answer: answer.into() });
            }
        }
        Ok(found)
    }

    async fn load(&self, lane: LaneParts<'_>, mut tx: Tx, _: &[Fresh<'_, i64>]) -> Result<(Tx, Loaded), StoreError> {
        const FIND: &str = "select name, cast(n as text) from clicks where name = $1";
        const LOCK: &str = "select name, cast(n as text) from clicks where name = $1 for update";
        let statement = if lane.db.is_shared() { LOCK } else { FIND };
        let found = sql::pairs(tx.conn(), statement, "all").await?;
        let was = found[0].1.parse().expect("a number");
        Ok((tx, Loaded { was, now: was, kept: Vec::new() }))
    }

    fn decide(&self, loaded: &mut Loaded, turn: &Turn<'_, i64>) -> Decided {
        let after = loaded.now + turn.intent;
        let outcome = if after < 0 { "below_zero" } else { "clicked" };
        loaded.now = if after < 0 { loaded.now } else { after };
        let answer: Arc<str> = format!("{outcome} {}", loaded.now).into();
        loaded.kept.push((*turn.head, answer.clone()));
        Decided { answer, entry: Entry::new(outcome, "figure", "all"), more_entries: Vec::new() }
    }

    fn refuse_reused(&self, _: &Head, _: &i64) -> Decided {
        Decided { answer: "reused".into(), entry: Entry::new("reused", "figure", "all"), more_entries: Vec::new() }
    }

    fn write<'l>(&self, loaded: &'l Loaded, writes: &mut Writes<'l>) {
        let changed = (loaded.was != loaded.now).then_some(loaded.now);
        writes.add(&PUT, changed, |n| ["all".into(), n.into()]);
        writes.add(&KEEP, &loaded.kept, |(head, answer)| {
            [head.id.to_string().into(), head.fingerprint.into(), (&**answer).into()]
        });
    }

    fn step_size(&self, step: &Infallible) -> usize {
        match *step {}
    }

    async fn step(&self, _: LaneParts<'_>, step: &Infallible) -> Result<(), StoreError> {
        match *step {}
    }
}
