//! `tallyhouse user data`: what the wings keep of a person.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use base_core::account::AccountId;
use base_core::audit::Entry;
use base_db::Db;
use base_wing::PersonData;
use serde_json::json;

use crate::commands::answer;
use crate::site::Site;
use crate::wings;

/// What one wing keeps.
struct OfWing {
    name: &'static str,
    data: Arc<dyn PersonData>,
}

/// Runs the command.
pub async fn run(site: &Site, name: &str, export: Option<&Path>) -> anyhow::Result<()> {
    let found = super::find(site, name).await?;
    let declared = wings::declared(&Arc::new(site.config.bags.rules()));
    let of_wings: Vec<OfWing> =
        declared.into_iter().filter_map(|wing| Some(OfWing { name: wing.name, data: wing.person_data? })).collect();
    let Some(path) = export else { return tell(&site.db, &of_wings, found.id).await };
    let mut new = OpenOptions::new();
    // Only the one who asked may read it.
    let file = new.write(true).create_new(true).mode(0o600).open(path);
    let file = file.with_context(|| format!("{} cannot be created", path.display()))?;
    let rows = write(&site.db, &of_wings, found.id, file).await?;
    let mut tx = site.db.write().await?;
    let entry =
        Entry::new("person_data_export", "account", found.username.as_str()).with_after(&json!({ "rows": rows }));
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    eprintln!("wrote {rows} rows to {}", path.display());
    Ok(())
}

async fn tell(db: &Db, wings: &[OfWing], account: AccountId) -> anyhow::Result<()> {
    let mut snapshot = db.snapshot().await?;
    answer("wing\tkind\trows")?;
    for wing in wings {
        for kept in wing.data.count(snapshot.conn(), account).await? {
            answer(&format!("{}\t{}\t{}", wing.name, kept.what, kept.n))?;
        }
    }
    Ok(())
}

/// Writes an object of wings, of kinds, of rows, and says how many rows it were. Row by row: a person's scans may be many.
async fn write(db: &Db, wings: &[OfWing], account: AccountId, file: File) -> anyhow::Result<u64> {
    let mut snapshot = db.snapshot().await?;
    let (mut out, mut rows) = (BufWriter::new(file), 0);
    let mut between_wings = "{";
    for wing in wings {
        write!(out, "{between_wings}\n{}: ", json!(wing.name))?;
        between_wings = ",";
        let mut between_kinds = "{";
        for kept in wing.data.count(snapshot.conn(), account).await? {
            write!(out, "{between_kinds}\n{}: [", json!(kept.what))?;
            between_kinds = ",";
            let (mut after, mut between) = (None, "");
            loop {
                let page = wing.data.export(snapshot.conn(), account, kept.what, after.as_deref()).await?;
                for row in page.rows {
                    write!(out, "{between}\n{row}")?;
                    between = ",";
                    rows += 1;
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            write!(out, "]")?;
        }
        write!(out, "{}", if between_kinds == "{" { "{}" } else { "}" })?;
    }
    writeln!(out, "{}", if between_wings == "{" { "{}" } else { "}" })?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(rows)
}
