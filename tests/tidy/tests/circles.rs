//! No two files import each other, however long the way round is.

use std::collections::{BTreeMap, BTreeSet};

use tallyhouse_tidy::{Source, assert_none, crate_sources, matcher};

/// The module of a file below `src`, as its path in the crate: `bags/pages/list.rs` is `bags::pages::list`.
fn module_of(source: &Source) -> Option<String> {
    let inner = source.path.split_once("/src/")?.1.strip_suffix(".rs")?;
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    (!matches!(inner, "lib" | "main")).then(|| inner.replace('/', "::"))
}

/// Every path that a text imports from its own crate, as modules: `use crate::a::{b, c::D}` is `a::b` and `a::c::D`.
fn imported(text: &str, module: &str) -> Vec<String> {
    let statement = matcher(r"(?ms)^\s*(?:pub(?:\([a-z ]+\))? )?use ((?:crate|super)::[^;]*);");
    let inline = matcher(r"\b((?:crate|super)(?:::\w+)+)");
    let mut paths = Vec::new();
    for found in statement.captures_iter(text) {
        expand(&found[1].split_whitespace().collect::<String>(), &mut paths);
    }
    paths.extend(inline.captures_iter(text).map(|found| found[1].to_owned()));
    paths.iter().filter_map(|path| from_root(path, module)).collect()
}

fn expand(path: &str, out: &mut Vec<String>) {
    let Some((head, rest)) = path.split_once('{') else {
        out.push(path.to_owned());
        return;
    };
    let inside = rest.strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut from) = (0, 0);
    for (at, character) in inside.char_indices().chain([(inside.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&format!("{head}{}", &inside[from..at]), out);
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// A path from the crate's root: `super::a` in `b::c` is `b::a`.
fn from_root(path: &str, module: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("crate::") {
        return Some(rest.to_owned());
    }
    let mut here: Vec<&str> = module.split("::").collect();
    let mut rest = path;
    while let Some(more) = rest.strip_prefix("super::") {
        here.pop()?;
        rest = more;
    }
    here.push(rest);
    Some(here.join("::"))
}

/// For each file of a crate, the files that it imports. What a file's own folder holds belongs to it: a module may name
/// its parts, and they it.
fn arrows(files: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<String> = files.iter().filter_map(module_of).collect();
    let mut arrows = BTreeMap::new();
    for file in files {
        let Some(module) = module_of(file) else { continue };
        let mut to = BTreeSet::new();
        for path in imported(&file.text, &module) {
            let parts: Vec<&str> = path.split("::").collect();
            let prefixes = (1..=parts.len()).rev().map(|length| parts[..length].join("::"));
            let Some(target) = prefixes.into_iter().find(|prefix| modules.contains(prefix)) else { continue };
            let is_family = target.starts_with(&format!("{module}::")) || module.starts_with(&format!("{target}::"));
            if target != module && !is_family {
                to.insert(target);
            }
        }
        arrows.insert(module, to);
    }
    arrows
}

/// A way from a file back to itself, if there is one.
fn way_back(arrows: &BTreeMap<String, BTreeSet<String>>, start: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last().expect("a way has a beginning");
        for next in arrows.get(last).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let mut crates: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for source in crate_sources() {
        let name = source.crate_name().to_owned();
        crates.entry(name).or_default().push(source.without_tests().without_comments());
    }
    let mut breaches = Vec::new();
    for (name, files) in crates {
        let arrows = arrows(&files);
        let mut told = BTreeSet::new();
        for start in arrows.keys() {
            let Some(way) = way_back(&arrows, start) else { continue };
            let members: BTreeSet<String> = way.iter().cloned().collect();
            if told.insert(members) {
                breaches
                    .push(format!("crates/{name}: {}: put what they share into a file below both", way.join(" → ")));
            }
        }
    }
    assert_none(&breaches);
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let file = |path: &str, text: &str| Source { path: format!("crates/x/src/{path}"), text: text.to_owned() };
    let files = [
        file("a.rs", "use crate::b::{c::D, E};\n"),
        file("b.rs", "pub mod c;\n"),
        file("b/c.rs", "use super::super::f;\n"),
        file("f.rs", "fn f() { crate::a::g() }\n"),
        file("h.rs", "use crate::a;\n"),
    ];
    let arrows = arrows(&files);
    assert_eq!(way_back(&arrows, "a").map(|way| way.join(" ")), Some("a b::c f a".to_owned()));
    assert_eq!(way_back(&arrows, "h"), None);
}
