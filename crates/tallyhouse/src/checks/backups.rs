//! Whether there is a backup that is new enough, was tried, and was copied to where it should be.

use base_core::time::{DAY_US, HOUR_US, Moment};
use base_db::{Db, StoreError};
use base_records::backup;
use base_seams::Finding;

use crate::config::Config;

/// A backup that is later than its turn by so much is missing.
const LATE_US: i64 = HOUR_US;
/// A trial runs every night.
const TRIED_WITHIN_US: i64 = 2 * DAY_US;
/// Copies are made every ten minutes.
const COPIED_WITHIN_US: i64 = 2 * HOUR_US;

/// Looks at what is noted of backups.
pub async fn look(db: &Db, config: &Config, now: Moment) -> Result<Vec<Finding>, StoreError> {
    let Some(folder) = &config.backup.folder else {
        let text =
            "no backups are made by themselves; set backup.folder, best on another disk, and start the server again";
        return Ok(vec![Finding::well(text)]);
    };
    let all = backup::list(db).await?;
    let Some(newest) = all.first() else {
        let text = format!("no backup is noted of {}", folder.display());
        return Ok(vec![Finding::wrong(text, "run: tallyhouse backup now; a running server makes the first at once")]);
    };
    let hours = i64::try_from(config.backup.every_hours).unwrap_or(i64::MAX);
    let age_us = now.since_us(Moment(newest.made_at));
    let made = Moment(newest.made_at).rfc3339();
    let mut found = Vec::new();
    if age_us > hours.saturating_mul(HOUR_US).saturating_add(LATE_US) {
        let text = format!("the newest backup is of {made}, and one is made every {hours} hours");
        found.push(Finding::wrong(
            text,
            "run: tallyhouse jobs list; look at what the job backups says, and at the disk",
        ));
    } else {
        found.push(Finding::well(format!("the newest backup is of {made}")));
    }
    if !std::path::Path::new(folder).join(&newest.name).is_file() {
        let text = format!("the backup {} is noted and not in {}", newest.name, folder.display());
        found.push(Finding::wrong(text, "look who removes files there; run: tallyhouse backup now"));
    }
    let tried = all.iter().find(|backup| backup.proved_at.is_some());
    found.push(match tried {
        Some(tried) if tried.fault.is_some() => {
            let text =
                format!("the backup {} cannot be restored: {}", tried.name, tried.fault.as_deref().unwrap_or(""));
            Finding::wrong(text, "run: tallyhouse backup now, then: tallyhouse backup check FILE")
        }
        Some(tried) if tried.proved_at.is_some_and(|at| now.since_us(Moment(at)) <= TRIED_WITHIN_US) => {
            Finding::well(format!("the backup {} was restored for a trial and is well", tried.name))
        }
        _ if all.last().is_some_and(|oldest| now.since_us(Moment(oldest.made_at)) <= TRIED_WITHIN_US) => {
            Finding::well("the first trial of a backup is yet to come, in the night")
        }
        _ => Finding::wrong("no backup was tried for two days", "run: tallyhouse jobs run backup_trials"),
    });
    found.extend(copies(db, config, now).await?);
    Ok(found)
}

async fn copies(db: &Db, config: &Config, now: Moment) -> Result<Vec<Finding>, StoreError> {
    const CURE: &str = "run: tallyhouse jobs run backup_copies; see Copies in docs/running.md";
    let places = [("folder", config.backup.copy_folder.is_some()), ("s3", config.backup.s3.is_some())];
    let all = backup::copies(db).await?;
    let newest = backup::list(db).await?.into_iter().next();
    let mut found = Vec::new();
    for (place, _) in places.into_iter().filter(|(_, is_set)| *is_set) {
        let of_place = || all.iter().filter(move |copy| copy.place == place);
        if let Some(copy) = of_place().find(|copy| copy.fault.is_some()) {
            let fault = copy.fault.as_deref().unwrap_or_default();
            found.push(Finding::wrong(format!("the copy of {} ({place}): {fault}", copy.name), CURE));
            continue;
        }
        let is_copied = |name: &str| of_place().any(|copy| copy.name == name && copy.copied_at.is_some());
        let late = newest
            .as_ref()
            .filter(|newest| now.since_us(Moment(newest.made_at)) > COPIED_WITHIN_US && !is_copied(&newest.name));
        found.push(match late {
            Some(newest) => Finding::wrong(format!("{} is not copied yet ({place})", newest.name), CURE),
            None => Finding::well(format!("{} backups are copied ({place})", of_place().count())),
        });
    }
    Ok(found)
}
