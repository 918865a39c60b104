//! `/metrics`: the figures of the running program and of its site, as Prometheus reads them.
//!
//! Invariants: they are for whoever may read them, by the token of the configuration or one of a person with the permission; the
//! database is asked at most every few seconds, however often somebody reads.

use axum::extract::{FromRequestParts, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base_core::figure::Figure;
use base_core::permission::METRICS_READ;
use base_core::time::{Moment, SECOND_US};
use base_db::StoreError;
use base_records::watched::{Watched, watched};
use base_secret::{equal, hash_token};
use metrics::{counter, gauge};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::Problem;
use crate::session::{Caller, bearer};
use crate::{figures, process};

/// How long what the database says is shown before it is asked again.
const ASKED_EVERY_US: i64 = 5 * SECOND_US;

const BUILD: &str = "tallyhouse_build_info";
const SESSIONS: &str = "tallyhouse_sessions";
const CONNECTIONS: &str = "tallyhouse_db_connections";
const CONNECTIONS_MAX: &str = "tallyhouse_db_connections_max";
const DB_UP: &str = "tallyhouse_db_up";
const DB_BYTES: &str = "tallyhouse_db_size_bytes";
const MAILS: &str = "tallyhouse_mails";
const MAIL_AGE: &str = "tallyhouse_mail_overdue_seconds";
const UNSEALED: &str = "tallyhouse_audit_unsealed_entries";
const SEAL_LAG: &str = "tallyhouse_audit_seal_lag_seconds";
const BACKUP_AT: &str = "tallyhouse_backup_timestamp_seconds";
const PROVED_AT: &str = "tallyhouse_backup_proved_timestamp_seconds";
const TRIAL_BAD: &str = "tallyhouse_backup_trial_failed";
const ALERTS: &str = "tallyhouse_alerts";
const MEMORY: &str = "process_resident_memory_bytes";
const CPU: &str = "process_cpu_seconds_total";
const FILES: &str = "process_open_fds";

/// What is shown here of the site and of the process.
pub const FIGURES: &[Figure] = &[
    Figure::gauge(BUILD, &["version", "database"], "Always 1; which version runs on which database."),
    Figure::gauge(SESSIONS, &["realm"], "Sessions that have not ended."),
    Figure::gauge(CONNECTIONS, &["pool", "state"], "Connections to the database: `in_use` or `idle`."),
    Figure::gauge(CONNECTIONS_MAX, &["pool"], "How many connections to the database there may be."),
    Figure::gauge(DB_UP, &[], "1 while the database answers."),
    Figure::gauge(DB_BYTES, &[], "How much room the database takes."),
    Figure::gauge(MAILS, &["state"], "Mails that wait to be sent or were given up."),
    Figure::gauge(MAIL_AGE, &[], "How long the oldest mail that could be sent has waited."),
    Figure::gauge(UNSEALED, &[], "Entries of the trail under no checkpoint yet, up to 1,001."),
    Figure::gauge(SEAL_LAG, &[], "The age of the oldest of them."),
    Figure::gauge(BACKUP_AT, &[], "When the newest backup was made, in seconds since 1970; absent without one."),
    Figure::gauge(PROVED_AT, &[], "When a backup was last tried and was well, in seconds since 1970; absent if never."),
    Figure::gauge(TRIAL_BAD, &[], "1 where the last trial of a backup found a fault."),
    Figure::gauge(ALERTS, &["kind"], "Alerts that are not over."),
    Figure::gauge(MEMORY, &[], "Memory that this program has, as the system counts it."),
    Figure::counter(CPU, &[], "Time that this program has had of processors, in whole seconds."),
    Figure::gauge(FILES, &[], "Files and connections that this program has open."),
];

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Somebody who may read figures.
pub struct Watcher;

impl FromRequestParts<App> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let known = app.settings.watch.metrics_token_hash.as_deref();
        let is_known = |text: &str| known.is_some_and(|known| equal(&hash_token(text), known));
        if bearer(&parts.headers).is_some_and(is_known) {
            return Ok(Self);
        }
        Caller::from_request_parts(parts, app).await?.must(METRICS_READ)?;
        Ok(Self)
    }
}

