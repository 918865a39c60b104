//! How the site is, for programs: in the form of the system before this one.

use axum::Json;
use axum::extract::State;
use base_core::permission::HEALTH_READ;
use base_core::time::MINUTE_US;
use base_db::slow;
use base_health::component;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, Health};
use crate::app::App;
use crate::error::Problem;
use crate::parameters::Parameters;
use crate::session::Caller;

/// How many minutes of slow statements are told unless somebody asks for more, and at most.
pub const MINUTES: i64 = 60;
/// See [`MINUTES`].
pub const MINUTES_MAX: i64 = 1_440;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(system_health)).routes(routes!(slow_queries))
}

/// Tells how the site is. Its members are those of both forms that the earlier system had.
#[utoipa::path(get, path = "/api/system_health", extensions(("x-permission" = json!(HEALTH_READ.name()))),
    responses((status = 200, description = "How the site and its parts are.", body = Value)))]
pub async fn system_health(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&work::look(&app, &caller).await?, &app)))
}

/// Rounded to tenths.
fn ms(us: Option<i64>) -> Option<f64> {
    us.and_then(|us| i32::try_from(us / 100).ok()).map(|tenths| f64::from(tenths) / 10.0)
}

/// The body of the answer.
pub fn told(health: &Health, app: &App) -> Value {
    let overall = health.overall();
    let cache = health.cache;
    let pool = json!({
        "size": health.pool.size, "checked_out": health.pool.in_use, "usage_percent": health.pool.percent(),
        "overflow": 0,
    });
    let mut components: Map<String, Value> =
        health.components.iter().map(|one| (one.name.clone(), json!({ "status": one.state.name() }))).collect();
    let mut add = |name: &str, facts: Value| {
        if let (Some(Value::Object(known)), Value::Object(facts)) = (components.get_mut(name), facts) {
            known.extend(facts);
        }
    };
    let hits = component::hit_percent(cache.hits, cache.misses);
    let query_time_ms = ms(health.query_us);
    add("database", json!({ "connected": health.query_us.is_some(), "query_time_ms": query_time_ms, "pool": pool }));
    add(
        "cache",
        json!({
            "hit_rate": hits, "total_hits": cache.hits, "total_misses": cache.misses, "entries": cache.entries,
        }),
    );
    add("audit_log", json!({ "query_time_ms": ms(health.audit_us) }));
    let mails = health.watched.mails;
    add(
        "email",
        json!({
            "waiting": mails.waiting, "given_up": mails.failed, "overdue_minutes": health.mail_overdue_min(),
        }),
    );
    let time = |at: Option<i64>| at.map(|at| base_core::time::Moment(at).rfc3339());
    add(
        "backup",
        json!({
            "last_at": time(health.watched.backup_at), "proved_at": time(health.watched.proved_at),
            "last_trial_failed": health.watched.is_trial_bad,
        }),
    );
    add("seal", json!({ "unsealed": health.watched.unsealed, "lag_seconds": health.seal_lag_s() }));
    add("disk", json!({ "used_percent": health.disk_percent }));
    let [rss, machine] = health.memory_bytes;
    json!({
        "status": overall.name(),
        "message": message(health),
        "timestamp": health.at.rfc3339(),
        "service": "tallyhouse",
        "version": env!("CARGO_PKG_VERSION"),
        "components": components,
        "uptime_hours": health.uptime_us / base_core::time::HOUR_US,
        "database": {
            "kind": app.db.name(),
            "connection_pool": pool,
            "size": { "size_bytes": health.database_bytes, "size_pretty": pretty(health.database_bytes) },
        },
        "cache": {
            "enabled": true, "hit_rate": hits, "total_hits": cache.hits, "total_misses": cache.misses,
            "total_requests": cache.hits.saturating_add(cache.misses), "size": cache.entries,
        },
        "memory": {
            "rss_bytes": rss, "rss_mb": rss / 1_048_576,
            "percent": (rss * 100).checked_div(machine).unwrap_or_default(),
        },
        "errors": { "last_hour": health.errors_last_hour },
        "alerts": health.watched.alerts,
    })
}

/// What is not as it should be, in one sentence.
fn message(health: &Health) -> String {
    let wrong: Vec<String> = health
        .components
        .iter()
        .filter(|one| one.state > component::State::Unknown)
        .map(|one| format!("{} is {}", one.name, one.state.name()))
        .collect();
    if wrong.is_empty() { "Everything is as it should be.".to_owned() } else { format!("{}.", wrong.join(", ")) }
}

/// Bytes as people read them.
pub fn pretty(bytes: i64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut size = bytes.max(0);
    for unit in UNITS {
        // Rounded up: a little is not nothing.
        let larger = size.saturating_add(1023) / 1024;
        if larger < 1024 * 10 || unit == "TB" {
            return format!("{larger} {unit}");
        }
        size = larger;
    }
    format!("{size} TB")
}

/// Which slow statements are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlowAsked {
    /// Those of how many minutes, 1 to 1,440; 60 unless said.
    #[param(minimum = 1, maximum = 1440)]
    minutes: Option<i64>,
}

/// Lists the statements of this node that took long, the longest on average first, without their values.
#[utoipa::path(get, path = "/api/slow_queries", params(SlowAsked),
    extensions(("x-permission" = json!(HEALTH_READ.name()))),
    responses((status = 200, description = "Slow statements of the last minutes.", body = Value)))]
pub async fn slow_queries(
    State(app): State<App>,
    caller: Caller,
    Parameters(asked): Parameters<SlowAsked>,
) -> Result<Json<Value>, Problem> {
    caller.must(HEALTH_READ)?;
    let minutes = asked.minutes.unwrap_or(MINUTES);
    if !(1..=MINUTES_MAX).contains(&minutes) {
        return Err(Problem::field("minutes", format!("Ask for 1 to {MINUTES_MAX} minutes.")));
    }
    let found = slow::since(app.clock.now().plus_us(-minutes * MINUTE_US));
    let queries: Vec<Value> = found
        .into_iter()
        .map(|one| {
            json!({
                "id": one.id, "statement": one.statement, "count": one.count, "mean_ms": ms(Some(one.mean_us)),
                "max_ms": ms(Some(one.max_us)), "last_at": one.last_at.rfc3339(),
            })
        })
        .collect();
    Ok(Json(json!({ "minutes": minutes, "threshold_ms": app.settings.watch.slow_ms, "queries": queries })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_in_a_unit_that_fits() {
        let shown = [0, 1, 4096, 20_000_000, 3_000_000_000].map(pretty);
        assert_eq!(shown, ["0 kB", "1 kB", "4 kB", "20 MB", "2862 MB"].map(String::from));
    }
}
