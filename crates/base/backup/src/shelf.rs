//! The folder in which backups stand, and which of them are kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base_core::time::Moment;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::BackupError;
use crate::name::Name;
use crate::sum::sum_path;

/// How many backups are kept: the newest of each of the last hours, days and weeks that have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Of the last hours.
    pub hourly: usize,
    /// Of the last days.
    pub daily: usize,
    /// Of the last weeks.
    pub weekly: usize,
    /// Of the last months.
    pub monthly: usize,
}

/// A folder of backups.
#[derive(Clone, Debug)]
pub struct Shelf(pub PathBuf);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub path: PathBuf,
    /// What its name says.
    pub name: Name,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Shelf {
    /// Every backup, the newest first. A folder that does not exist has none; other files are left alone.
    pub fn list(&self) -> Result<Vec<Stored>, BackupError> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(BackupError::disk(&self.0)(error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(BackupError::disk(&self.0))?;
            let Some(name) = entry.file_name().to_str().and_then(Name::parse) else { continue };
            let bytes = entry.metadata().map_err(BackupError::disk(&entry.path()))?.len();
            found.push(Stored { path: entry.path(), name, bytes });
        }
        found.sort_by_key(|stored| std::cmp::Reverse(stored.name.at));
        Ok(found)
    }

    /// Removes what is no longer kept, and returns it.
    pub fn tidy(&self, keep: Keep, zone: &TimeZone) -> Result<Vec<PathBuf>, BackupError> {
        let all = self.list()?;
        let times: Vec<Moment> = all.iter().map(|stored| stored.name.at).collect();
        let kept = kept(&times, keep, zone);
        let mut removed = Vec::new();
        for stored in all.into_iter().filter(|stored| !kept.contains(&stored.name.at)) {
            remove(&stored.path)?;
            removed.push(stored.path);
        }
        Ok(removed)
    }
}

pub(crate) fn remove(path: &Path) -> Result<(), BackupError> {
    // The sum first: a backup without one still has the sums inside, a sum alone says nothing.
    match std::fs::remove_file(sum_path(path)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(BackupError::disk(path)(error)),
        _removed => {}
    }
    std::fs::remove_file(path).map_err(BackupError::disk(path))
}

/// The name of the hour, day or week that a time is in.
type Span = fn(&jiff::Zoned) -> String;

/// Which of these times, the newest first, are kept. The newest always is.
pub fn kept(times: &[Moment], keep: Keep, zone: &TimeZone) -> BTreeSet<Moment> {
    let mut kept: BTreeSet<Moment> = times.first().copied().into_iter().collect();
    let spans: [(usize, Span); 4] = [
        (keep.hourly, |at| at.strftime("%Y-%m-%d %H %z").to_string()),
        (keep.daily, |at| at.strftime("%Y-%m-%d").to_string()),
        (keep.weekly, |at| at.strftime("%G-%V").to_string()),
        (keep.monthly, |at| at.strftime("%Y-%m").to_string()),
    ];
    for (count, span) in spans {
        let mut seen = BTreeSet::new();
        for time in times {
            let Ok(at) = Timestamp::from_microsecond(time.0) else { continue };
            let span = span(&at.to_zoned(zone.clone()));
            if seen.contains(&span) {
                continue;
            }
            if seen.len() == count {
                break;
            }
            seen.insert(span);
            kept.insert(*time);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use base_core::time::{DAY_US, MINUTE_US};

    use super::*;

    #[test]
    fn the_newest_of_each_hour_day_and_week_is_kept_and_no_more() {
        let newest = Moment::parse("2026-11-30T16:30:00Z").expect("a time");
        // Two an hour, over 60 days.
        let times: Vec<Moment> = (0..60 * 48).map(|n| newest.plus_us(-n * 30 * MINUTE_US)).collect();
        let keep = Keep { hourly: 24, daily: 7, weekly: 4, monthly: 0 };
        let kept = kept(&times, keep, &TimeZone::UTC);
        let hours = kept.iter().filter(|time| newest.since_us(**time) < DAY_US).count();
        assert_eq!(hours, 24);
        assert!(kept.contains(&newest));
        // The ends of two days and of two weeks are among the hours: five days and two weeks are left.
        assert_eq!(kept.len(), 24 + 5 + 2);
        assert!(kept.iter().all(|time| newest.since_us(*time) < 23 * DAY_US));
        let none = super::kept(&times, Keep { hourly: 0, daily: 0, weekly: 0, monthly: 0 }, &TimeZone::UTC);
        assert_eq!(none.into_iter().collect::<Vec<_>>(), [newest]);
    }
}
