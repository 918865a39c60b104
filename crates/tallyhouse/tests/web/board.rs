//! The dashboard and its figures for programs: each equals a recount, on both databases, across midnight in India.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use bags_store::report::raw;
use bags_store::sample::Sizes;
use bags_store::{board, sample};
use base_core::permission::Role;
use base_core::report::date_of;
use base_core::time::{Clock, DAY_US, HOUR_US, MINUTE_US};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::common::{Site, each_site, joined};

fn india() -> TimeZone {
    TimeZone::get("Asia/Kolkata").expect("bundled zone")
}

/// Moves the clock to some time before the next midnight in India.
fn before_midnight(site: &Site, span_us: i64) {
    let now = site.clock.now();
    site.clock.pass_us(now.end_of_day(&india()).since_us(now) - span_us);
}

async fn children(site: &Site, token: &str, parent: &str, codes: std::ops::Range<u32>) {
    let mut scans = vec![site.scan(&format!("\"action\":\"parent\",\"code\":\"{parent}\""))];
    scans.extend(
        codes.map(|n| site.scan(&format!("\"action\":\"child\",\"parent\":\"{parent}\",\"code\":\"KID{n:04}\""))),
    );
    site.scans(token, &scans).await;
}

async fn figures(site: &Site, token: &str) -> Value {
    site.get("/api/stats", token).await.json()["statistics"].clone()
}

