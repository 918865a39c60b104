//! Importing what an earlier system has, page by page.
//!
//! Invariants: what is reported as imported is durable, page by page, and the same command continues from there; a dry
//! run does all of it in one transaction that is rolled back, so it reports exactly what would happen.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bags_rules::rules::Rules;
use base_core::area::Area;
use base_core::audit::{Entry, Origin};
use base_core::entropy::Entropy;
use base_core::time::Clock;
use base_db::{Db, StoreError, Tx};
use base_records::audit;
use base_records::audit::Record;
use base_secret::{SECOND_FACTOR, SecretKeys};
use serde_json::{Value, json};

use crate::report::Report;
use crate::rules::Site;
use crate::store::traitortrack::Source;
use crate::store::{Brought, Identities, Import, Kind, Page};
use crate::strange;

const BROKE_OFF: &str =
    "the import stopped early; the same command continues from there, with another file for its report";
/// How often a page is tried when somebody else is working on the same rows.
const TRIES_MAX: u32 = 5;

/// The site into which everything is imported.
pub struct Target<'t> {
    /// The database, migrated.
    pub db: &'t Db,
    /// The time.
    pub clock: &'t dyn Clock,
    /// Randomness.
    pub entropy: &'t dyn Entropy,
    /// Labels and capacity of the site.
    pub rules: &'t Rules,
    /// The areas of the site.
    pub areas: &'t [Area],
    /// Encrypt second factors; without keys they are left out, and that is reported.
    pub keys: Option<&'t SecretKeys>,
    /// Who is who, as somebody decided: the user name here by that there.
    pub map_users: HashMap<String, String>,
    /// Who runs it, for the audit trail.
    pub origin: Origin,
}

/// What became of the rows of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that were read.
    pub read: u64,
    /// Rows that are here now and were not before.
    pub brought: u64,
    /// Rows whose content is here already.
    pub known: u64,
    /// Rows that could not be kept.
    pub left_out: u64,
    /// Rows of an earlier run whose place a newer one took; they are not here any more.
    pub replaced: u64,
}

impl Counts {
    /// What a newer row takes the place of is not here, so it counts as left out, whenever it was read.
    fn add(&mut self, page: &Page, brought: &Brought) {
        self.read += u64::try_from(page.len()).unwrap_or(u64::MAX);
        self.known += brought.known;
        let here = self.brought + brought.brought;
        let of_this_run = brought.replaced.min(here);
        self.brought = here - of_this_run;
        self.left_out += brought.left_out + of_this_run;
        self.replaced += brought.replaced - of_this_run;
    }

    fn as_json(self) -> Value {
        let Self { read, brought, known, left_out, replaced } = self;
        json!({ "read": read, "brought": brought, "known": known, "left_out": left_out, "replaced": replaced })
    }
}

/// How long the rows of a kind took. Reading and writing go side by side.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Until the earlier database had given its pages.
    pub reading: Duration,
    /// Until they were written.
    pub writing: Duration,
}

/// What became of all rows, by kind.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many rows.
    pub counts: BTreeMap<Kind, Counts>,
    /// How long they took.
    pub spent: BTreeMap<Kind, Spent>,
}

/// However long it took.
impl PartialEq for Summary {
    fn eq(&self, other: &Self) -> bool {
        self.counts == other.counts
    }
}

impl Summary {
    /// For machines.
    pub fn as_json(&self) -> Value {
        Value::Object(self.counts.iter().map(|(kind, counts)| (kind.name().to_owned(), counts.as_json())).collect())
    }

    /// How long each kind took, in milliseconds, for machines.
    pub fn spent_as_json(&self) -> Value {
        let spent = self.spent.iter().map(|(kind, spent)| {
            let ms = json!({ "reading_ms": spent.reading.as_millis(), "writing_ms": spent.writing.as_millis() });
            (kind.name().to_owned(), ms)
        });
        Value::Object(spent.collect())
    }

    /// How many rows were read in all.
    pub fn read(&self) -> u64 {
        self.counts.values().map(|counts| counts.read).sum()
    }
}

/// Called before each page: the kind, how many of its rows were read, how many there are in all. May stop the work.
pub type Watch<'w> = &'w mut (dyn FnMut(Kind, u64, u64) -> ControlFlow<()> + Send);

