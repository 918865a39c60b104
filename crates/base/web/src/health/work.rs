//! How the site is, for the page and for programs.

use base_core::permission::HEALTH_READ;
use base_core::time::{HOUR_US, MINUTE_US, Moment, SECOND_US};
use base_health::component::{self, State};
use base_records::health_sample;
use base_records::watched::{Watched, watched};

use super::seen::{self, PoolUse};
use crate::app::App;
use crate::error::Problem;
use crate::memory::Remembered;
use crate::process;
use crate::session::Caller;

/// A part of the site, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its stable name.
    pub name: String,
    /// How it is.
    pub state: State,
}

/// How the site is.
#[derive(Clone, Debug)]
pub struct Health {
    /// When this was looked at.
    pub at: Moment,
    /// Its parts, those of the earlier system first.
    pub components: Vec<Component>,
    /// How long a short query took, in microseconds; none where the database does not answer.
    pub query_us: Option<i64>,
    /// The same of the trail.
    pub audit_us: Option<i64>,
    /// Connections.
    pub pool: PoolUse,
    /// The memory of sessions.
    pub cache: Remembered,
    /// Room that the database takes, in bytes.
    pub database_bytes: i64,
    /// Memory of this program and of the machine, in bytes.
    pub memory_bytes: [u64; 2],
    /// Entries of the trail of the last hour that tell of an error.
    pub errors_last_hour: i64,
    /// For how long this program has run, in microseconds.
    pub uptime_us: i64,
    /// How full the fullest disk is, in percent.
    pub disk_percent: Option<i64>,
    /// What stands in the database.
    pub watched: Watched,
}

impl Health {
    /// The worst of all parts. What nobody can know yet is no fault of the site.
    pub fn overall(&self) -> State {
        State::worst(self.components.iter().map(|component| component.state).filter(|state| *state != State::Unknown))
    }

    /// How one part is.
    pub fn state(&self, name: &str) -> State {
        self.components.iter().find(|component| component.name == name).map_or(State::Unknown, |one| one.state)
    }

    /// How long the oldest mail has been due, in minutes.
    pub fn mail_overdue_min(&self) -> i64 {
        self.watched.mail_due_at.map_or(0, |due| (self.at.0 - due).max(0) / MINUTE_US)
    }

    /// The age of the oldest entry of the trail under no checkpoint, in seconds.
    pub fn seal_lag_s(&self) -> i64 {
        self.watched.unsealed_since.map_or(0, |since| (self.at.0 - since).max(0) / SECOND_US)
    }
}

/// Looks at the site.
pub async fn look(app: &App, caller: &Caller) -> Result<Health, Problem> {
    caller.must(HEALTH_READ)?;
    let at = app.clock.now();
    // Before this asks for connections of its own.
    let pool = PoolUse::of(app);
    let last = app.seen.last();
    let watched = watched(&app.db, at).await?;
    let errors_last_hour = health_sample::errors_since(app.db.read().await?.conn(), at.plus_us(-HOUR_US)).await?;
    let mut health = Health {
        at,
        components: Vec::new(),
        query_us: seen::query_us(app).await.ok(),
        audit_us: seen::audit_us(app).await.ok(),
        pool,
        cache: app.sessions.asked(),
        database_bytes: app.db.bytes().await?,
        memory_bytes: [process::now().memory_bytes, process::machine_bytes()],
        errors_last_hour,
        uptime_us: last.started_at.map_or(0, |started| at.since_us(started).max(0)),
        disk_percent: last.disk_percent,
        watched,
    };
    health.components = components(app, &health);
    health.components.extend(last.outside.into_iter().map(|(name, answers)| {
        let state = if answers { State::Healthy } else { State::Unhealthy };
        Component { name, state }
    }));
    Ok(health)
}

fn components(app: &App, health: &Health) -> Vec<Component> {
    let (settings, watched) = (&app.settings, &health.watched);
    let hours = |at: Option<i64>| at.map(|at| (health.at.0 - at).max(0) / HOUR_US);
    let (cache, watch) = (health.cache, &settings.watch);
    let [age, proved] = [hours(watched.backup_at), hours(watched.proved_at)];
    let of = |name: &str, state| Component { name: name.to_owned(), state };
    vec![
        of("database", component::database(health.query_us, health.pool.percent())),
        of("cache", component::cache(cache.hits, cache.misses)),
        of("session", component::session(settings.sign_in.secret_keys.is_some(), settings.secure_cookies)),
        // There is no way to switch it off.
        of("rate_limiter", State::Healthy),
        of("audit_log", component::audit_log(health.audit_us)),
        of("email", component::email(settings.outbox.is_open(), health.mail_overdue_min())),
        of("backup", component::backup(watch.backups_every_hours, age, proved, watched.is_trial_bad)),
        of("seal", component::seal(watch.is_sealed, health.seal_lag_s())),
        of("disk", component::disk(health.disk_percent)),
    ]
}