/// The figures of the running program, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", extensions(("x-permission" = json!("metrics.read"))),
    responses((status = 200, description = "Figures in the text format of Prometheus.", content_type = "text/plain",
        body = String)))]
pub async fn show(State(app): State<App>, _: Watcher) -> Response {
    renew(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures::rendered()).into_response()
}

/// Renews what is not counted where it happens.
async fn renew(app: &App) {
    let database = app.db.name();
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION"), "database" => database).set(1.0);
    for pool in app.db.pools() {
        gauge!(CONNECTIONS_MAX, "pool" => pool.pool).set(f64::from(pool.max));
        gauge!(CONNECTIONS, "pool" => pool.pool, "state" => "in_use").set(f64::from(pool.in_use));
        gauge!(CONNECTIONS, "pool" => pool.pool, "state" => "idle").set(f64::from(pool.open - pool.in_use));
    }
    let process = process::now();
    gauge!(MEMORY).set(number(process.memory_bytes));
    gauge!(FILES).set(number(process.files));
    counter!(CPU).absolute(process.cpu_s);
    let mut asked = app.metrics_asked_at.lock().await;
    let now = app.clock.now();
    if asked.is_some_and(|at| (0..ASKED_EVERY_US).contains(&now.since_us(at))) {
        return;
    }
    let up = match of_site(app, now).await {
        Ok(()) => 1.0,
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "the database was not asked for figures");
            0.0
        }
    };
    gauge!(DB_UP).set(up);
    *asked = Some(now);
}

async fn of_site(app: &App, now: Moment) -> Result<(), StoreError> {
    gauge!(DB_BYTES).set(number(app.db.bytes().await?.unsigned_abs()));
    let Watched { sessions, mails, mail_due_at, unsealed, unsealed_since, .. } = &show_backups(app, now).await?;
    for (realm, n) in base_core::realm::Realm::ALL.iter().zip(sessions) {
        gauge!(SESSIONS, "realm" => realm.name()).set(number(n.unsigned_abs()));
    }
    gauge!(MAILS, "state" => "waiting").set(number(mails.waiting.unsigned_abs()));
    gauge!(MAILS, "state" => "failed").set(number(mails.failed.unsigned_abs()));
    let age = |at: &Option<i64>| at.map_or(0, |at| now.since_us(Moment(at)).max(0) / SECOND_US).unsigned_abs();
    gauge!(MAIL_AGE).set(number(age(mail_due_at)));
    gauge!(UNSEALED).set(number(*unsealed));
    gauge!(SEAL_LAG).set(number(age(unsealed_since)));
    Ok(())
}

async fn show_backups(app: &App, now: Moment) -> Result<Watched, StoreError> {
    let watched = watched(&app.db, now).await?;
    let seconds = |at: i64| number((at.max(0) / SECOND_US).unsigned_abs());
    if let Some(at) = watched.backup_at {
        gauge!(BACKUP_AT).set(seconds(at));
    }
    if let Some(at) = watched.proved_at {
        gauge!(PROVED_AT).set(seconds(at));
    }
    gauge!(TRIAL_BAD).set(f64::from(u8::from(watched.is_trial_bad)));
    for kind in base_health::alert::Kind::ALL {
        let n = watched.alerts.iter().filter(|name| *name == kind.name()).count();
        gauge!(ALERTS, "kind" => kind.name()).set(number(n as u64));
    }
    Ok(watched)
}

/// A count as figures are stored.
#[expect(clippy::cast_precision_loss, reason = "counts and bytes have fewer than 53 bits")]
fn number(n: u64) -> f64 {
    n as f64
}
