//! The figures of the home page for programs, under the names of the earlier system and with
//! true values.

use axum::Json;
use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::routing::get;
use bags_rules::outcome::Outcome;
use bags_rules::permission::BAG_READ;
use bags_store::scan;
use base_core::permission::{ACCOUNT_MANAGE, HOME_READ};
use base_records::account;
use base_web::earlier::says_ignored;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::activity;
use crate::home::work;
use crate::state::Bags;

/// Scans in an answer of the old address, unless asked otherwise.
const RECENT_DEFAULT: u32 = 10;
/// Most scans in it.
const RECENT_MAX: u32 = 50;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(totals))
        .routes(routes!(activity))
        .routes(routes!(recent))
        // Another name that the earlier system had for the same.
        .route("/api/v2/stats", get(show))
        // Of all these addresses, only the latest scans take a parameter.
        .layer(from_fn(says_ignored(&["limit"])))
}

/// The answer in the earlier system's shape.
#[derive(Serialize, ToSchema)]
pub struct StatsBody {
    success: bool,
    /// Always false: figures are counted with every scan, nothing is cached.
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
    /// Dispatchers who tried a scan within the last hour, refused ones included.
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
#[utoipa::path(get, path = "/api/stats", extensions(("x-permission" = json!(HOME_READ.name()))), responses(
    (status = 200, description = "The figures of the caller's areas, as they are now.", body = StatsBody)))]
pub async fn show(State(app): State<Bags>, caller: Caller) -> Result<Json<StatsBody>, Problem> {
    caller.must(HOME_READ)?;
    let board = work::dashboard(&app, &caller.scope()).await?;
    let own = work::own(&app, &caller).await?;
    Ok(Json(StatsBody {
        success: true,
        cached: false,
        cache_age: 0,
        statistics: Statistics {
            total_parent_bags: board.parents,
            total_child_bags: board.children,
            total_scans: board.scans,
            total_bills: board.bills,
            total_products: board.bags,
            active_dispatchers: board.active_dispatchers,
            status_counts: StatusCounts { active: board.bags, scanned: board.scans },
            cache_updated: app.clock.now().rfc3339(),
            scans_today: board.scans_today,
            scans_last_hour: board.scans_last_hour,
            scans_24h: board.scans_24h,
            my_scans_today: own.my_scans_today,
            active_bills: board.active_bills,
            completed_bills: board.completed_bills,
            total_users: own.total_users,
        },
    }))
}

/// The caller's areas in four figures.
#[derive(Serialize, ToSchema)]
pub struct TotalsBody {
    success: bool,
    total_bags: i64,
    /// Scans that were not refused, since the beginning.
    total_scans: i64,
    total_bills: i64,
    /// For admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_users: Option<i64>,
}

/// Gives the totals of the caller's areas, to everybody who works with bags.
#[utoipa::path(get, path = "/api/statistics", extensions(("x-permission" = json!(BAG_READ.name()))), responses(
    (status = 200, description = "The totals of the caller's areas, as they are now.", body = TotalsBody)))]
pub async fn totals(State(app): State<Bags>, caller: Caller) -> Result<Json<TotalsBody>, Problem> {
    caller.must(BAG_READ)?;
    let board = work::dashboard(&app, &caller.scope()).await?;
    let sees_users = caller.person.may(ACCOUNT_MANAGE);
    Ok(Json(TotalsBody {
        success: true,
        total_bags: board.bags,
        total_scans: board.scans,
        total_bills: board.bills,
        total_users: if sees_users { Some(account::count(&app.db, STAFF).await?) } else { None },
    }))
}

/// Scans by day.
#[derive(Serialize, ToSchema)]
pub struct ActivityBody {
    success: bool,
    /// Oldest first; days without scans are included.
    activity: Vec<ActivityDay>,
    /// `YYYY-MM-DD`.
    start_date: String,
    /// `YYYY-MM-DD`: today in the site's zone.
    end_date: String,
}

/// One day of the site's zone.
#[derive(Serialize, ToSchema)]
pub struct ActivityDay {
    /// `YYYY-MM-DD`.
    date: String,
    /// Scans of the caller's areas that were not refused.
    scan_count: i64,
}

/// Gives the scans of each of the last days, today included.
#[utoipa::path(get, path = "/api/activity/{days}", extensions(("x-permission" = json!(HOME_READ.name()))),
    params(("days" = i32, Path, minimum = 1, maximum = 366, description = "How many days: 1 to 366.")), responses(
    (status = 200, description = "Scans by day, oldest first.", body = ActivityBody),
    (status = 422, description = "The number of days is out of range.", body = ProblemBody)))]
pub async fn activity(
    State(app): State<Bags>,
    caller: Caller,
    Path(days): Path<String>,
) -> Result<Json<ActivityBody>, Problem> {
    caller.must(HOME_READ)?;
    let count = days.parse().ok().filter(|days| (1..=activity::DAYS_MAX).contains(days));
    let count = count.ok_or_else(|| Problem::field("days", "Use a number from 1 to 366."))?;
    let days = activity::days(&app, &caller.scope(), count).await?;
    let text = |day: Option<&(jiff::civil::Date, i64)>| day.map(|day| day.0.to_string()).unwrap_or_default();
    Ok(Json(ActivityBody {
        success: true,
        start_date: text(days.first()),
        end_date: text(days.last()),
        activity: days.iter().map(|day| ActivityDay { date: day.0.to_string(), scan_count: day.1 }).collect(),
    }))
}

/// Scans in the earlier system's shape.
#[derive(Serialize, ToSchema)]
pub struct RecentBody {
    success: bool,
    /// Newest first.
    scans: Vec<RecentScan>,
}

/// A scan in the earlier system's shape.
#[derive(Serialize, ToSchema)]
pub struct RecentScan {
    /// Higher is later.
    id: i64,
    /// RFC 3339.
    timestamp: String,
    /// The code that was scanned.
    product_qr: String,
    /// The parent concerned; bags have no other name than their code.
    product_name: Option<String>,
    /// What was asked for: `parent`, `child`, `unlink`, `bill_link`, …
    #[serde(rename = "type")]
    kind: String,
    /// What became of it.
    outcome: Outcome,
    username: Option<String>,
}

/// How many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecentQuery {
    /// 1 to 50; 10 when it is left out.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// Gives the latest scans of the caller's areas.
#[utoipa::path(get, path = "/api/scans", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(RecentQuery), responses(
    (status = 200, description = "The latest scans, newest first.", body = RecentBody),
    (status = 422, description = "The limit is out of range.", body = ProblemBody)))]
pub async fn recent(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<RecentQuery>,
) -> Result<Json<RecentBody>, Problem> {
    caller.must(BAG_READ)?;
    let wrong = || Problem::field("limit", "Use a number from 1 to 50.");
    let limit = query.limit.unwrap_or(RECENT_DEFAULT);
    if !(1..=RECENT_MAX).contains(&limit) {
        return Err(wrong());
    }
    let mut reader = app.db.read().await?;
    let lines = scan::latest(reader.conn(), &caller.scope(), limit).await?;
    let scan = |line: scan::ScanLine| RecentScan {
        id: line.seq,
        timestamp: line.at.rfc3339(),
        product_qr: line.code,
        product_name: line.parent,
        kind: line.action,
        outcome: line.outcome,
        username: line.person,
    };
    Ok(Json(RecentBody { success: true, scans: lines.into_iter().map(scan).collect() }))
}
