//! The figures of the home page, for its page, its API and the live feed. Each equals a recount made now.

use std::sync::Arc;

use bags_rules::bill::progress;
use bags_rules::counter::Counter;
use bags_rules::report::attention::{usual_from, usual_until_now};
use bags_rules::report::{ScanCounts, ScanDay};
use bags_store::bill::{BillFilter, BillLine};
use bags_store::counter::Totals;
use bags_store::report::people::OwnScan;
use bags_store::report::{people, scans as counted};
use bags_store::scan::ScanLine;
use bags_store::{attention, bill, board, counter, person_scans, scan};
use base_core::area::{Area, Scope};
use base_core::permission::ACCOUNT_MANAGE;
use base_core::report::{date_of, date_text};
use base_core::time::{DAY_US, HOUR_US, Moment};
use base_db::Conn;
use base_records::account;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF};
use base_web::view::path_part;

use crate::home::board::{AreaBar, Dashboard, Hour, LatestBill, LatestScan, Own, OwnLatest};
use crate::shown::shown;
use crate::state::Bags;

/// How many of the latest scans the dashboard shows.
const LATEST: u32 = 12;
/// How many of the latest bills.
const LATEST_BILLS: u32 = 6;
/// How many of one's own scans.
const MINE: u32 = 6;

/// Parents of every status.
fn parents(totals: &Totals) -> i64 {
    let of = |counter| totals.get(&counter).copied().unwrap_or_default();
    of(Counter::ParentsPending) + of(Counter::ParentsInProgress) + of(Counter::ParentsCompleted)
}

/// Scans that were not refused.
fn accepted(totals: &Totals) -> i64 {
    let of = |counter| totals.get(&counter).copied().unwrap_or_default();
    of(Counter::ScansParent) + of(Counter::ScansChild) + of(Counter::ScansBill) + of(Counter::ScansOther)
}

/// The dashboard of a scope, as it is now. Those who ask at the same time share the answer.
pub async fn dashboard(app: &Bags, scope: &Scope) -> Result<Arc<Dashboard>, Problem> {
    app.memory.boards.get(scope, compute(app, scope)).await
}

async fn compute(app: &Bags, scope: &Scope) -> Result<Arc<Dashboard>, Problem> {
    let now = app.clock.now();
    let zone = &app.settings.zone;
    let today = (now.start_of_day(zone), now.end_of_day(zone));
    let hour_ago = now.plus_us(-HOUR_US);
    let mut reader = app.db.snapshot().await?;
    let totals = counter::totals(reader.conn(), scope).await?;
    let bills = bill::counts(reader.conn(), scope).await?;
    let day = ScanDay::of(date_of(now, zone), zone, counted::hours(reader.conn(), scope, today).await?);
    let scans_last_hour = board::scans_since(reader.conn(), scope, hour_ago).await?;
    let scans_24h = board::scans_since(reader.conn(), scope, now.plus_us(-DAY_US)).await?;
    let week_ago = (now.plus_us(-7 * DAY_US).start_of_day(zone), now.plus_us(-7 * DAY_US));
    let scans_week_ago = board::scans_since(reader.conn(), scope, week_ago.0).await?
        - board::scans_since(reader.conn(), scope, week_ago.1).await?;
    let bills_left_open = match scope {
        Scope::All => attention::open_bills(reader.conn(), today.0).await?,
        _ => 0,
    };
    let parents_left_open = attention::open_parents(reader.conn(), scope, today.0).await?;
    let refused_usually = refused_usually(app, reader.conn(), scope).await?;
    let active_dispatchers = person_scans::active_dispatchers(reader.conn(), scope, hour_ago).await?;
    let latest = scan::latest(reader.conn(), scope, LATEST).await?;
    let latest_bills = if *scope == Scope::All {
        bill::list(reader.conn(), &BillFilter::default(), scope, None, LATEST_BILLS).await?.bills
    } else {
        Vec::new()
    };
    drop(reader);

    let hour = |(hour, counts): (usize, &ScanCounts)| Hour { label: format!("{hour:02}"), scans: counts.accepted() };
    let scanned = day.total();
    let children = totals.get(&Counter::Children).copied().unwrap_or_default();
    Ok(Arc::new(Dashboard {
        bags: parents(&totals) + children,
        parents: parents(&totals),
        children,
        bills: bills.open + bills.completed,
        active_bills: bills.open,
        completed_bills: bills.completed,
        scans: accepted(&totals),
        scans_today: scanned.accepted(),
        scans_24h,
        scans_last_hour,
        scans_refused_today: scanned.refused,
        scans_week_ago,
        bills_left_open,
        parents_left_open,
        refused_usually,
        active_dispatchers,
        day: date_text(day.date),
        hours: day.hours.iter().enumerate().map(hour).collect(),
        areas: if *scope == Scope::All { area_bars(&app.settings.areas, &day.areas) } else { Vec::new() },
        latest: latest.into_iter().map(|line| latest_scan(line, app)).collect(),
        latest_bills: latest_bills.into_iter().map(|line| latest_bill(line, app)).collect(),
    }))
}

