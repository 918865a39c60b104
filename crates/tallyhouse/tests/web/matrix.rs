//! Who may reach what: every route of the program, asked by everybody who may be there, and compared with `matrix.txt`.
//!
//! A route that has no line in the table fails, and so does a line without a route.

pub mod asker;
pub mod routes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use futures_util::future::join_all;

use crate::common::{Site, each_site_with};
use crate::second_factor::with_keys;
use asker::{Asker, By, Heard, Things};
use routes::{Route, routes};

const TABLE: &str = include_str!("matrix.txt");

/// What the table says of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// Who may, in the order of [`COLUMNS`].
    may: Vec<bool>,
    /// Whether it is for sessions alone.
    by: String,
    /// Whether what belongs to another area is as unknown as what is not there.
    of_others: String,
}

/// The columns of the table.
const COLUMNS: [&str; 8] = ["admin", "biller", "dispatcher", "organiser", "steward", "service", "customer", "nobody"];

fn table() -> BTreeMap<(String, String), Line> {
    let mut lines = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(cells.len(), COLUMNS.len() + 4, "{line}");
        let may = cells[2..10].iter().map(|cell| match *cell {
            "yes" => true,
            "-" => false,
            other => panic!("{other} is neither `yes` nor `-`: {line}"),
        });
        let said = Line { may: may.collect(), by: cells[10].to_owned(), of_others: cells[11].to_owned() };
        let twice = lines.insert((cells[1].to_owned(), cells[0].to_owned()), said);
        assert!(twice.is_none(), "there are two lines for {line}");
    }
    lines
}

fn told(route: &Route, line: &Line) -> String {
    let mut text = format!("{:<7}{:<45}", route.method, route.path);
    for (may, name) in line.may.iter().zip(COLUMNS) {
        write!(text, " {:<width$}", if *may { "yes" } else { "-" }, width = name.len()).expect("memory");
    }
    format!("{text} {:<8} {}", line.by, line.of_others)
}

/// Asks as one column of the table, with and without an area. Both hear the same.
async fn ask_column(site: &Site, things: &Things, route: &Route, askers: &[Asker]) -> (bool, bool) {
    let mut heard = BTreeSet::new();
    for asker in askers {
        let by_session = asker.ask(site, things, route, By::Session).await;
        let by_token = asker.ask(site, things, route, By::Token).await;
        heard.insert((by_session.is_allowed(route, asker), by_token.is_allowed(route, asker)));
    }
    assert_eq!(heard.len(), 1, "{route:?}: an area opens or closes a door: {askers:?}");
    heard.pop_first().expect("one answer")
}

/// How what is of another area reads: `hidden` where it reads like what is not there, `seen` where somebody of another area
/// sees it, `told` where they see by the answer that it is there.
async fn told_to_others(site: &Site, things: &Things, route: &Route, others: [&Asker; 2]) -> &'static str {
    for asker in others {
        let there: Heard = asker.ask(site, things, route, By::Session).await;
        let not_there = asker.ask(site, &things.unknown(), route, By::Session).await;
        if there.status.is_success() {
            return "seen";
        }
        if there.without_names(things) != not_there.without_names(&things.unknown()) {
            return "told";
        }
    }
    "hidden"
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    // Both databases at once: it is the longest of these tests.
    let of_each = each_site_with(with_keys).await.into_iter().map(|site| tokio::spawn(compare_every_route(site)));
    for compared in join_all(of_each).await {
        compared.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    }
}

async fn compare_every_route(site: Site) {
    let lines = table();
    let mut columns = Vec::new();
    for role in Role::ALL {
        columns.push(vec![
            Asker::new(&site, Realm::Staff, Some(role), None).await,
            Asker::new(&site, Realm::Staff, Some(role), Some("lucknow")).await,
        ]);
    }
    columns.push(vec![
        Asker::new(&site, Realm::Customer, None, None).await,
        Asker::new(&site, Realm::Customer, None, Some("lucknow")).await,
    ]);
    columns.push(vec![Asker::nobody()]);
    let indore = Asker::new(&site, Realm::Staff, Some(Role::Dispatcher), Some("indore")).await;
    let [without, own] = &columns[2][..] else { panic!("two dispatchers") };
    let things = Things::make(&site, own).await;
    let (mut faults, mut asked) = (Vec::new(), BTreeSet::new());
    let mut all = routes(&site.router);
    all.retain(|route| route.method != "ANY");
    // What is removed is asked for before.
    all.sort_by_key(|route| ["GET", "PUT", "PATCH", "POST", "DELETE"].iter().position(|m| *m == route.method));
    for route in all {
        let (mut may, mut by_token) = (Vec::new(), Vec::new());
        for askers in &columns {
            let (session, token) = ask_column(&site, &things, &route, askers).await;
            may.push(session);
            by_token.push(token);
        }
        let staff = ..6;
        let by = match by_token[staff].iter().any(|may| *may) {
            true if by_token[staff] == may[staff] => "any",
            true => "mixed",
            false => "session",
        };
        let names_things = ["{code}", "{number}", "{seq}", "{scan}"].iter().any(|part| route.path.contains(part));
        let mut of_others = "-";
        if names_things && may[2] {
            let seen = own.ask(&site, &things, &route, By::Session).await.status;
            assert_ne!(seen, StatusCode::NOT_FOUND, "{route:?}: it is there for its own area");
            // An address of the earlier system leads on, whatever is there.
            if seen != StatusCode::PERMANENT_REDIRECT {
                of_others = told_to_others(&site, &things, &route, [&indore, without]).await;
            }
        }
        let found = Line { may, by: by.to_owned(), of_others: of_others.to_owned() };
        let key = (route.path.clone(), route.method.clone());
        match lines.get(&key) {
            Some(line) if *line == found => {}
            Some(line) => {
                faults.push(format!("  table: {}\n  found: {}", told(&route, line), told(&route, &found)));
            }
            None => faults.push(format!("no line:\n{}", told(&route, &found))),
        }
        asked.insert(key);
    }
    faults.extend(lines.keys().filter(|key| !asked.contains(*key)).map(|key| format!("there is no route {key:?}")));
    assert!(faults.is_empty(), "{} faults on {}:\n{}", faults.len(), site.db.name(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_made_without_the_proof_that_a_page_of_ours_asked_for_it() {
    let lines = table();
    for site in each_site_with(with_keys).await {
        let admin = Asker::new(&site, Realm::Staff, Some(Role::Admin), None).await;
        let own = Asker::new(&site, Realm::Staff, Some(Role::Dispatcher), Some("lucknow")).await;
        let customer = Asker::new(&site, Realm::Customer, None, None).await;
        let things = Things::make(&site, &own).await;
        let mut refused = 0;
        for route in routes(&site.router).into_iter().filter(|route| route.is_change() && route.method != "ANY") {
            let line = &lines[&(route.path.clone(), route.method.clone())];
            let (of_admin, of_customer, of_nobody) = (line.may[0], line.may[6], line.may[7]);
            let asker = if of_admin || !of_customer { &admin } else { &customer };
            let heard = asker.ask(&site, &things, &route, By::ForeignPage).await;
            if of_nobody {
                // What is open to everybody shows its form again, and signs nobody in.
                assert!(!heard.opens_session(), "{route:?}: {heard:?}");
            } else {
                assert_eq!(heard.status, StatusCode::FORBIDDEN, "{route:?}: {heard:?}");
                refused += 1;
            }
        }
        assert!(refused > 70, "{refused}");
    }
}
