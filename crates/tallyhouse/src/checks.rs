//! What can be checked of a database over all wings: `tallyhouse doctor`, `tallyhouse verify`, the job `integrity` and a trial
//! of a backup ask the same.

pub mod backups;
pub mod site;

use std::sync::Arc;

use async_trait::async_trait;
use base_db::{Db, StoreError};
use base_proof::note::PublicKey;
use base_records::audit::verify::{Asked, verify};
use base_records::{audit, site_key};
use base_seams::{Check, Finding};
use people_rules::account::removed_name;

use crate::config::Config;
use crate::{audit_key, wings};

/// Most audit entries without an origin that are counted.
const ORIGINS_MAX: u32 = 1_000;

/// What to do when the trail is not whole.
const CURE: &str = "run: tallyhouse audit verify; restore the newest backup whose check is well";

/// What to do when an index is missing.
const INDEX_CURE: &str = "run: tallyhouse jobs run reindex; if it stays, restore the newest backup whose check is well";

/// What to do when the file or the server is damaged.
const DAMAGE_CURE: &str = "stop the server, restore the newest backup whose check is well, and look at the disk";

/// The checks of every wing, and of the trail that all share.
pub fn of(config: &Config) -> Vec<Arc<dyn Check>> {
    let wings = wings::declared(&Arc::new(config.bags.rules()));
    let of_base: [Arc<dyn Check>; 2] = [Arc::new(Trail), Arc::new(Indexes)];
    wings.into_iter().flat_map(|wing| wing.checks).chain(of_base).collect()
}

/// The same, and the whole tree of the trail: reads all of it.
pub fn whole(config: &Config) -> Vec<Arc<dyn Check>> {
    let tree: Arc<dyn Check> = Arc::new(Tree);
    of(config).into_iter().chain([tree]).collect()
}

/// Everything that can be found in the database itself: its own state, every figure recounted, the whole trail.
pub async fn findings(db: &Db, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let faults = db.integrity_faults().await?;
    let mut found = Finding::of_each(&faults, "the database is whole", "the database says:", DAMAGE_CURE);
    for check in whole(config) {
        found.extend(check.look(db).await?);
    }
    Ok(found)
}

/// How many things are wrong.
pub fn faults(found: &[Finding]) -> u32 {
    found.iter().fold(0, |wrong, finding| finding.wrong.saturating_add(wrong))
}

/// Whether the audit trail is whole.
struct Trail;

/// Whether every index is there.
struct Indexes;

/// Whether every entry of the trail is what was signed.
struct Tree;

#[async_trait]
impl Check for Trail {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let mut reader = db.read().await?;
        let wrong = audit::wrong_origins(reader.conn(), ORIGINS_MAX).await?;
        let wrong: Vec<String> = wrong.iter().map(i64::to_string).collect();
        let well = "every audit entry says where it came from";
        Ok(Finding::of_each(&wrong, well, "the origin is missing of audit entry", CURE))
    }
}

#[async_trait]
impl Check for Indexes {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let missing = db.missing_indexes(wings::MIGRATIONS).await?;
        Ok(Finding::of_each(&missing, "every index is there", "missing or not whole is the index", INDEX_CURE))
    }
}

#[async_trait]
impl Check for Tree {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let Some(public) = site_key::find(db, audit_key::PUBLIC).await? else {
            return Ok(vec![Finding::well("the audit trail has no key yet: no server has run")]);
        };
        let Ok(key) = PublicKey::parse(&public) else {
            return Ok(vec![Finding::wrong("the public key of the audit trail is not readable", CURE)]);
        };
        let report = verify(db, &Asked { key: &key, kept: &[], removed_name }).await?;
        let told: Vec<String> = report
            .faults
            .iter()
            .map(|fault| {
                let seq = fault.seq.map(|seq| format!("entry {seq}: ")).unwrap_or_default();
                format!("{seq}{}", fault.what)
            })
            .collect();
        let well = format!("{} entries of the audit trail are what was signed", report.leaves);
        Ok(Finding::of_each(&told, &well, "the audit trail:", CURE))
    }
}
