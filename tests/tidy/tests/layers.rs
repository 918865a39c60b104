//! Who may know what, and who may use whom (ARCHITECTURE.md).

use tallyhouse_tidy::{Source, assert_none, crate_sources, matcher, sources};

/// The crates of the base, lowest first: each may use those before it.
const BASE: [&str; 16] = [
    "core", "proof", "sheet", "db", "secret", "http", "mail", "records", "seams", "backup", "health", "desk", "files",
    "jobs", "web", "wing",
];
/// The crates of a wing, lowest first: each may use those before it in its own wing, and the base.
const WING: [&str; 10] =
    ["rules", "store", "erp", "directory", "traitortrack", "epass", "oldportal", "work", "web", "gate"];

/// The wing, or `base`, and the crate in it; `None` for the program.
fn place_of(name: &str) -> Option<(&str, &str)> {
    name.split_once('/')
}

/// The shipped code of crates that `may` does not let know something.
fn code_outside(may: impl Fn(&str) -> bool) -> Vec<Source> {
    let outside = crate_sources().into_iter().filter(|source| !may(source.crate_name()));
    outside.map(|source| source.without_tests().without_comments()).collect()
}

fn ends_with_any(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

#[test]
fn sql_is_known_to_the_stores_and_to_importers_of_old_databases() {
    // A literal that begins like a statement; this code writes SQL in one case.
    let begin = r#""(?:\\\n)?\s*"#;
    let statement = [
        r"(?:select\b[^\x22]*\bfrom\b|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b|with\s+\w+\s+as\s*\(",
        r"|SELECT\b[^\x22]*\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|WITH\s+\w+\s+AS\s*\()",
    ]
    .concat();
    let may = |name: &str| {
        ends_with_any(name, &["base/db", "base/records", "/store", "/erp", "/traitortrack", "/epass", "/oldportal"])
    };
    let mut breaches = Vec::new();
    for source in code_outside(may) {
        breaches.extend(source.find(&format!("{begin}{statement}"), "move the statement into a store"));
        breaches.extend(source.find(r"\bsqlx::", "let a store hand out a type of its own"));
    }
    assert_none(&breaches);
}

#[test]
fn http_is_known_to_the_webs_and_to_the_program() {
    let mut breaches = Vec::new();
    let may = ["/web", "base/wing", "base/http", "tallyhouse"];
    for source in code_outside(|name| ends_with_any(name, &may)) {
        let advice = "only the web crates, what calls other servers and the program know HTTP";
        breaches.extend(source.find(r"(?:^|[^:\w])(?:axum|axum_extra|hyper|hyper_util|tower_http|http)::", advice));
    }
    assert_none(&breaches);
}

#[test]
fn ldap_is_known_to_the_directory_alone() {
    let mut breaches = Vec::new();
    for source in code_outside(|name| name == "people/directory") {
        breaches.extend(source.find(r"\b(?:ldap3|lber)::", "only `people/directory` speaks with directories"));
    }
    assert_none(&breaches);
}

#[test]
fn rules_and_the_core_do_no_io_and_wait_for_nothing() {
    let outside = r"\basync\b|\.await\b|\btokio\b|\bsqlx\b|\bstd::(?:fs|net|env|process|thread)\b|\bSystemTime\b|\bInstant::now\b";
    let advice = "this crate only decides: let the caller do this and pass the result in";
    let is_pure = |path: &str| path.starts_with("crates/base/core/") || path.contains("/rules/");
    let mut breaches = Vec::new();
    for source in sources("crates", &[".rs"]).into_iter().filter(|source| is_pure(&source.path)) {
        breaches.extend(source.without_comments().find(outside, advice));
    }
    for manifest in sources("crates", &["Cargo.toml"]).into_iter().filter(|manifest| is_pure(&manifest.path)) {
        breaches.extend(manifest.find(r"(?m)^(?:tokio|sqlx|axum|hyper|reqwest|futures\S*)\b.*", advice));
    }
    assert_none(&breaches);
}

#[test]
fn arrows_between_crates_go_down_only_and_no_wing_uses_another() {
    let dependency = matcher(r"(?m)^(tallyhouse(?:-\w+)?|[a-z]+-[a-z]+)(?:\.workspace)?\s*=");
    let names: Vec<String> = crate_sources().iter().map(|source| source.crate_name().replace('/', "-")).collect();
    let mut breaches = Vec::new();
    for manifest in sources("crates", &["Cargo.toml"]) {
        let own = manifest.crate_name().to_owned();
        for found in dependency.captures_iter(&manifest.text) {
            let used = found[1].to_owned();
            let at = found.get(0).expect("group 0 always matches").start();
            if !(names.contains(&used) || used.starts_with("tallyhouse")) {
                continue;
            }
            let section = manifest.text[..at].rfind("\n[").map_or("", |from| &manifest.text[from..]);
            let path = used.replacen('-', "/", 1);
            let place = manifest.place(at);
            if section.starts_with("\n[dev-") {
                if !may_test_with(&own, &path) {
                    let advice = "move the test to a crate that may use both";
                    breaches.push(format!("{place}: the tests of `{own}` may not use `{used}`: {advice}"));
                }
            } else if !may_use(&own, &path) {
                breaches.push(format!("{place}: `{own}` may not use `{used}`: move what is needed down"));
            }
        }
    }
    assert_none(&breaches);
}

fn may_use(own: &str, used: &str) -> bool {
    let Some((wing, name)) = place_of(own) else { return true };
    let Some((used_wing, used_name)) = place_of(used) else { return false };
    let order: &[&str] = if used_wing == "base" { &BASE } else { &WING };
    let rank = |name: &str| order.iter().position(|known| *known == name);
    match (wing == used_wing, used_wing) {
        (true, _) => rank(used_name).zip(rank(name)).is_some_and(|(below, above)| below < above),
        // Rules stand on the core alone: they decide, and nothing else.
        (false, "base") => name != "rules" || used_name == "core",
        (false, _) => false,
    }
}

/// Whether the tests of a crate may use another crate: one of its own wing, one of the base, or `tests/support`.
fn may_test_with(own: &str, used: &str) -> bool {
    let Some((wing, _)) = place_of(own) else { return true };
    let Some((used_wing, _)) = place_of(used) else { return false };
    used == "tallyhouse/support" || used_wing == "base" || used_wing == wing
}

#[test]
fn tests_may_use_their_own_wing_the_base_and_the_support() {
    for (own, used) in [("base/desk", "tallyhouse/support"), ("bags/store", "bags/work"), ("bags/work", "base/web")] {
        assert!(may_test_with(own, used), "{own} {used}");
    }
    for (own, used) in [("base/jobs", "bags/work"), ("bags/web", "people/web"), ("base/db", "tallyhouse")] {
        assert!(!may_test_with(own, used), "{own} {used}");
    }
}

#[test]
fn every_crate_has_its_place() {
    let mut breaches = Vec::new();
    for manifest in sources("crates", &["Cargo.toml"]) {
        let is_placed = match place_of(manifest.crate_name()) {
            Some(("base", name)) => BASE.contains(&name),
            Some((_, name)) => WING.contains(&name),
            None => manifest.crate_name() == "tallyhouse",
        };
        if !is_placed {
            breaches.push(format!("{}:1: give this crate a place in ARCHITECTURE.md and in tests/tidy", manifest.path));
        }
    }
    assert_none(&breaches);
}

/// The words by which each wing is known.
const WORDS: [(&str, &str); 3] = [
    ("bags", r"(?i)\b(?:bags?|bills?|traitortrack)\b"),
    ("passes", r"(?i)\b(?:redeems?|e-?pass)\b"),
    ("portal", r"(?i)\b(?:erp|deacom)\b"),
];

#[test]
fn the_base_names_no_wing_and_no_wing_names_another() {
    let mut breaches = Vec::new();
    for source in crate_sources() {
        let (path, Some((wing, _))) = (source.path.clone(), place_of(source.crate_name())) else { continue };
        let wing = wing.to_owned();
        // The names of products are words that no password may be made of.
        if path == "crates/people/rules/src/password.rs" {
            continue;
        }
        let code = source.without_tests().without_comments();
        for (_, words) in WORDS.iter().filter(|(name, _)| *name != wing) {
            breaches.extend(code.find(words, &format!("`{wing}` does not know this: let the wing hand it in")));
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
