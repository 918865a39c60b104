//! What documents promise: the table of tasks and the handbook name pages and commands that there are, and the examples of the API
//! are answered as it says.

use std::collections::BTreeSet;
use std::process::Command;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base_core::permission::Role;
use serde_json::Value;

use crate::common::each_site;
use crate::matrix::routes::routes;

const TASKS: &str = include_str!("../../../../docs/admin-tasks.md");
const TEXTS: [&str; 3] = [
    include_str!("../../../../docs/handbook.md"),
    include_str!("../../../../docs/checklist.md"),
    include_str!("../../../../docs/running.md"),
];
const API: &str = include_str!("../../../../docs/api.md");
/// Where addresses of the program begin, in documents that also name files of the machine.
const PAGES: [&str; 11] = [
    "/admin/",
    "/profile",
    "/help",
    "/imports",
    "/exports",
    "/gate",
    "/register",
    "/ready",
    "/health",
    "/pass-keys",
    "/portal",
];

/// The words in back-ticks of these lines.
fn words<'t>(lines: impl Iterator<Item = &'t str>) -> BTreeSet<&'t str> {
    lines.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// The words of the table of tasks.
fn of_tasks() -> BTreeSet<&'static str> {
    words(TASKS.lines().filter(|line| line.starts_with('|')))
}

/// The words of the other texts, without their code blocks.
fn of_texts() -> BTreeSet<&'static str> {
    let prose = TEXTS.into_iter().flat_map(|text| text.split("```").step_by(2)).flat_map(str::lines);
    words(prose)
}

#[tokio::test]
async fn every_page_that_the_guides_name_is_a_route() {
    let site = each_site().await.remove(0);
    let there: BTreeSet<String> = routes(&site.router).into_iter().map(|route| route.path).collect();
    let pages: Vec<&str> = of_tasks().into_iter().filter(|word| word.starts_with('/')).collect();
    assert!(pages.len() > 20, "{pages:?}");
    for page in pages {
        assert!(there.contains(page), "there is no page {page}");
    }
    let pages = of_texts().into_iter().filter(|word| PAGES.iter().any(|page| word.starts_with(page)));
    let pages: BTreeSet<&str> = pages.map(|word| word.split(['?', '#']).next().unwrap_or(word)).collect();
    assert!(pages.len() > 15, "{pages:?}");
    for page in pages {
        assert!(there.contains(page), "there is no page {page}");
    }
}

/// The names behind the word `job` or `jobs` in the table of tasks.
fn jobs() -> BTreeSet<&'static str> {
    let cells = TASKS.lines().filter(|line| line.starts_with('|')).flat_map(|row| row.split('|'));
    let behind = cells.filter_map(|cell| cell.split("jobs `").nth(1).or_else(|| cell.split("job `").nth(1)));
    let names = behind.flat_map(|names| names.split('`').step_by(2)).map(str::trim);
    names.filter(|name| !name.is_empty() && *name != "," && !name.starts_with("tallyhouse")).collect()
}

#[test]
fn every_job_that_the_table_names_has_words_on_its_page() {
    let texts = include_str!("../../../base/web/locales/en/base.ftl").to_owned()
        + include_str!("../../../people/web/locales/en/people.ftl");
    let jobs = jobs();
    assert!(jobs.len() >= 10 && jobs.contains("integrity"), "{jobs:?}");
    for job in jobs {
        assert!(texts.contains(&format!("\njob-{job} = ")), "there is no job {job}");
    }
}

#[test]
fn every_command_that_the_guides_name_is_understood() {
    let commands: Vec<&str> = of_tasks().into_iter().filter(|word| word.starts_with("tallyhouse ")).collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        understood(command);
    }
    // Those of the other texts come with names in capitals and options: what stands before is the command.
    let named = of_texts().into_iter().filter(|word| word.starts_with("tallyhouse "));
    let is_word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !part.starts_with('-');
    let named: BTreeSet<String> =
        named.map(|word| word.split(' ').take_while(is_word).collect::<Vec<_>>().join(" ")).collect();
    let known = of_tasks();
    for command in named.iter().filter(|command| command.contains(' ') && !known.contains(command.as_str())) {
        understood(command);
    }
}

/// Asks the program for the help of a command.
fn understood(command: &str) {
    let parts = command.split(' ').skip(1).chain(["--help"]);
    let ran = Command::new(env!("CARGO_BIN_EXE_tallyhouse")).args(parts).output().expect("it runs");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && told.contains(&format!("Usage: {command}")), "{command}: {told}");
}

/// The calls of the examples, each as its words.
fn calls() -> Vec<Vec<String>> {
    let mut calls: Vec<Vec<String>> = Vec::new();
    for block in API.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let (mut word, mut quote) = (String::new(), None);
        let mut words = Vec::new();
        for c in block.chars() {
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                (' ' | '\n', None) => {
                    words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                    if c == '\n' {
                        calls.push(std::mem::take(&mut words));
                    }
                }
                (c, _) => word.push(c),
            }
        }
    }
    calls.retain(|words| words.first().is_some_and(|word| word == "curl"));
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_api_are_answered_as_the_page_says() {
    let site = each_site().await.remove(0);
    let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
    let mut answered = Vec::new();
    for words in calls() {
        let path = words.iter().find_map(|word| word.strip_prefix("$SITE")).expect("an address");
        let after = |flag: &str| {
            let places = words.iter().enumerate().filter(|(_, word)| word.as_str() == flag);
            places.filter_map(|(at, _)| words.get(at + 1)).cloned().collect::<Vec<_>>()
        };
        let body = after("-d").into_iter().next();
        let mut request = Request::builder().uri(path).method(if body.is_some() { "POST" } else { "GET" });
        for header in after("-H") {
            let (name, value) = header.split_once(": ").expect("a header");
            request = request.header(name, value.replace("$TOKEN", &token));
        }
        let answer = site.send(request.body(Body::from(body.unwrap_or_default())).expect("a request")).await;
        answered.push((path.to_owned(), answer.status, answer.json()));
    }
    let of = |path: &str| answered.iter().find(|(of, ..)| of == path).unwrap_or_else(|| panic!("{path}: {answered:?}"));
    assert_eq!(of("/api/v1/me").2["name"], "arjun");
    let results = &of("/api/v1/scans").2["results"];
    assert_eq!(
        (&results[0]["outcome"], &results[1]["outcome"]),
        (&"parent_created".into(), &"linked".into()),
        "{results}"
    );
    let (_, status, problem) = of("/api/v1/bags?limit=1000");
    assert_eq!(
        (*status, &problem["code"], &problem["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &"invalid_field".into(), &"limit".into())
    );
    assert_eq!(of("/api/v1/bags?type=parent&limit=50").2["next_cursor"], Value::Null);
    assert_eq!(of("/api/v1/bags/SB00001").2["children"][0]["code"], "KID17");
    assert!(answered.iter().filter(|(_, status, _)| status.is_success()).count() >= 5, "{answered:?}");
}
