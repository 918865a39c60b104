//! A turnstile: it admits each number once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Batch, Conn, Db, StoreError, Tx, Writes};
use base_desk::{Answered, Decided, Domain, Fingerprint, Fresh, Head, LaneParts, Turn};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::sql;

static ADMIT: Batch = Batch::rows(
    "with r (number, at) as (values ",
    2,
    ") insert into admitted (number, at) select number, at from r where number is not null
     on conflict (number) do nothing",
);
static KEEP: Batch = Batch::rows(
    "with r (scan_id, fingerprint, answer) as (values ",
    3,
    ") insert into admission_scans (scan_id, fingerprint, answer) select scan_id, fingerprint, answer from r
     where scan_id is not null on conflict (scan_id) do nothing",
);

/// Makes its two tables.
pub async fn create_tables(db: &Db) {
    sql::run(db, "create table admitted (number text primary key check (number <> 'BROKEN'), at bigint not null)")
        .await;
    sql::run(
        db,
        "create table admission_scans (scan_id text primary key, fingerprint bigint not null, answer text not null)",
    )
    .await;
}

/// Somebody shows a number.
#[derive(Clone)]
pub struct Shown {
    pub id: Uuid,
    pub client_at: Moment,
    pub number: String,
}

/// Larger work.
pub enum Step {
    /// Keeps the lane busy until there is a permit.
    Wait(Arc<Semaphore>),
    /// A number may be admitted once more.
    Forget(&'static str),
}

/// The loaded numbers, true for those that were admitted; and what is to be written.
pub struct Loaded {
    numbers: HashMap<String, bool>,
    admitted: Vec<(String, Moment)>,
    kept: Vec<(Head, Arc<str>)>,
}

/// The domain. The first `conflicts` steps are told that another node was faster.
#[derive(Default)]
pub struct Turnstile {
    pub conflicts: AtomicU32,
}

impl Domain for Turnstile {
    const NAME: &'static str = "turn";
    type Command = Shown;
    type Intent = String;
    type Loaded = Loaded;
    type Memory = ();
    type Step = Step;
    type Stepped = bool;

    fn head(&self, shown: &Shown, by: Option<AccountId>) -> Head {
        let fingerprint = Fingerprint::of("admit").maybe_number("by", by).text("number", &shown.number).finish();
        Head { id: shown.id, client_at: shown.client_at, fingerprint }
    }

    fn read(&self, shown: Shown) -> String {
        shown.number.trim().to_owned()
    }

    fn lane(&self, _: &String) -> u64 {
        0
    }

    async fn answered(&self, mut conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
        const FIND: &str = "select cast(fingerprint as text), answer from admission_scans where scan_id = $1";
        let mut found = Vec::new();
        for id in ids {
            for (fingerprint, answer) in sql::pairs(conn.reborrow(), FIND, id).await? {
                let fingerprint = fingerprint.parse().expect("a number");
                found.push(Answered { id: (*id).to_owned(), fingerprint, answer: answer.into() });
            }
        }
        Ok(found)
    }

    async fn load(
        &self,
        _: LaneParts<'_>,
        mut tx: Tx,
        fresh: &[Fresh<'_, String>],
    ) -> Result<(Tx, Loaded), StoreError> {
        const FIND: &str = "select number, '' from admitted where number = $1";
        let mut numbers = HashMap::new();
        for scan in fresh {
            if !numbers.contains_key(scan.intent) {
                let found = sql::pairs(tx.conn(), FIND, scan.intent).await?;
                numbers.insert(scan.intent.clone(), !found.is_empty());
            }
        }
        Ok((tx, Loaded { numbers, admitted: Vec::new(), kept: Vec::new() }))
    }

    fn decide(&self, loaded: &mut Loaded, turn: &Turn<'_, String>) -> Decided {
        let number = turn.intent;
        let was_admitted = loaded.numbers.insert(number.clone(), true).expect("it was loaded");
        let outcome = if was_admitted { "admitted_before" } else { "admitted" };
        if !was_admitted {
            loaded.admitted.push((number.clone(), turn.now));
        }
        let answer: Arc<str> = format!("{outcome} {number} at {}", turn.now.0).into();
        loaded.kept.push((*turn.head, answer.clone()));
        Decided { answer, entry: Entry::new(outcome, "number", number.as_str()), more_entries: Vec::new() }
    }

    fn refuse_reused(&self, _: &Head, number: &String) -> Decided {
        let entry = Entry::new("reused", "number", number.as_str());
        Decided { answer: "reused".into(), entry, more_entries: Vec::new() }
    }

    fn write<'l>(&self, loaded: &'l Loaded, writes: &mut Writes<'l>) {
        writes.add(&ADMIT, &loaded.admitted, |(number, at)| [number.as_str().into(), at.0.into()]);
        writes.add(&KEEP, &loaded.kept, |(head, answer)| {
            [head.id.to_string().into(), head.fingerprint.into(), (&**answer).into()]
        });
    }

    fn step_size(&self, _: &Step) -> usize {
        1
    }

    async fn step(&self, lane: LaneParts<'_>, step: &Step) -> Result<bool, StoreError> {
        const FORGET: &str = "delete from admitted where number = $1";
        if self.conflicts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(StoreError::Conflict);
        }
        match step {
            Step::Wait(permits) => Ok(permits.acquire().await.is_ok()),
            Step::Forget(number) => {
                let mut tx = lane.db.write().await?;
                let gone = match tx.conn() {
                    Conn::Sqlite(c) => sqlx::query(FORGET).bind(*number).execute(c).await?.rows_affected(),
                    Conn::Postgres(c) => sqlx::query(FORGET).bind(*number).execute(c).await?.rows_affected(),
                };
                tx.commit().await?;
                Ok(gone == 1)
            }
        }
    }
}
