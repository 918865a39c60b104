//! Importing what an earlier system has, page by page.
//!
//! Invariants: what is reported as imported is durable, page by page, and the same command continues from there; a dry
//! run does all of it in one transaction that is rolled back, so it reports exactly what would happen.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

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
use crate::store::{Brought, Import, Kind, Page};

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
}

impl Counts {
    fn add(&mut self, page: &Page, brought: &Brought) {
        self.read += u64::try_from(page.len()).unwrap_or(u64::MAX);
        self.brought += brought.brought;
        self.known += brought.known;
        self.left_out += brought.left_out;
    }

    fn as_json(self) -> Value {
        json!({ "read": self.read, "brought": self.brought, "known": self.known, "left_out": self.left_out })
    }
}

/// What became of all rows, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary(pub BTreeMap<Kind, Counts>);

impl Summary {
    /// For machines.
    pub fn as_json(&self) -> Value {
        Value::Object(self.0.iter().map(|(kind, counts)| (kind.name().to_owned(), counts.as_json())).collect())
    }

    /// How many rows were read in all.
    pub fn read(&self) -> u64 {
        self.0.values().map(|counts| counts.read).sum()
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
    let dry = if dry_run { Some(target.db.write().await?) } else { None };
    let mut work = Work { target, import, dry };
    let mut summary = Summary::default();
    for kind in Kind::ALL {
        let counts = work.bring_kind(kind, source, report, watch).await?;
        summary.0.insert(kind, counts);
    }
    report.finish()?;
    if summary.read() > 0 {
        work.close(&summary).await?;
    }
    Ok(summary)
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
    ) -> anyhow::Result<Counts> {
        let mut after = self.learn(kind).await?;
        let total = u64::try_from(source.count(kind).await?).unwrap_or_default();
        let mut counts = Counts::default();
        loop {
            if watch(kind, counts.read, total).is_break() {
                report.finish()?;
                bail!("stopped; the same command continues from there, with another file for its report");
            }
            let page = source.page(kind, after).await.context("the earlier database cannot be read")?;
            let Some(page) = page else { break };
            let brought = self.bring(&page, report).await.context(BROKE_OFF)?;
            counts.add(&page, &brought);
            after = page.up_to;
        }
        Ok(counts)
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

    async fn bring(&mut self, page: &Page, report: &mut Report) -> anyhow::Result<Brought> {
        if let Some(tx) = &mut self.dry {
            let brought = self.import.bring(tx.conn(), page).await?;
            report.tell(&brought.findings)?;
            return Ok(brought);
        }
        let mut tries = 1;
        loop {
            let mut tx = self.target.db.write().await?;
            let brought = match self.import.bring(tx.conn(), page).await {
                Err(error) if error.is_conflict() && tries < TRIES_MAX => {
                    tries += 1;
                    continue;
                }
                other => other?,
            };
            report.tell(&brought.findings)?;
            tx.commit().await?;
            return Ok(brought);
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
