//! `tallyhouse migrate`: brings the schema up to date. `serve` does the same when it starts.

use crate::config::Config;
use crate::site;

/// Runs the command.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let db = site::open(&config.database).await?;
    site::backup_first(&db, &config).await?;
    db.migrate(crate::wings::MIGRATIONS).await?;
    let known = db.schema_state(crate::wings::MIGRATIONS).await?.known;
    eprintln!("the {} database is up to date: {known} migrations", db.name());
    db.close().await;
    Ok(())
}
