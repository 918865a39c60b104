//! No page of a large site reads a whole table on PostgreSQL, or sorts more than it shows: the server tells what it did.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::time::{Clock, DAY_US};
use jiff::tz::TimeZone;
use tallyhouse_support::large_postgres;
use tallyhouse_support::plans::{Plan, PlanWatch, Step};

use crate::common::{Site, site_over};

/// A plan is made for the values at hand a few times; from then on it may be one for any values.
const ROUNDS: usize = 6;
/// Most rows that one step may look at: the largest budget of a list, and a page.
const ROWS_MAX: i64 = 2_300;
/// Most rows that may be sorted: those of a few walks that are merged, or the budget of one.
const SORTED_MAX: i64 = 1_100;
/// Rows of a page of an export, and the one that says that there are more.
const EXPORTED_MAX: i64 = 4_001;

/// Tables that grow with the work; the others hold people, settings, and what is taken away again.
const GROWING: [&str; 9] =
    ["bags", "links", "scans", "bills", "bill_parents", "bill_areas", "audit", "counters", "person_scans"];

/// Work that is more than a page and meant so: how the statement begins, and what it does.
const MEANT: [(&str, &str); 3] = [
    // The quarters of a year, once; the program keeps them.
    ("select string_agg(cast(quarter + n as text)", "counters"),
    ("select string_agg(cast(quarter + n as text)", "Sort"),
    // The newest scans of all parents on a bill, by their numbers alone.
    ("with on_it (parent) as", "Sort"),
];

fn is_too_much(step: &Step, rows_max: i64) -> bool {
    let of_all = step.kind == "Seq Scan" && GROWING.contains(&step.of.as_str());
    let sorts = step.kind.ends_with("Sort") && step.rows > SORTED_MAX.max(rows_max - ROWS_MAX);
    let calls_helpers = step.kind.starts_with("Gather");
    of_all || sorts || calls_helpers || (!step.of.is_empty() && step.rows > rows_max)
}

/// Fails for a plan that does too much; gives how many there were.
fn check(path: &str, plans: &[Plan]) -> usize {
    let rows_max = if path.starts_with("/export/") { EXPORTED_MAX } else { ROWS_MAX };
    for plan in plans {
        for step in plan.steps.iter().filter(|step| is_too_much(step, rows_max)) {
            let is_it = |(begin, what): &(&str, &str)| {
                plan.statement.starts_with(begin) && [&*step.kind, &*step.of].contains(what)
            };
            assert!(MEANT.iter().any(is_it), "{path}: {step:?}\n{plan}");
        }
    }
    plans.len()
}

fn combined(base: &str, choices: &[&[&str]]) -> Vec<String> {
    let mut paths = vec![base.to_owned()];
    for choice in choices {
        let longer = |path: &String| choice.iter().map(|part| format!("{path}{part}")).collect::<Vec<_>>();
        paths = paths.iter().flat_map(longer).collect();
    }
    paths
}

/// Every other page. `DAY` is a day of work.
const PAGES: &str = "
    / /api/stats /api/v2/stats /api/statistics /api/activity/30 /api/scans /api/bags?limit=50 /api/bills /bags
    /bags?type=parent&area=ranchi /scans /scans/4711 /bills /bills?area=hisar /bags/SB0000777 /bags/KID000000777
    /bags/KID000000777/relink?to=SB0000047 /bags/SB0000777/children /bags/SB0000777/bill?bill=BILL-000900
    /bags/SB0000777/delete /api/v1/bags/SB0000777
    /help /help?q=backup /help/biller /help/running /lookup?q=KID99 /api/v1/search?q=1234 /api/v1/bills?q=l-0123
    /api/v1/bags/KID000000777 /api/bag/SB0000777 /api/parent-children/SB0000777 /bills/BILL-000007
    /bills/BILL-000007?children=1 /bills/BILL-000900 /bills/BILL-000007/report /bills/BILL-000007/parents/SB0000360
    /api/v1/bills/BILL-000007 /api/v1/bills/BILL-000007/weights /api/v1/bills/BILL-000007/scans /api/bills/BILL-000007
    /reports/bills?from=DAY&to=DAY /reports/bills?from=DAY&to=DAY&status=processing /reports/day?date=DAY
    /api/bill_summary/eod?date=DAY /reports/scans?date=DAY /reports/areas?from=DAY&to=DAY /reports/people
    /reports/people/person3 /admin/users /admin/users?q=person&role=biller&area=lucknow&second_factor=no
    /admin/users?status=locked /admin/sessions /admin/sessions?realm=customer&q=person /admin/mail
    /admin/mail?status=failed&q=person /admin/devices /admin/second-factors /admin/promotions /admin/settings /admin/jobs /admin/backups
    /admin/panel /admin/alerts /api/v1/alerts /system_health /api/system_health /pool_dashboard /pool_dashboard/history.csv /admin/queries
    /admin/analytics /admin/customers /admin/customers?status=all&q=person /admin/customers/new /admin/audit?view=customers
    /admin/audit?view=customers&action=CUSTOMER_LOGIN&person=person3
    /admin/audit /admin/audit?person=person3 /admin/audit?action=login_failed /admin/audit?view=rights
    /admin/audit?kind=bag&entity=SB0000777 /admin/audit?address=10.0.0.1 /admin/audit?from=DAY&to=DAY
    /admin/audit?view=everything /admin/audit/incidents /admin/audit/proof /admin/audit/4711 /imports /exports /export/bags/csv /export/bills/csv";