fn counts(activity: &Value) -> Vec<i64> {
    let days = activity["activity"].as_array().expect("days");
    days.iter().map(|day| day["scan_count"].as_i64().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_true_before_and_after_midnight_in_india() {
    for site in each_site().await {
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let indore = site.token("kiran", Role::Dispatcher, Some("indore")).await;
        let admin = site.token("root", Role::Admin, None).await;
        before_midnight(&site, 10 * MINUTE_US);
        children(&site, &lucknow, "SB00001", 0..5).await;
        site.clock.pass_us(20 * MINUTE_US);
        children(&site, &lucknow, "SB00002", 10..12).await;
        children(&site, &indore, "SB00003", 20..27).await;
        // A child that is in a parent already: refused.
        children(&site, &lucknow, "SB00002", 0..1).await;

        let all = figures(&site, &admin).await;
        let of = |figures: &Value, names: &[&str]| names.iter().map(|name| figures[*name].as_i64()).collect::<Vec<_>>();
        let names =
            ["scans_today", "scans_24h", "scans_last_hour", "my_scans_today", "total_scans", "active_dispatchers"];
        let expected = |numbers: [i64; 6]| numbers.map(Some).to_vec();
        assert_eq!(of(&all, &names), expected([3 + 8 + 1, 6 + 12, 6 + 12, 0, 18, 2]));
        assert_eq!(
            of(&all, &["total_parent_bags", "total_child_bags", "total_products"]),
            [Some(3), Some(14), Some(17)]
        );
        assert_eq!(of(&figures(&site, &lucknow).await, &names), expected([4, 10, 10, 4, 10, 1]));
        assert_eq!(of(&figures(&site, &indore).await, &names), expected([8, 8, 8, 8, 8, 1]));

        assert_eq!(counts(&site.get("/api/activity/3", &admin).await.json()), [0, 6, 12]);
        assert_eq!(counts(&site.get("/api/activity/2", &lucknow).await.json()), [6, 4]);
        let day = site.get("/api/activity/1", &indore).await.json();
        assert_eq!(counts(&day), [8]);
        assert_eq!(day["end_date"].as_str(), Some(&*date_of(site.clock.now(), &india()).to_string()));

        let page = joined(&site.get("/", &admin).await.body);
        assert!(page.contains("<th scope=\"row\">00</th><td class=\"n\">12</td>"), "{page}");
        assert!(page.contains("<th scope=\"row\">23</th><td class=\"n\">0</td>"));
        assert!(page.contains("<li data-area=\"lucknow\"><span>Lucknow</span>") && page.contains("<b>8</b></li>"));
        // The hour passes, the day does not.
        site.clock.pass_us(HOUR_US);
        assert_eq!(of(&figures(&site, &admin).await, &names), expected([12, 18, 0, 0, 18, 0]));
        site.clock.pass_us(23 * HOUR_US);
        assert_eq!(of(&figures(&site, &admin).await, &names), expected([0, 0, 0, 0, 18, 0]));
        assert_eq!(counts(&site.get("/api/activity/3", &admin).await.json()), [6, 12, 0]);
    }
}

/// The scans of each day that were not refused.
async fn recount(site: &Site) -> BTreeMap<Date, i64> {
    let mut by_day = BTreeMap::new();
    for scan in raw::scans(&site.db).await.expect("the scans") {
        let counter = Outcome::parse(&scan.outcome).and_then(Counter::of_scan);
        if counter.is_some_and(|counter| counter != Counter::ScansRefused) {
            *by_day.entry(date_of(scan.at, &india())).or_default() += 1;
        }
    }
    by_day
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_days_equals_a_recount_also_after_old_days_came_in() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        let empty = site.get("/api/activity/366", &admin).await.json();
        assert_eq!((counts(&empty).len(), counts(&empty).iter().sum::<i64>()), (366, 0));
        let sizes = Sizes { parents: 200, bills: 20, days: 400 };
        sample::fill(&site.db, sizes, sample::People { first: 1, count: 1 }, site.clock.now()).await.expect("a sample");
        let by_day = recount(&site).await;
        for days in [366, 90, 7, 1] {
            let answer = site.get(&format!("/api/activity/{days}"), &admin).await.json();
            let shown = answer["activity"].as_array().expect("days");
            assert_eq!(shown.len(), days);
            for day in shown {
                let date: Date = day["date"].as_str().expect("a day").parse().expect("a day");
                assert_eq!(day["scan_count"].as_i64(), Some(by_day.get(&date).copied().unwrap_or(0)), "{date}");
            }
        }
        let bills = raw::bills(&site.db).await.expect("the bills");
        let all = figures(&site, &admin).await;
        assert_eq!(all["total_bills"].as_u64(), Some(bills.len() as u64));
        let completed = bills.iter().filter(|bill| bill.status == "completed").count() as u64;
        assert_eq!(all["completed_bills"].as_u64(), Some(completed));
        assert_eq!(all["active_bills"].as_u64(), Some(bills.len() as u64 - completed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_year_equals_a_recount_also_after_old_days_came_in_and_on_the_next_day() {
    for site in each_site().await {
        let root = site.token("root", Role::Admin, None).await;
        let tiles = async || {
            let page = joined(&site.get("/reports/people/root", &root).await.body);
            ["Accepted scans today", "Accepted in total", "Active days"].map(|label| {
                let rest = page.split(&format!("<span>{label}</span><b>")).nth(1).unwrap_or_default();
                rest.split('<').next().unwrap_or_default().replace(',', "").parse::<usize>().expect("a figure")
            })
        };
        assert_eq!(tiles().await, [0, 0, 0]);
        // All scans of the sample are of the first account.
        let sizes = Sizes { parents: 200, bills: 20, days: 400 };
        sample::fill(&site.db, sizes, sample::People { first: 1, count: 1 }, site.clock.now()).await.expect("a sample");
        for is_next_day in [false, true] {
            if is_next_day {
                site.clock.pass_us(DAY_US);
                children(&site, &root, "SB00001", 0..4).await;
            }
            let by_day = recount(&site).await;
            let today = date_of(site.clock.now(), &india());
            let first = today.checked_sub(365.days()).expect("a day");
            let scans = |n: &i64| usize::try_from(*n).expect("a count");
            let of_today = by_day.get(&today).map_or(0, scans);
            assert!(!is_next_day || of_today == 5, "{of_today}");
            let active_days = by_day.range(first..).count();
            assert_eq!(tiles().await, [of_today, by_day.values().map(scans).sum(), active_days]);
            assert_eq!(tiles().await, [of_today, by_day.values().map(scans).sum(), active_days], "as it is remembered");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_its_own_dashboard() {
    for site in each_site().await {
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let biller = site.token("meera", Role::Biller, None).await;
        let admin = site.token("root", Role::Admin, None).await;
        let gate = site.token("gate", Role::Steward, None).await;
        children(&site, &lucknow, "SB00001", 0..2).await;
        let bill = "{\"bill\":\"B<1>\",\"capacity\":3}";
        assert_eq!(site.post_json("/api/v1/bills", &biller, bill).await.status, StatusCode::CREATED);
        let [dispatcher, biller, admin, gate] = [
            site.get("/", &lucknow).await.body,
            site.get("/?days=7", &biller).await.body,
            site.get("/?days=90", &admin).await.body,
            site.get("/", &gate).await.body,
        ];
        for (page, areas, bills, users, mine) in [
            (&dispatcher, false, false, false, true),
            (&biller, true, true, false, true),
            (&admin, true, true, true, true),
            (&gate, false, false, false, false),
        ] {
            assert_eq!(page.contains("id=\"areas\""), areas);
            assert_eq!(page.contains("id=\"latest-bills\""), bills);
            assert_eq!(page.contains("data-stat=\"total_users\""), users);
            assert_eq!(page.contains("id=\"mine\""), mine);
            assert!(page.contains("id=\"activity-chart\"") && page.contains("id=\"hours-chart\""));
        }
        assert!(biller.contains("B&#60;1&#62;") && !biller.contains("B<1>"), "shown as text");
        assert!(dispatcher.contains("<b data-stat=\"my_scans_today\">3</b>"));
        assert!(biller.contains("<a class=\"button\" href=\"/?days=7#activity\" aria-current=\"true\">7 days</a>"));
        assert_eq!(joined(&admin).matches("<tr><th scope=\"row\">").count(), 24 + 90);
        assert!(!gate.contains("KID0001") && dispatcher.contains("KID0001"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_for_programs_keep_to_rights_and_scope() {
    for site in each_site().await {
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let indore = site.token("kiran", Role::Dispatcher, Some("indore")).await;
        let biller = site.token("meera", Role::Biller, None).await;
        let admin = site.token("root", Role::Admin, None).await;
        let gate = site.token("gate", Role::Steward, None).await;
        children(&site, &lucknow, "SB00001", 0..20).await;
        for path in ["/api/scans", "/api/activity/7", "/api/statistics", "/api/v2/stats"] {
            assert_eq!(site.get(path, "tally_wrong").await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(site.get("/api/statistics", &gate).await.status, StatusCode::FORBIDDEN);
        for (token, bags) in [(&lucknow, 21), (&indore, 0), (&biller, 21)] {
            let totals = site.get("/api/statistics", token).await.json();
            assert_eq!((totals["total_bags"].as_i64(), totals.get("total_users")), (Some(bags), None), "{totals}");
        }
        let totals = site.get("/api/statistics", &admin).await.json();
        assert_eq!((totals["total_bags"].as_i64(), totals["total_scans"].as_i64()), (Some(21), Some(21)));
        assert_eq!((totals["total_bills"].as_i64(), totals["total_users"].as_i64()), (Some(0), Some(5)));
        assert_eq!(site.get("/api/scans", &gate).await.status, StatusCode::FORBIDDEN);
        let scans = async |path: &str, token: &str| {
            let answer = site.get(path, token).await.json();
            answer["scans"].as_array().expect("scans").clone()
        };
        assert_eq!(scans("/api/scans", &indore).await.len(), 0);
        let latest = scans("/api/scans", &lucknow).await;
        assert_eq!(latest.len(), 10);
        assert_eq!((latest[0]["product_qr"].as_str(), latest[0]["type"].as_str()), (Some("KID0019"), Some("child")));
        assert_eq!(latest[0]["username"].as_str(), Some("arjun"));
        assert_eq!(scans("/api/scans?limit=50", &admin).await.len(), 21);
        for bad in ["/api/scans?limit=51", "/api/scans?limit=0", "/api/scans?limit=x"] {
            assert_eq!(site.get(bad, &admin).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        for bad in ["0", "367", "-1", "x"] {
            let answer = site.get(&format!("/api/activity/{bad}"), &admin).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        assert_eq!(counts(&site.get("/api/activity/2", &indore).await.json()).iter().sum::<i64>(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_figure_reads_a_whole_table() {
    let site = each_site().await.remove(0);
    let mut plans = board::plans(&site.db).await.expect("plans");
    plans.extend(bags_store::attention::plans(&site.db).await.expect("plans"));
    for plan in plans {
        let reads_all = ["SCAN counters", "SCAN scans", "SCAN person_scans"];
        assert!(!reads_all.iter().any(|part| plan.contains(part)), "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_how_many_different_bags_were_scanned() {
    for site in each_site().await {
        let arjun = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        children(&site, &arjun, "SB00001", 0..3).await;
        // Again: one that is chosen, three that are refused.
        children(&site, &arjun, "SB00001", 0..3).await;
        let page = joined(&site.get("/reports/people/arjun", &arjun).await.body);
        assert!(page.contains("<span>Different bags scanned</span><b>4</b>"), "{page}");
        assert!(page.contains("<span>Accepted in total</span><b>5</b>"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_bags_are_counted_when_that_is_asked_for() {
    for site in each_site().await {
        let root = site.token("root", Role::Admin, None).await;
        let sizes = Sizes { parents: 100, bills: 10, days: 30 };
        sample::fill(&site.db, sizes, sample::People { first: 1, count: 1 }, site.clock.now()).await.expect("a sample");
        let page = site.get("/reports/people/root", &root).await.body;
        assert!(page.contains("href=\"/reports/people/root?count=bags\""), "{page}");
        let counted = joined(&site.get("/reports/people/root?count=bags", &root).await.body);
        assert!(counted.contains("<span>Different bags scanned</span><b>3,094</b>"), "{counted}");
        // A CSV has one table and no key figures; the workbook has them as numbers.
        let (_, file) = crate::reports::bytes(&site, "/reports/people/root?format=xlsx", &root).await;
        let rows = crate::reports::rows(&file);
        let counted = rows.iter().find(|row| row.first().is_some_and(|cell| cell == "Different bags scanned"));
        assert_eq!(counted.and_then(|row| row.get(1)).map(String::as_str), Some("3094"), "{rows:?}");
        let list = site.get("/reports/people?format=csv", &root).await.body;
        assert!(list.lines().any(|line| line.starts_with("root,") && line.contains(",3")), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_open_yesterday_needs_a_look_and_leads_to_its_list() {
    for site in each_site().await {
        let arjun = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let kiran = site.token("kiran", Role::Dispatcher, Some("indore")).await;
        let admin = site.token("root", Role::Admin, None).await;
        children(&site, &arjun, "SB00001", 0..3).await;
        site.create_bill(&admin, "INV-1", 2).await;
        assert!(!site.get("/", &admin).await.body.contains("id=\"needs\""), "nothing is old yet");
        site.clock.pass_us(DAY_US);
        let home = site.get("/", &admin).await.body;
        let needs = home.split_once("id=\"needs\"").expect("something needs a look").1;
        let needs = needs.split_once("</section>").expect("its end").0;
        let links: Vec<String> = needs
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(|to| to.replace("&#38;", "&"))
            .collect();
        assert_eq!(links.len(), 2, "{needs}");
        for (link, found) in links.iter().zip(["INV-1", "SB00001"]) {
            let list = site.get(link, &admin).await.body;
            assert!(list.contains(found), "{link} does not show {found}");
        }
        assert!(site.get("/", &arjun).await.body.contains("id=\"needs\""), "a parent of one's own area");
        assert!(!site.get("/", &kiran).await.body.contains("id=\"needs\""), "nothing of another area");
    }
}
