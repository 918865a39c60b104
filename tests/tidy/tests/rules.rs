//! The rules of the warehouse have ids: comments cite them, and `docs/rules.md` says what each of them is.

use std::collections::BTreeSet;

use tallyhouse_tidy::{assert_none, matcher, root, sources};

/// The ids that `docs/rules.md` explains, and a complaint for each that has two lines.
fn explained() -> (BTreeSet<String>, Vec<String>) {
    let line = matcher(r"(?m)^- \*\*([A-Z][0-9]{1,2})\*\* \S");
    let (mut ids, mut twice) = (BTreeSet::new(), Vec::new());
    for source in sources("docs", &[".md"]).into_iter().filter(|source| source.path == "docs/rules.md") {
        for found in line.captures_iter(&source.text) {
            let id = found.get(1).expect("the group is not optional");
            if !ids.insert(id.as_str().to_owned()) {
                twice.push(format!("{}: `{}` has a line already: keep one", source.place(id.start()), id.as_str()));
            }
        }
    }
    (ids, twice)
}

#[test]
fn every_rule_that_is_cited_is_explained() {
    let (ids, mut breaches) = explained();
    assert!(ids.len() > 40, "the rules stand elsewhere by now: {ids:?}");
    // `(B5)`, `(P1, P2)`, `(W2 to W4)`, `(rule D3)`.
    let cited = matcher(r"\((?:rules? )?[BPCWLDUX][0-9]{1,2}(?:(?:, | to )[BPCWLDUX][0-9]{1,2})*\)");
    let id = matcher(r"[BPCWLDUX][0-9]{1,2}");
    for source in ["crates", "tests", "ui/src"].iter().flat_map(|folder| sources(folder, &[".rs", ".ts", ".mjs"])) {
        for found in cited.find_iter(&source.text) {
            for unknown in id.find_iter(found.as_str()).filter(|one| !ids.contains(one.as_str())) {
                let place = source.place(found.start());
                breaches.push(format!("{place}: `{}` has no line in docs/rules.md: write one", unknown.as_str()));
            }
        }
    }
    assert_none(&breaches);
}

#[test]
fn no_file_names_a_document_that_is_not_part_of_this_repository() {
    // Written in parts, so that this file is not its own breach.
    let names = ["bags", "common", "security", "passes", "portal", "beyond", "admin-guide"];
    let missing: Vec<&str> =
        names.into_iter().filter(|name| !root().join(format!("docs/{name}.md")).exists()).collect();
    let names = missing.join("|");
    let document = [r"\b(?:", &names, r")\.", r"md\b"].concat();
    let folder = [r"(?:^|[^\w./-])spec", r"/"].concat();
    let advice = "say it here, or cite a rule of docs/rules.md by its id";
    let mut breaches = Vec::new();
    for source in ["crates", "ui/src", "tests", "scripts", "docs"].iter().flat_map(|folder| sources(folder, &[])) {
        breaches.extend(source.find(&document, advice));
        breaches.extend(source.find(&folder, advice));
    }
    assert_none(&breaches);
}