/// Every list under every filter, and every page.
fn addresses() -> Vec<String> {
    let days = "&from=DAY&to=DAY";
    let areas: &[&str] = &["", "&area=lucknow", "&area=none"];
    let of_bags: &[&str] = &[
        "",
        "&linked=linked",
        "&linked=unlinked",
        "&status=in_progress",
        "&billed=billed",
        "&billed=unbilled",
        "&person=person3",
        "&person=person3&linked=linked",
        "&scanned=never",
        "&q=SB",
        days,
    ];
    let sorts: &[&str] = &["", "&sort=oldest", "&sort=code"];
    let mut paths = combined("/api/v1/bags?limit=50", &[&["", "&type=parent", "&type=child"], of_bags, areas, sorts]);
    let searched: &[&str] = &["&q=000", "&q=00012", "&q=00012&linked=unlinked", "&q=777&billed=unbilled"];
    paths.extend(combined("/api/v1/bags?limit=50", &[searched, areas]));
    let of_scans: &[&str] = &["", "&result=refused", "&result=linked"];
    let named: &[&str] = &["", "&q=SB0000777", "&q=BILL-000007"];
    paths.extend(combined("/api/v1/scans?limit=50", &[of_scans, &["", "&person=person3"], areas, &["", days], named]));
    let statuses: &[&str] = &["", "&status=open", "&status=processing", "&status=completed"];
    let by: &[&str] = &["", "&created_by=person3"];
    let sorts: &[&str] = &["", "&sort=oldest", "&sort=number"];
    paths.extend(combined("/api/v1/bills?limit=50", &[statuses, by, &["", "&area=jaipur"], &["", days], sorts]));
    paths.extend(PAGES.split_whitespace().map(str::to_owned));
    paths
}

/// What is scanned in one round: a parent with children, and every correction of it.
fn scans(site: &Site, round: usize) -> Vec<String> {
    let (parent, bill) = (format!("SB{round:05}"), "Bill-000900");
    let scan = |action: &str, rest: &str| site.scan(&format!("\"action\":\"{action}\",{rest}"));
    let child = |n: usize| format!("\"code\":\"NEW{round:02}{n:02}\"");
    let of = |code: &str, parent: &str| format!("{code},\"parent\":\"{parent}\"");
    let on_bill = format!("\"code\":\"{parent}\",\"bill\":\"{bill}\"");
    let mut scans = vec![scan("parent", &format!("\"code\":\"{parent}\""))];
    scans.extend((0..4).map(|n| scan("child", &of(&child(n), &parent))));
    scans.push(scan("unlink", &child(0)));
    scans.push(scan("relink", &of(&child(1), "SB0000047")));
    scans.push(scan("undo", &format!("\"parent\":\"{parent}\"")));
    scans.push(scan("child", &of("\"code\":\"KID000000777\"", &parent)));
    scans.extend(["bill_unlink", "bill_link", "bill_complete", "bill_reopen"].map(|action| scan(action, &on_bill)));
    scans
}

#[tokio::test]
async fn nothing_in_a_large_site_reads_a_whole_table_or_sorts_more_than_it_shows() {
    let Some(test) = large_postgres().await else { return };
    let site = site_over(test, |settings| settings);
    let admin = site.token("asha", Role::Admin, None).await;
    let dispatcher = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
    let day = site.clock.now().plus_us(-3 * DAY_US).display(&TimeZone::UTC, "%Y-%m-%d");
    let paths: Vec<String> = addresses().iter().map(|path| path.replace("DAY", &day)).collect();
    let own = ["/", "/api/stats", "/bags", "/bags?person=person3", "/bills", "/bills/BILL-000000", "/scans"];
    let asked = paths.iter().map(|path| (path.as_str(), &admin)).chain(own.into_iter().map(|path| (path, &dispatcher)));
    let asked: Vec<_> = asked.collect();
    let watch = PlanWatch::default();
    let mut seen = 0;
    for round in 0..ROUNDS {
        for (path, token) in &asked {
            let answer = site.get(path, token).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
            seen += check(path, &watch.take());
        }
        site.scans(&admin, &scans(&site, round)).await;
        seen += check("scans", &watch.take());
    }
    assert!(seen > asked.len() * ROUNDS, "the server tells of {seen} statements");
}
