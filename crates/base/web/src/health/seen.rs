//! A sample of this node, every half minute.

use std::time::Instant;

use base_db::StoreError;
use base_records::health_sample::{self, Sample};

use crate::app::App;
use crate::process;

/// Connections to the database, all purposes together. One that decides scans or writes alone is in use whenever there is
/// work, so it says nothing of how many there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// How many there may be.
    pub size: i64,
    /// How many are in use.
    pub in_use: i64,
}

impl PoolUse {
    /// As it is now.
    pub fn of(app: &App) -> Self {
        let pools = app.db.pools();
        let counted = pools.iter().filter(|pool| pool.pool != "desk" && pool.max > 1);
        counted.fold(Self { size: 0, in_use: 0 }, |sum, pool| Self {
            size: sum.size + i64::from(pool.max),
            in_use: sum.in_use + i64::from(pool.in_use),
        })
    }

    /// The share in use, in whole percent.
    pub fn percent(self) -> i64 {
        (self.in_use * 100).checked_div(self.size).unwrap_or_default()
    }
}

/// How long a short query takes, in microseconds.
pub async fn query_us(app: &App) -> Result<i64, StoreError> {
    let begun = Instant::now();
    app.db.ping().await?;
    Ok(micros(begun))
}

/// How long a short query of the trail takes, in microseconds.
pub async fn audit_us(app: &App) -> Result<i64, StoreError> {
    let mut reader = app.db.read().await?;
    let begun = Instant::now();
    let _newest = health_sample::ask_trail(reader.conn()).await?;
    Ok(micros(begun))
}

fn micros(begun: Instant) -> i64 {
    i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX)
}

/// Takes a sample of this node.
pub async fn take(app: &App) -> Result<Sample, StoreError> {
    // Before this asks for connections of its own.
    let pool = PoolUse::of(app);
    let now = app.clock.now();
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sample = Sample {
        node: app.settings.watch.node.clone(),
        at: now.0,
        pool_size: pool.size,
        pool_in_use: pool.in_use,
        query_us: query_us(app).await?,
        audit_us: audit_us(app).await?,
        errors_a_minute: count(app.errors.in_last_minute(now)),
        sign_ins_a_minute: count(app.refusals.failed_sign_ins.in_last_minute(now)),
        memory_bytes: count(process::now().memory_bytes),
        disk_percent: app.seen.last().disk_percent,
    };
    health_sample::keep(&app.db, &sample).await?;
    Ok(sample)
}
