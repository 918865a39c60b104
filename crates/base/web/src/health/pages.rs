//! The pages of health, of connections and of slow statements.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::audit::Entry;
use base_core::permission::{HEALTH_READ, SITE_MAINTAIN};
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment};
use base_db::inspect::{END_MS, TableSize};
use base_db::slow;
use base_health::component::{State as How, hit_percent};
use base_health::pool::{Level, TREND_US, Trend};
use base_records::audit::{self, Record};
use base_records::health_sample::{self, Hour, Sample};
use serde::Deserialize;

use super::api::{MINUTES, MINUTES_MAX, pretty};
use super::seen::PoolUse;
use super::work;
use crate::app::App;
use crate::error::Problem;
use crate::form::{Form, NoFields};
use crate::list::Tone;
use crate::parameters::Parameters;
use crate::report::Words;
use crate::report::picture::Picture;
use crate::session::Caller;
use crate::view::{Frame, TIME, grouped, render};

/// A part of the site as the page shows it.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) look: &'static str,
    pub(crate) facts: String,
}

/// A chart of the last day.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) picture: Picture,
    /// The hours with their figures, for the table beside it.
    pub(crate) hours: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "health/show.html")]
pub(crate) struct HealthPage {
    pub(crate) frame: Frame,
    pub(crate) overall: String,
    pub(crate) look: &'static str,
    pub(crate) at: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) tables: Vec<ShownTable>,
    pub(crate) has_tables: bool,
}

/// A table of the database as the page shows it.
pub(crate) struct ShownTable {
    pub(crate) name: String,
    pub(crate) rows: String,
    pub(crate) table: String,
    pub(crate) indexes: String,
}

impl From<TableSize> for ShownTable {
    fn from(size: TableSize) -> Self {
        let TableSize { name, rows, table_bytes, index_bytes } = size;
        let rows = rows.map(grouped).unwrap_or_default();
        Self { name, rows, table: pretty(table_bytes), indexes: pretty(index_bytes) }
    }
}

/// What may be asked of the page of health.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Set for the sizes of all tables.
    tables: Option<String>,
}

fn tone(state: How) -> &'static str {
    match state {
        How::Healthy => Tone::Ok,
        How::Unknown => Tone::Plain,
        How::Degraded => Tone::Look,
        How::Unhealthy => Tone::Stop,
    }
    .class()
}

/// Tenths of a millisecond, as people read them.
fn ms(us: i64) -> String {
    let tenths = us.saturating_add(50) / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

/// `GET /system_health`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Problem> {
    let health = work::look(&app, &caller).await?;
    let hours = health_sample::hours(app.db.read().await?.conn(), health.at.plus_us(-DAY_US)).await?;
    let has_tables = asked.tables.is_some();
    let tables = if has_tables { app.db.table_sizes().await? } else { Vec::new() };
    let frame = Frame::of(&caller, "health");
    let word = |state: How| frame.t(&format!("health-{}", state.name()));
    let part = |one: &work::Component| Part {
        name: frame.words_for("health-part", &one.name),
        state: word(one.state),
        look: tone(one.state),
        facts: facts_of(&frame, &health, &one.name),
    };
    let overall = health.overall();
    Ok(render(&HealthPage {
        overall: word(overall),
        look: tone(overall),
        at: health.at.display(&app.settings.zone, TIME),
        parts: health.components.iter().map(part).collect(),
        facts: facts(&frame, &health),
        charts: charts(&app, &frame, &hours),
        tables: tables.into_iter().map(ShownTable::from).collect(),
        has_tables,
        frame,
    }))
}

