//! What every source file must look like.

use tallyhouse_tidy::{assert_none, crate_sources, sources};

const LINES_MAX: usize = 450;
const LINES_WANTED: usize = 400;

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    let mut breaches = Vec::new();
    for source in sources("", &[".rs", ".ts", ".mjs", ".html", ".css"]) {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            breaches.push(format!("{}:{lines}: over {LINES_MAX} lines: split it by what it is about", source.path));
        } else if lines > LINES_WANTED {
            eprintln!("{}: {lines} lines, soon too long", source.path);
        }
    }
    assert_none(&breaches);
}

#[test]
fn every_module_begins_by_saying_why_it_exists() {
    let breaches: Vec<String> = crate_sources()
        .iter()
        .filter(|source| !source.text.trim_start().starts_with("//!"))
        .map(|source| format!("{}:1: begin with `//!`: why this module exists and what it keeps true", source.path))
        .collect();
    assert_none(&breaches);
}

#[test]
fn nothing_is_left_unfinished() {
    let unfinished = [r"\b(?:todo|unimplemented|dbg)!\s*[(\[{]", r"|\bFIX", r"ME\b|\bX", r"XX\b"].concat();
    let mut breaches = Vec::new();
    for source in sources("", &[".rs", ".ts", ".mjs", ".html", ".css", ".sql", ".ftl", ".toml"]) {
        breaches.extend(source.find(&unfinished, "finish it, or file an issue and delete the mark"));
    }
    assert_none(&breaches);
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut breaches = Vec::new();
    for source in crate_sources() {
        let advice = "use `?`, or `expect(\"why this cannot fail\")`";
        breaches.extend(source.without_tests().without_comments().find(r"\.unwrap\(\)", advice));
    }
    assert_none(&breaches);
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    // Written in two halves, so that this file is not its own breach.
    let paths = [r"(?:^|[^\w.}/])/", r"(?:work/|root/|home/[\w-]+/|Users/[\w-]+/|tmp/\w)"].concat();
    let hosts = [
        r"registry\.npmjs",
        r"\.org|(?:index|static)\.crates",
        r"\.io|files\.pythonhosted",
        r"\.org|deb\.debian",
        r"\.org",
    ];
    let mut breaches = Vec::new();
    for source in sources("", &[]) {
        breaches.extend(source.find(&paths, "use a path relative to the repository, or a temporary directory"));
        breaches.extend(source.find(&hosts.concat(), "leave the choice of a package registry to the user's set-up"));
    }
    assert_none(&breaches);
}

#[test]
fn the_changelog_has_a_section_for_what_comes_next_or_for_a_version() {
    let heading = tallyhouse_tidy::matcher(r"(?m)^## (?:\[?Unreleased\]?|\[?\d+\.\d+\.\d+\]?)");
    let breaches: Vec<String> = sources("", &["CHANGELOG.md"])
        .iter()
        .filter(|source| source.path == "CHANGELOG.md" && !heading.is_match(&source.text))
        .map(|source| format!("{}:1: add a section `## [Unreleased]`", source.path))
        .collect();
    assert_none(&breaches);
}
