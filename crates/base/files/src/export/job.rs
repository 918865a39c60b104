//! Making the files that wait: one at a time, by whichever node holds the job.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;

use base_core::audit::{Entry, Origin};
use base_core::time::{Clock, Moment, SECOND_US};
use base_db::{Db, StoreError};
use base_records::audit::Record;
use base_records::export_file::ExportFile;
use base_records::{audit, export_file};
use jiff::tz::TimeZone;
use serde_json::json;

use super::choice::Exports;
use super::error::ExportError;
use super::rows::Rows;
use super::setting::Setting;
use super::workbook::workbook;

/// Size of the parts in which a file is kept, in bytes.
pub const PART_BYTES: usize = 1 << 20;
/// Progress is noted so often, in microseconds: a note takes the writer.
const NOTE_EVERY_US: i64 = SECOND_US;

/// What became of the oldest file that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// None waits.
    Nothing,
    /// It is ready, or was given up or cancelled: the next may be made.
    One,
}

/// Makes the oldest file that waits. To be called by one node at a time. A file whose making was cut off begins anew; one
/// that fails is tried again, [`export_file::TRIES_MAX`] times in all.
pub async fn make_next(exports: &Exports, db: &Db, clock: &Arc<dyn Clock>) -> Result<Made, ExportError> {
    let Some(file) = export_file::begin_next(db, clock.now()).await? else { return Ok(Made::Nothing) };
    if file.state == "failed" {
        note(db, &file, clock.now(), "failed", 0).await?;
        return Ok(Made::One);
    }
    match make(exports, db, clock, &file).await {
        Ok(()) | Err(ExportError::Cancelled) => Ok(Made::One),
        Err(error) => Err(error),
    }
}

async fn make(exports: &Exports, db: &Db, clock: &Arc<dyn Clock>, file: &ExportFile) -> Result<(), ExportError> {
    let unreadable = || StoreError::Unreadable { what: "choice of an export", value: file.filter.clone() };
    let choice = exports.stored(&file.what, &file.filter).ok_or_else(unreadable)?;
    let setting = Setting {
        zone: TimeZone::get(&file.zone).unwrap_or(TimeZone::UTC),
        site: serde_json::from_str(&file.settings).unwrap_or_default(),
        at: Moment(file.created_at),
    };
    let mut noted_at = clock.now();
    let progress = |done: u64| {
        let now = clock.now();
        let is_due = now.since_us(noted_at) >= NOTE_EVERY_US;
        if is_due {
            noted_at = now;
        }
        async move { if is_due { Ok(export_file::progress(db, &file.id, done).await?) } else { Ok(true) } }
    };
    let (made, rows) = workbook(Rows::new(db, choice, setting), progress).await?;
    let bytes = keep(db, &file.id, made).await?;
    let now = clock.now();
    let mut tx = db.write().await?;
    if export_file::end(tx.conn(), &file.id, "ready", (rows, bytes), now).await? {
        let origin = origin(file);
        let record = Record { at: now, entry: entry(file, "ready", rows), origin: &origin };
        audit::insert(tx.conn(), &[record]).await?;
    }
    Ok(tx.commit().await?)
}

/// Keeps the file in parts, each in a transaction of its own, so that scans come between them.
async fn keep(db: &Db, id: &str, mut file: File) -> Result<u64, ExportError> {
    file.rewind()?;
    let mut bytes = 0;
    for place in 0.. {
        let (rest, part) = tokio::task::spawn_blocking(move || {
            let mut part = Vec::with_capacity(PART_BYTES);
            (&mut file).take(PART_BYTES as u64).read_to_end(&mut part).map(|_| (file, part))
        })
        .await
        .map_err(|_| ExportError::CutOff)??;
        if part.is_empty() {
            break;
        }
        if !export_file::keep_part(db, id, place, &part).await? {
            return Err(ExportError::Cancelled);
        }
        bytes += part.len() as u64;
        file = rest;
    }
    Ok(bytes)
}

fn origin(file: &ExportFile) -> Origin {
    Origin { actor: file.account_id, agent: "job".into(), request_id: file.id.clone(), ..Origin::default() }
}

fn entry(file: &ExportFile, state: &str, rows: u64) -> Entry {
    let filter: serde_json::Value = serde_json::from_str(&file.filter).unwrap_or_default();
    Entry::new("export", "export", &*file.what)
        .with_after(&json!({ "format": "xlsx", "filter": filter, "state": state, "rows": rows }))
}

async fn note(db: &Db, file: &ExportFile, at: Moment, state: &str, rows: u64) -> Result<(), StoreError> {
    let origin = origin(file);
    let mut tx = db.write().await?;
    audit::insert(tx.conn(), &[Record { at, entry: entry(file, state, rows), origin: &origin }]).await?;
    tx.commit().await
}