/// How many scans are refused until this time on a usual day.
async fn refused_usually(app: &Bags, conn: Conn<'_>, scope: &Scope) -> Result<i64, Problem> {
    let (now, zone) = (app.clock.now(), &app.settings.zone);
    let span = (usual_from(now, zone), now.start_of_day(zone));
    Ok(usual_until_now(&attention::refused(conn, scope, span).await?, now, zone))
}

/// What only one person sees, as it is now.
pub async fn own(app: &Bags, caller: &Caller) -> Result<Own, Problem> {
    let midnight = app.clock.now().start_of_day(&app.settings.zone);
    let mut reader = app.db.read().await?;
    let my_scans_today = board::scans_of_person(reader.conn(), caller.person.id, midnight).await?;
    let mine = people::scans(reader.conn(), caller.person.id, MINE).await?;
    drop(reader);
    let is_admin = caller.person.may(ACCOUNT_MANAGE);
    let total_users = if is_admin { Some(account::count(&app.db, STAFF).await?) } else { None };
    Ok(Own { my_scans_today, mine: mine.into_iter().map(|scan| own_scan(scan, app)).collect(), total_users })
}

/// Every area of the site, in its order, then other areas that have scans.
fn area_bars(areas: &[Area], counts: &[(Option<Area>, ScanCounts)]) -> Vec<AreaBar> {
    let of = |area: Option<&Area>| {
        let found = counts.iter().find(|(counted, _)| counted.as_ref() == area);
        found.map(|(_, counts)| counts.accepted()).unwrap_or_default()
    };
    let bar = |area: &Area| AreaBar { area: area.to_string(), title: area.title(), scans: of(Some(area)) };
    let mut bars: Vec<AreaBar> = areas.iter().map(bar).collect();
    let others = counts.iter().filter_map(|(area, _)| area.as_ref()).filter(|area| !areas.contains(area));
    bars.extend(others.map(bar));
    if of(None) > 0 {
        bars.push(AreaBar { area: String::new(), title: "—".into(), scans: of(None) });
    }
    bars
}

fn latest_scan(line: ScanLine, app: &Bags) -> LatestScan {
    LatestScan {
        time: line.at.display(&app.settings.zone, "%H:%M:%S"),
        code: line.code,
        parent: line.parent,
        outcome: line.outcome.code(),
        person: line.person,
        station: line.station,
    }
}

fn own_scan(scan: OwnScan, app: &Bags) -> OwnLatest {
    let time = shown(Moment(scan.at), app);
    OwnLatest { time, code: scan.code, outcome: scan.outcome }
}

fn latest_bill(line: BillLine, app: &Bags) -> LatestBill {
    LatestBill {
        path: path_part(&line.number),
        number: line.number,
        status: line.status.name(),
        parents: line.parents,
        capacity: line.capacity,
        percent: progress(line.parents, line.capacity).0,
        created_at: shown(line.created_at, app),
    }
}
