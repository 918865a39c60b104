//! Who may know what, and who may stand on whom (ARCHITECTURE.md).

use tallyhouse_tidy::{Source, assert_none, crate_sources, matcher, sources};

/// A crate may use those of lower floors only.
const FLOORS: [(&str, u8); 15] = [
    ("core", 1),
    ("sheet", 1),
    ("store", 2),
    ("directory", 2),
    ("erp", 2),
    ("mail", 2),
    ("secret", 2),
    ("base/desk", 3),
    ("export", 3),
    ("report", 3),
    ("bags/work", 4),
    ("import", 5),
    ("web", 6),
    ("worker", 6),
    ("tallyhouse", 7),
];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

/// The shipped code of the crates that are not in `except`.
fn code_outside(except: &[&str]) -> Vec<Source> {
    crate_sources()
        .into_iter()
        .filter(|source| !except.contains(&source.crate_name()))
        .map(|source| source.without_tests().without_comments())
        .collect()
}

#[test]
fn only_the_store_knows_sql() {
    // A literal that begins like a statement; the house writes SQL in one case.
    let begin = r#""(?:\\\n)?\s*"#;
    let statement = [
        r"(?:select\b[^\x22]*\bfrom\b|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b|with\s+\w+\s+as\s*\(",
        r"|SELECT\b[^\x22]*\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|WITH\s+\w+\s+AS\s*\()",
    ]
    .concat();
    let mut breaches = Vec::new();
    for source in code_outside(&["store"]) {
        breaches
            .extend(source.find(&format!("{begin}{statement}"), "move the statement into a function of crates/store"));
        breaches.extend(source.find(r"\bsqlx::", "let crates/store hand out a type of its own"));
    }
    assert_none(&breaches);
}

#[test]
fn only_web_and_the_program_know_http() {
    let mut breaches = Vec::new();
    for source in code_outside(&["web", "tallyhouse"]) {
        let advice = "only crates/web and crates/tallyhouse know HTTP";
        breaches.extend(source.find(r"(?:^|[^:\w])(?:axum|axum_extra|hyper|hyper_util|tower_http|http)::", advice));
    }
    assert_none(&breaches);
}

#[test]
fn core_does_no_io_and_waits_for_nothing() {
    let outside = r"\basync\b|\.await\b|\btokio\b|\bsqlx\b|\bstd::(?:fs|net|env|process|thread)\b|\bSystemTime\b|\bInstant::now\b";
    let advice = "core only decides: let the caller do this and pass the result in";
    let mut breaches = Vec::new();
    for source in sources("crates/core/src", &[".rs"]) {
        breaches.extend(source.without_comments().find(outside, advice));
    }
    for manifest in sources("crates/core", &["Cargo.toml"]) {
        breaches.extend(manifest.find(r"(?m)^(?:tokio|sqlx|axum|hyper|reqwest|futures\S*)\b.*", advice));
    }
    assert_none(&breaches);
}

#[test]
fn arrows_between_crates_go_down_only() {
    let dependency =
        matcher(r"(?m)^[^#\n]*?\b(?:tallyhouse(?:-(\w+))?|((?:base|bags)-\w+))(?:\s*=|\.workspace|\]|\x22)");
    let mut breaches = Vec::new();
    for manifest in sources("crates", &["Cargo.toml"]) {
        let name = manifest.crate_name();
        let Some(own) = floor(name) else {
            breaches.push(format!("{}:1: give `{name}` a floor in ARCHITECTURE.md and in tests/tidy", manifest.path));
            continue;
        };
        for found in dependency.captures_iter(&manifest.text) {
            let line = found.get(0).expect("group 0 always matches");
            let grouped = found.get(2).map(|used| used.as_str().replacen('-', "/", 1));
            let used = grouped.as_deref().or(found.get(1).map(|used| used.as_str())).unwrap_or("tallyhouse");
            // The package's own name, and the name of its program.
            let names_itself = line.as_str().trim_start().starts_with("name");
            let for_tests =
                manifest.text[..line.start()].rfind("\n[").is_some_and(|at| manifest.text[at..].starts_with("\n[dev-"));
            let allowed = names_itself || (for_tests && used == "support");
            if !allowed && floor(used).is_none_or(|below| below >= own) {
                let place = manifest.place(line.end() - 1);
                breaches
                    .push(format!("{place}: `{name}` (floor {own}) may not use `{used}`: move what is needed down"));
            }
        }
    }
    assert_none(&breaches);
}

#[test]
fn the_desk_names_nothing_that_a_domain_brings() {
    let words = r"(?i)\b(?:bags?|bills?|parents?|child(?:ren)?|links?|imports?|codes?|pass(?:es)?)\b";
    let mut breaches = Vec::new();
    for source in sources("crates/base/desk", &[".rs"]) {
        breaches.extend(source.find(words, "the desk serves every domain: let the domain bring this"));
    }
    assert_none(&breaches);
}