/// Imports everything that is not here yet.
pub async fn bring_over(
    target: &Target<'_>,
    source: &mut Source,
    report: &mut Report,
    dry_run: bool,
    watch: Watch<'_>,
) -> anyhow::Result<Summary> {
    let keys = target.keys;
    let encrypt = |secret: &str| {
        let keys = keys.expect("asked only where there are some");
        keys.encrypt(SECOND_FACTOR, secret, target.entropy)
    };
    let site = Site {
        rules: target.rules,
        areas: target.areas,
        hash_is_known: base_secret::is_known_hash,
        encrypts: keys.is_some(),
        now: target.clock.now(),
    };
    let encrypt: Option<crate::store::Encrypt<'_>> = if keys.is_some() { Some(&encrypt) } else { None };
    let mut import = Import::new(&source.name, site, encrypt, target.origin.clone());
    import.is_dry = dry_run;
    import.identities = identities(target, source).await?;
    strange::keep_strange(source, report, !dry_run).await.context("the earlier database cannot be archived")?;
    let dry = if dry_run { Some(target.db.write().await?) } else { None };
    let mut work = Work { target, import, dry };
    let mut summary = Summary::default();
    for kind in Kind::ALL {
        let (counts, spent) = work.bring_kind(kind, source, report, watch).await?;
        summary.counts.insert(kind, counts);
        summary.spent.insert(kind, spent);
    }
    report.finish()?;
    if summary.read() > 0 {
        work.close(&summary).await?;
    }
    Ok(summary)
}

/// Refuses a name that nobody has there: whoever wrote it meant somebody.
async fn identities(target: &Target<'_>, source: &mut Source) -> anyhow::Result<Identities> {
    let there = source.user_names().await.context("the earlier database cannot be read")?;
    if let Some(name) = target.map_users.keys().find(|name| !there.contains(*name)) {
        bail!("nobody is called {name} in the earlier database; names are written as they are there");
    }
    Ok(Identities { there, map: target.map_users.clone() })
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let started = Instant::now();
    let done = work.await;
    (done, started.elapsed())
}

struct Work<'t> {
    target: &'t Target<'t>,
    import: Import<'t>,
    /// The transaction of a dry run, which is never committed.
    dry: Option<Tx>,
}

impl Work<'_> {
    async fn bring_kind(
        &mut self,
        kind: Kind,
        source: &mut Source,
        report: &mut Report,
        watch: Watch<'_>,
    ) -> anyhow::Result<(Counts, Spent)> {
        let after = self.learn(kind).await?;
        let total = u64::try_from(source.count(kind).await?).unwrap_or_default();
        let (mut counts, mut spent) = (Counts::default(), Spent::default());
        let (mut read, took) = timed(source.page(kind, after)).await;
        spent.reading += took;
        loop {
            if watch(kind, counts.read, total).is_break() {
                report.finish()?;
                bail!("stopped; the same command continues from there, with another file for its report");
            }
            let Some(page) = read.context("the earlier database cannot be read")? else { break };
            // While a page is written, the next one is read.
            let (written, next) = tokio::join!(timed(self.bring(&page)), timed(source.page(kind, page.up_to)));
            let (tx, brought) = written.0.context(BROKE_OFF)?;
            let started = Instant::now();
            report.tell(&brought.findings)?;
            if tx.is_some() && !brought.left_out_ids.is_empty() {
                report.archive.left_out(source, kind, &brought.left_out_ids).await?;
            }
            if let Some(tx) = tx {
                tx.commit().await.context(BROKE_OFF)?;
            }
            counts.add(&page, &brought);
            spent.writing += written.1 + started.elapsed();
            spent.reading += next.1;
            read = next.0;
        }
        Ok((counts, spent))
    }

    /// Reads what this kind refers to, and returns the number up to which it was imported.
    async fn learn(&mut self, kind: Kind) -> Result<i64, StoreError> {
        if let Some(tx) = &mut self.dry {
            self.import.learn(tx.conn()).await?;
            return self.import.mark(tx.conn(), kind).await;
        }
        let mut reader = self.target.db.read().await?;
        self.import.learn(reader.conn()).await?;
        self.import.mark(reader.conn(), kind).await
    }

    /// Writes a page, and leaves the commit to the caller; in a dry run there is none.
    async fn bring(&mut self, page: &Page) -> Result<(Option<Tx>, Brought), StoreError> {
        if let Some(tx) = &mut self.dry {
            return Ok((None, self.import.bring(tx.conn(), page).await?));
        }
        let mut tries = 1;
        loop {
            let mut tx = self.target.db.write().await?;
            match self.import.bring(tx.conn(), page).await {
                Err(error) if error.is_conflict() && tries < TRIES_MAX => tries += 1,
                brought => return Ok((Some(tx), brought?)),
            }
        }
    }

    /// One entry in the audit trail for the whole run.
    async fn close(self, summary: &Summary) -> anyhow::Result<()> {
        if self.dry.is_some() {
            return Ok(());
        }
        let mut tx = self.target.db.write().await?;
        let entry = Entry::new("import_traitortrack", "import", self.import.source.as_str());
        let entry = entry.with_after(&summary.as_json());
        let record = Record { at: self.target.clock.now(), entry, origin: &self.target.origin };
        audit::insert(tx.conn(), &[record]).await?;
        tx.commit().await?;
        Ok(())
    }
}
