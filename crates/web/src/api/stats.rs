//! `GET /api/stats`: the figures under the names that the old system gave them (`bags.md` 8.1), with true values.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tallyhouse_core::counter::Counter;
use tallyhouse_core::permission::Permission;
use tallyhouse_store::{account, bill, counter, scan};
use utoipa::ToSchema;

use crate::app::App;
use crate::error::{Problem, ProblemBody};
use crate::session::Caller;
use crate::stats;

/// The answer in the old system's shape.
#[derive(Serialize, ToSchema)]
pub struct StatsBody {
    success: bool,
    /// Always false: figures are counted with the facts, nothing is cached.
    cached: bool,
    /// Always 0.
    cache_age: u32,
    statistics: Statistics,
}

/// The figures of the caller's areas.
#[derive(Serialize, ToSchema)]
pub struct Statistics {
    total_parent_bags: i64,
    total_child_bags: i64,
    /// Scans that were not refused, since the beginning.
    total_scans: i64,
    total_bills: i64,
    /// All bags.
    total_products: i64,
    /// Dispatchers who scanned within the last hour.
    active_dispatchers: i64,
    status_counts: StatusCounts,
    cache_updated: String,
    scans_today: i64,
    scans_last_hour: i64,
    scans_24h: i64,
    my_scans_today: i64,
    active_bills: i64,
    completed_bills: i64,
    /// For admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_users: Option<i64>,
}

/// Names kept for those who read the old figures.
#[derive(Serialize, ToSchema)]
pub struct StatusCounts {
    /// All bags.
    active: i64,
    /// All scans.
    scanned: i64,
}

/// Gives the figures of the caller's areas.
#[utoipa::path(get, path = "/api/stats", responses(
    (status = 200, description = "The figures of the caller's areas, as they are now.", body = StatsBody),
    (status = 401, description = "Nobody is signed in.", body = ProblemBody)))]
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<StatsBody>, Problem> {
    caller.must(Permission::HomeRead)?;
    let scope = caller.scope();
    let now = app.clock.now();
    let board = stats::dashboard(&app, &scope).await?;
    let mut reader = app.db.read().await?;
    let totals = counter::totals(reader.conn(), &scope).await?;
    let bills = bill::counts(reader.conn(), &scope).await?;
    drop(reader);
    let midnight = now.start_of_day(&app.settings.zone);
    let mut total_users = None;
    if caller.person.may(Permission::AccountManage) {
        total_users = Some(account::count(&app.db).await?);
    }
    let (bags, scans) = (board.parents + board.children, stats::accepted(&totals));
    Ok(Json(StatsBody {
        success: true,
        cached: false,
        cache_age: 0,
        statistics: Statistics {
            total_parent_bags: stats::parents(&totals),
            total_child_bags: totals.get(&Counter::Children).copied().unwrap_or_default(),
            total_scans: scans,
            total_bills: bills.open + bills.completed,
            total_products: bags,
            active_dispatchers: board.active_dispatchers,
            status_counts: StatusCounts { active: bags, scanned: scans },
            cache_updated: now.rfc3339(),
            scans_today: board.scans_today,
            scans_last_hour: board.scans_last_hour,
            scans_24h: stats::scans_24h(&app, &scope).await?,
            my_scans_today: scan::count_of_person(&app.db, caller.person.id, midnight).await?,
            active_bills: bills.open,
            completed_bills: bills.completed,
            total_users,
        },
    }))
}