/// What there is to say of one part, in a few figures.
fn facts_of(frame: &Frame, health: &work::Health, name: &str) -> String {
    let said = |key: &str, value: String| frame.t1(key, "value", &value);
    match name {
        "database" => {
            let query = health.query_us.map(|us| said("health-fact-query", ms(us))).unwrap_or_default();
            let pool = format!("{} / {}", health.pool.in_use, health.pool.size);
            format!("{query} · {}", said("health-fact-pool", pool))
        }
        "cache" => {
            let percent = hit_percent(health.cache.hits, health.cache.misses);
            said("health-fact-hits", format!("{percent} %"))
        }
        "audit_log" => health.audit_us.map(|us| said("health-fact-query", ms(us))).unwrap_or_default(),
        "email" => said("health-fact-mails", grouped(health.watched.mails.waiting)),
        "seal" => said("health-fact-lag", grouped(health.seal_lag_s())),
        "disk" => {
            health.disk_percent.map(|percent| said("health-fact-used", format!("{percent} %"))).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Figures of the whole site.
fn facts(frame: &Frame, health: &work::Health) -> Vec<(String, String)> {
    let [rss, _] = health.memory_bytes;
    let [staff, customers] = health.watched.sessions;
    let bytes = |bytes: u64| pretty(i64::try_from(bytes).unwrap_or(i64::MAX));
    [
        ("health-errors", grouped(health.errors_last_hour)),
        ("health-memory", bytes(rss)),
        ("health-database-size", pretty(health.database_bytes)),
        ("health-uptime", grouped(health.uptime_us / HOUR_US)),
        ("health-sessions-staff", grouped(staff)),
        ("health-sessions-customer", grouped(customers)),
        ("health-mails-failed", grouped(health.watched.mails.failed)),
    ]
    .map(|(key, value)| (frame.t(key), value))
    .into()
}

fn charts(app: &App, frame: &Frame, hours: &[Hour]) -> Vec<Chart> {
    let words = Words { app, frame };
    let label = |hour: &Hour| Moment(hour.hour * HOUR_US).display(&app.settings.zone, "%H");
    let chart = |title: &str, of: fn(&Hour) -> i64| {
        let bars = words.hours(title, hours.iter().map(|hour| (label(hour), of(hour))));
        Chart {
            title: frame.t(title),
            picture: Picture::of(&bars),
            hours: hours.iter().map(|hour| (label(hour), grouped(of(hour)))).collect(),
        }
    };
    vec![
        chart("health-chart-pool", |hour| hour.pool_percent),
        chart("health-chart-query", |hour| hour.query_us / 1_000),
        chart("health-chart-errors", |hour| hour.errors_a_minute),
        chart("health-chart-memory", |hour| hour.memory_bytes / 1_048_576),
    ]
}

#[derive(Template)]
#[template(path = "health/pool.html")]
pub(crate) struct PoolPage {
    pub(crate) frame: Frame,
    pub(crate) percent: i64,
    pub(crate) level: &'static str,
    pub(crate) look: &'static str,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) advice: String,
    pub(crate) chart: Picture,
    pub(crate) samples: Vec<(String, String, String)>,
}

impl PoolPage {
    fn level_key(&self) -> String {
        format!("pool-{}", self.level)
    }
}

/// Samples that the page lists; the file has all of the day.
const LISTED: usize = 20;

/// `GET /pool_dashboard`
pub async fn pool(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must(HEALTH_READ)?;
    let used = PoolUse::of(&app);
    let now = app.clock.now();
    let samples = health_sample::since(app.db.read().await?.conn(), now.plus_us(-TREND_US)).await?;
    let node = &app.settings.watch.node;
    let own: Vec<&Sample> = samples.iter().filter(|sample| sample.node == *node).collect();
    let shares: Vec<(Moment, i64)> = own.iter().map(|sample| (Moment(sample.at), sample.pool_percent())).collect();
    let (level, trend) = (Level::of(used.percent()), Trend::of(&shares, now));
    let server = app.db.connections().await?;
    let frame = Frame::of(&caller, "health");
    let minute = |at: i64| Moment(at).display(&app.settings.zone, "%H:%M:%S");
    let words = Words { app: &app, frame: &frame };
    let bars = own.iter().map(|sample| (minute(sample.at), sample.pool_percent()));
    let chart = Picture::of(&words.bars("pool-chart", bars));
    let mut facts = vec![
        (frame.t("pool-size"), grouped(used.size)),
        (frame.t("pool-checked-out"), grouped(used.in_use)),
        (frame.t("pool-available"), grouped(used.size - used.in_use)),
        (frame.t("pool-overflow"), "0".to_owned()),
        (frame.t("pool-trend"), frame.t(&format!("pool-trend-{}", trend.name()))),
    ];
    if let Some(server) = server {
        let shown = format!("{} / {}", grouped(server.now), grouped(server.max));
        facts.push((frame.t("pool-server"), shown));
    }
    let listed = own.iter().rev().take(LISTED);
    let samples = listed
        .map(|sample| {
            (
                minute(sample.at),
                format!("{} / {}", sample.pool_in_use, sample.pool_size),
                format!("{} %", sample.pool_percent()),
            )
        })
        .collect();
    Ok(render(&PoolPage {
        percent: used.percent(),
        level: level.name(),
        look: match level {
            Level::Healthy => Tone::Ok,
            Level::Warning => Tone::Look,
            Level::Critical | Level::Danger => Tone::Stop,
        }
        .class(),
        facts,
        advice: frame.t(&format!("pool-advice-{}", level.name())),
        chart,
        samples,
        frame,
    }))
}

/// `GET /pool_dashboard/history.csv`
pub async fn history(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must(HEALTH_READ)?;
    let samples = health_sample::since(app.db.read().await?.conn(), app.clock.now().plus_us(-DAY_US)).await?;
    let mut text = String::from("node,at,size,checked_out,usage_percent,query_ms\r\n");
    for sample in &samples {
        // The name of a node is plain: the configuration refuses others.
        let (at, ms) = (Moment(sample.at).rfc3339(), sample.query_us / 1_000);
        let Sample { node, pool_size, pool_in_use, .. } = sample;
        text.push_str(&format!("{node},{at},{pool_size},{pool_in_use},{},{ms}\r\n", sample.pool_percent()));
    }
    let name = "attachment; filename=\"pool_history.csv\"";
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

/// A slow statement as the page shows it.
pub(crate) struct ShownSlow {
    pub(crate) id: String,
    pub(crate) statement: String,
    pub(crate) count: String,
    pub(crate) mean: String,
    pub(crate) max: String,
    pub(crate) last: String,
}

/// A statement that runs now.
pub(crate) struct ShownRunning {
    pub(crate) pid: i64,
    pub(crate) seconds: String,
    pub(crate) statement: String,
    pub(crate) may_end: bool,
}

#[derive(Template)]
#[template(path = "health/queries.html")]
pub(crate) struct QueriesPage {
    pub(crate) frame: Frame,
    pub(crate) minutes: i64,
    pub(crate) threshold: String,
    pub(crate) slow: Vec<ShownSlow>,
    pub(crate) is_shared: bool,
    pub(crate) running: Vec<ShownRunning>,
    pub(crate) unused: Vec<(String, String)>,
    /// The statement whose plan was asked for, and its plan.
    pub(crate) plan: Option<(String, Vec<String>)>,
}

/// What may be asked of the page of statements.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct QueriesAsked {
    minutes: Option<i64>,
    plan: Option<String>,
}

/// `GET /admin/queries`
pub async fn queries(
    State(app): State<App>,
    caller: Caller,
    Parameters(asked): Parameters<QueriesAsked>,
) -> Result<Response, Problem> {
    caller.must(HEALTH_READ)?;
    let minutes = asked.minutes.unwrap_or(MINUTES).clamp(1, MINUTES_MAX);
    let now = app.clock.now();
    let plan = match asked.plan.as_deref().map(slow::find) {
        None => None,
        Some(None) => return Err(Problem::not_found("This statement")),
        Some(Some(statement)) => {
            let lines = app.db.plan(&statement).await?;
            Some((statement, lines))
        }
    };
    let may_end = caller.person.may(SITE_MAINTAIN);
    let slow = slow::since(now.plus_us(-minutes * MINUTE_US)).into_iter().map(|one| ShownSlow {
        id: one.id,
        statement: one.statement,
        count: grouped(i64::try_from(one.count).unwrap_or(i64::MAX)),
        mean: ms(one.mean_us),
        max: ms(one.max_us),
        last: one.last_at.display(&app.settings.zone, TIME),
    });
    let running = app.db.running().await?.into_iter().map(|one| ShownRunning {
        pid: one.pid,
        seconds: grouped(one.ms / 1_000),
        statement: one.statement,
        may_end: may_end && one.ms > END_MS,
    });
    let unused = app.db.unused_indexes().await?.into_iter().map(|(name, bytes)| (name, pretty(bytes)));
    Ok(render(&QueriesPage {
        frame: Frame::of(&caller, "health"),
        minutes,
        threshold: grouped(i64::try_from(app.settings.watch.slow_ms).unwrap_or(i64::MAX)),
        slow: slow.collect(),
        is_shared: app.db.is_shared(),
        running: running.collect(),
        unused: unused.collect(),
        plan,
    }))
}

/// `POST /admin/queries/{pid}/end`
pub async fn end(State(app): State<App>, Path(pid): Path<String>, form: Form<NoFields>) -> Result<Response, Problem> {
    form.caller.must(SITE_MAINTAIN)?;
    let not_found = || Problem::not_found("A statement that has run for more than a minute");
    let pid: i64 = pid.parse().map_err(|_| not_found())?;
    if !app.db.end_running(pid).await? {
        return Err(not_found());
    }
    let origin = form.caller.origin(None);
    let entry = Entry::new("query_ended", "query", pid.to_string());
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin: &origin }]).await?;
    tx.commit().await?;
    Ok(Redirect::to("/admin/queries").into_response())
}
