//! Copies of backups in the places that a site has named: made, compared, thinned out and brought back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use base_backup::{BackupError, Name, Place, S3, Shelf, Stored, known_sum};
use base_core::time::{Clock, Moment};
use base_db::Db;
use base_records::backup;
use base_records::backup::BackupCopy;

use crate::config::Config;

/// Every place that copies go to.
pub fn places(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<Place>, BackupError> {
    let folder = config.backup.copy_folder.clone().map(Place::Folder);
    let s3 = config.backup.s3.as_ref().map(|settings| S3::open(settings, clock.clone())).transpose()?;
    Ok(folder.into_iter().chain(s3.map(Place::S3)).collect())
}

/// What copying came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Copies that were made.
    pub copied: usize,
    /// Copies that were removed, because they are no longer kept.
    pub removed: usize,
}

/// Copies what a place lacks of the folder of backups, the newest first, and removes there what is no longer kept. A backup that
/// cannot be copied is noted with its fault and does not keep the others; the first fault comes back in the end.
pub async fn bring_up(db: &Db, config: &Config, place: &Place, now: impl Fn() -> Moment) -> anyhow::Result<Counts> {
    let folder = config.backup.folder.clone().context("backup.folder is not set")?;
    place.tidy_broken().await?;
    let there: BTreeSet<String> = place.list().await?.iter().map(|copied| copied.name.to_string()).collect();
    let mut counts = Counts::default();
    let mut first_fault = None;
    for stored in Shelf(folder).list()?.into_iter().filter(|stored| !there.contains(&stored.name.to_string())) {
        match copy(db, place, &stored, now()).await? {
            None => counts.copied += 1,
            Some(fault) => drop(first_fault.get_or_insert(fault)),
        }
    }
    for name in place.tidy(config.backup.keep, &config.bags.zone).await? {
        backup::forget_copy(db, &name.to_string(), place.name()).await?;
        counts.removed += 1;
    }
    match first_fault {
        None => Ok(counts),
        Some(fault) => bail!("{fault}"),
    }
}

/// Copies one backup, and notes how that went. Gives the fault, if there was one.
async fn copy(db: &Db, place: &Place, stored: &Stored, now: Moment) -> anyhow::Result<Option<String>> {
    let known = known_sum(&stored.path)?;
    let fault = place.put(&stored.path, &known).await.err().map(|error| error.to_string());
    let noted = BackupCopy {
        name: stored.name.to_string(),
        place: place.name().to_owned(),
        bytes: i64::try_from(stored.bytes).unwrap_or(i64::MAX),
        sha256: known,
        copied_at: fault.is_none().then_some(now.0),
        compared_at: None,
        tries: 0,
        fault: fault.clone(),
    };
    backup::note_copy(db, &noted).await?;
    Ok(fault)
}

/// Reads the newest copy of a place to its end and compares it with what was copied. Gives the fault, if there is one.
pub async fn compare_newest(db: &Db, place: &Place, now: Moment) -> anyhow::Result<Option<String>> {
    let known = backup::copies(db).await?;
    let of_place = |copy: &&BackupCopy| copy.place == place.name() && copy.copied_at.is_some();
    let Some(newest) = known.iter().find(of_place) else { return Ok(None) };
    let Some(name) = Name::parse(&newest.name) else { return Ok(None) };
    let fault = match place.sha256(name).await {
        Ok(found) if found == newest.sha256 => None,
        Ok(found) => {
            let (place, name, wanted) = (place.describe(), &newest.name, &newest.sha256);
            Some(format!("{place}: the SHA-256 of {name} is {found}, and {wanted} was copied"))
        }
        Err(error) => Some(error.to_string()),
    };
    backup::compare_copy(db, &newest.name, place.name(), now, fault.as_deref()).await?;
    Ok(fault)
}

/// A backup as a person names it: a file, the name of a copy, or `s3://bucket/prefix/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A file that is here.
    File(PathBuf),
    /// A copy in a place.
    Copy(Name, &'static str),
}

/// What a person means by `text`. A file that is there comes first.
pub fn named(config: &Config, text: &str) -> anyhow::Result<Named> {
    if let Some(rest) = text.strip_prefix("s3://") {
        let settings = config.backup.s3.as_ref().context("backup.s3 is not set: nothing can be fetched from there")?;
        let file = rest.strip_prefix(&format!("{}/{}", settings.bucket, settings.prefix));
        let name = file.and_then(Name::parse).with_context(|| {
            let of = format!("s3://{}/{}", settings.bucket, settings.prefix);
            format!("{text} is no backup of {of}; see: tallyhouse backup list --s3")
        })?;
        return Ok(Named::Copy(name, "s3"));
    }
    let path = Path::new(text);
    if path.exists() {
        return Ok(Named::File(path.to_owned()));
    }
    let here = config.backup.folder.as_ref().map(|folder| folder.join(text)).filter(|path| path.is_file());
    if let (Some(here), Some(_)) = (here, Name::parse(text)) {
        return Ok(Named::File(here));
    }
    let place =
        if config.backup.s3.is_some() { Some("s3") } else { config.backup.copy_folder.as_ref().map(|_| "folder") };
    match (Name::parse(text), place) {
        (Some(name), Some(place)) => Ok(Named::Copy(name, place)),
        (Some(_), None) => bail!("there is no {text} here, and no place for copies is set"),
        (None, _) => bail!("there is no file {text}"),
    }
}

/// Brings a copy into a folder. The place that was named comes first, then the others.
pub async fn fetch(places: &[Place], name: Name, first: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let mut last = None;
    let (wanted, others): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.name() == first);
    for place in wanted.into_iter().chain(others) {
        match place.fetch(name, folder).await {
            Ok(path) => return Ok(path),
            Err(error) => drop(last.get_or_insert(error)),
        }
    }
    match last {
        Some(error) => Err(error.into()),
        None => bail!("no place for copies is set: set backup.s3 or backup.copy_folder"),
    }
}
