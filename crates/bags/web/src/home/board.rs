//! The figures of the home page, as the page, the API and the live feed give them.

use serde::Serialize;

/// The dashboard of one scope.
#[derive(Debug, Serialize)]
pub struct Dashboard {
    /// Parents and children that exist.
    pub bags: i64,
    /// Parents that exist.
    pub parents: i64,
    /// Children that exist.
    pub children: i64,
    /// Bills; in an area those that hold a parent of it.
    pub bills: i64,
    /// Bills that are new or processing.
    pub active_bills: i64,
    /// Bills that are completed.
    pub completed_bills: i64,
    /// Scans since the beginning that were not refused.
    pub scans: i64,
    /// Scans today that were not refused; the day begins at midnight of the site's zone.
    pub scans_today: i64,
    /// Scans of the last 24 hours that were not refused.
    pub scans_24h: i64,
    /// Scans of the last 60 minutes that were not refused.
    pub scans_last_hour: i64,
    /// Scans today that a rule refused.
    pub scans_refused_today: i64,
    /// Accepted scans until the same time a week ago.
    pub scans_week_ago: i64,
    /// Bills created before today that are not completed, up to 1,000; 0 for people who see one area.
    pub bills_left_open: i64,
    /// Parents first scanned before today that are neither empty nor completed, up to 1,000.
    pub parents_left_open: i64,
    /// How many scans were refused until this time on a usual day: the mean of the seven days before.
    pub refused_usually: i64,
    /// Dispatchers who scanned in the last 60 minutes.
    pub active_dispatchers: i64,
    /// Today, `DD/MM/YY` in the site's zone.
    pub day: String,
    /// Scans of today by hour of the day, not refused.
    pub hours: Vec<Hour>,
    /// Scans of today by area, not refused; only for people who see every area.
    pub areas: Vec<AreaBar>,
    /// The latest scans, newest first.
    pub latest: Vec<LatestScan>,
    /// The latest bills, newest first; only for people who see every area.
    pub latest_bills: Vec<LatestBill>,
}

/// What only one person sees.
#[derive(Debug, Serialize)]
pub struct Own {
    /// Their scans today that were not refused.
    pub my_scans_today: i64,
    /// Their latest scans, newest first.
    pub mine: Vec<OwnLatest>,
    /// How many accounts there are; for admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_users: Option<i64>,
}

/// One hour of the day.
#[derive(Debug, Serialize)]
pub struct Hour {
    /// `00` to `23`.
    pub label: String,
    /// Scans.
    pub scans: i64,
}

/// One area today.
#[derive(Debug, Serialize)]
pub struct AreaBar {
    /// The stored name; empty for bags without area.
    pub area: String,
    /// As people read it.
    pub title: String,
    /// Scans.
    pub scans: i64,
}

/// A scan as the dashboard shows it.
#[derive(Debug, Serialize)]
pub struct LatestScan {
    /// `HH:MM:SS` in the site's zone.
    pub time: String,
    /// The code.
    pub code: String,
    /// The parent concerned.
    pub parent: Option<String>,
    /// What became of it.
    pub outcome: &'static str,
    /// Who.
    pub person: Option<String>,
    /// Where.
    pub station: Option<String>,
}

/// A scan of the person who looks.
#[derive(Debug, Serialize)]
pub struct OwnLatest {
    /// `DD/MM/YY HH:MM` in the site's zone.
    pub time: String,
    /// The code.
    pub code: String,
    /// What became of it.
    pub outcome: String,
}

/// A bill as the dashboard shows it.
#[derive(Debug, Serialize)]
pub struct LatestBill {
    /// Its number.
    pub number: String,
    /// Its number as a part of an address.
    pub path: String,
    /// `new`, `processing` or `completed`.
    pub status: &'static str,
    /// Parents on it.
    pub parents: i64,
    /// The number of parents it can hold.
    pub capacity: i64,
    /// Parents in percent of the capacity.
    pub percent: i64,
    /// `DD/MM/YY HH:MM` in the site's zone.
    pub created_at: String,
}
