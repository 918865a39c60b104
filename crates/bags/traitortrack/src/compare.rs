//! What differs there and here after an import: rows that are not here, and rows that somebody has changed since, on
//! either side.
//!
//! Invariant: nothing is written on either side but the report.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::bring::{Target, Watch};
use crate::report::Report;
use crate::rules::{Finding, Site};
use crate::store::traitortrack::Source;
use crate::store::{Import, Kind, different};

/// What was found of the rows of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComparedCounts {
    /// Rows there.
    pub there: u64,
    /// Rows that are the same here.
    pub same: u64,
    /// Rows that are not.
    pub different: u64,
}

/// What was found of all rows, by kind. Requests, notifications and the trail are only counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared(pub BTreeMap<Kind, ComparedCounts>);

impl Compared {
    /// For machines.
    pub fn as_json(&self) -> Value {
        let kinds = self.0.iter().map(|(kind, ComparedCounts { there, same, different })| {
            (kind.name().to_owned(), json!({ "there": there, "same": same, "different": different }))
        });
        Value::Object(kinds.collect())
    }

    /// How many rows differ.
    pub fn different(&self) -> u64 {
        self.0.values().map(|counts| counts.different).sum()
    }
}

/// Compares every row there with what is here; the report gets a line for each value that differs.
pub async fn compare(
    target: &Target<'_>,
    source: &mut Source,
    report: &mut Report,
    watch: Watch<'_>,
) -> anyhow::Result<Compared> {
    let site = Site {
        rules: target.rules,
        areas: target.areas,
        hash_is_known: base_secret::is_known_hash,
        encrypts: target.keys.is_some(),
        now: target.clock.now(),
    };
    let mut import = Import::new(&source.name, site, None, target.origin.clone());
    let mut compared = Compared::default();
    for kind in Kind::ALL {
        import.learn(target.db.read().await?.conn()).await?;
        let total = u64::try_from(source.count(kind).await?).unwrap_or_default();
        let (mut counts, mut after) = (ComparedCounts::default(), 0);
        loop {
            if watch(kind, counts.there, total) == ControlFlow::Break(()) {
                bail!("stopped; nothing was changed");
            }
            let page = source.page(kind, after).await.context("the earlier database cannot be read")?;
            let Some(page) = page else { break };
            counts.there += u64::try_from(page.len()).unwrap_or(u64::MAX);
            if let Some(found) = import.compare(target.db.read().await?.conn(), &page).await? {
                counts.same += found.same;
                counts.different += different(&found);
                let findings: Vec<Finding> = found
                    .differences
                    .into_iter()
                    .map(|found| {
                        let done = match found.field {
                            "missing" => "is there, not here".to_owned(),
                            field => format!("{field} is {:?} there, {:?} here", found.there, found.here),
                        };
                        Finding::new(kind.name(), found.earlier_id, &found.code, "differs", done)
                    })
                    .collect();
                report.tell(&findings)?;
            }
            after = page.up_to;
        }
        compared.0.insert(kind, counts);
    }
    report.finish()?;
    Ok(compared)
}
