//! A document may name only files that exist.

use tallyhouse_tidy::{Source, assert_none, matcher, root, sources};
use walkdir::WalkDir;

const FOLDERS: [&str; 6] = ["crates", "ui", "tests", "docs", "scripts", ".ci"];

fn documents() -> Vec<Source> {
    let mut found = sources("", &[".md"]);
    found.retain(|source| {
        matches!(source.path.as_str(), "README.md" | "ARCHITECTURE.md" | "CONTRIBUTING.md")
            || source.path.starts_with("docs/")
    });
    found
}

/// `a/{b,c}/d` as `a/b/d` and `a/c/d`.
fn expand(path: &str) -> Vec<String> {
    let Some((head, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let Some((choices, tail)) = rest.split_once('}') else {
        return vec![path.to_owned()];
    };
    choices.split(',').flat_map(|choice| expand(&format!("{head}{choice}{tail}"))).collect()
}

/// Whether a word in back-ticks means a file of this repository.
fn means_a_file(word: &str) -> bool {
    let top_level =
        matcher(r"^(?:Makefile|LICENSE[\w-]*|[A-Z]{4,}\.md|Cargo\.(?:toml|lock)|(?:deny|clippy|rustfmt)\.toml)$");
    let built = word.starts_with("ui/dist") || word.contains("node_modules");
    let folder = word.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder));
    (folder && !built) || top_level.is_match(word)
}

fn exists(path: &str) -> bool {
    // What follows a placeholder such as `<noun>` or `…` is not a name; its folder is.
    let path = match path.find(['<', '…']) {
        Some(at) => path[..at].rsplit_once('/').map_or("", |(folder, _)| folder),
        None => path,
    };
    let Some(star) = path.find('*') else {
        return root().join(path).exists();
    };
    let folder = root().join(path[..star].rsplit_once('/').map_or("", |(folder, _)| folder));
    let pattern = regex_of_glob(path.trim_end_matches('/'));
    WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .any(|entry| entry.path().strip_prefix(root()).is_ok_and(|found| pattern.is_match(&found.to_string_lossy())))
}

fn regex_of_glob(glob: &str) -> regex::Regex {
    let parts: Vec<String> = glob.split('*').map(regex::escape).collect();
    matcher(&format!("^{}$", parts.join("[^/]*").replace("[^/]*[^/]*", ".*")))
}

#[test]
fn every_path_in_the_documents_exists() {
    let fence = matcher(r"(?ms)^ *```.*?^ *```");
    let ticks = matcher(r"`([^`\n]+)`");
    let mut breaches = Vec::new();
    for mut source in documents() {
        // Blanked, not removed: the line numbers stay.
        source.text = fence
            .replace_all(&source.text, |block: &regex::Captures| "\n".repeat(block[0].matches('\n').count()))
            .into_owned();
        for found in ticks.captures_iter(&source.text) {
            let inside = found.get(1).expect("the group is not optional");
            for word in inside.as_str().split_whitespace().map(|word| word.split(['#', ':']).next().unwrap_or(word)) {
                for path in expand(word).into_iter().filter(|path| means_a_file(path) && !exists(path)) {
                    let place = source.place(inside.start());
                    breaches.push(format!("{place}: `{path}` does not exist: correct the name, or write the file"));
                }
            }
        }
    }
    assert_none(&breaches);
}

#[test]
fn every_test_that_the_page_of_security_names_exists_and_no_requirement_is_left_out() {
    let page = std::path::Path::new("docs/security").with_extension("md");
    let found = documents().into_iter().find(|document| std::path::Path::new(&document.path) == page);
    let text = found.expect("the page").text;
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let requirements: std::collections::BTreeSet<&str> =
        rows.iter().filter(|row| matcher(r"^\d+\.\d+\.\d+$").is_match(row[0])).map(|row| row[0]).collect();
    // As many as ASVS 5.0.0 has in levels 1 and 2.
    assert_eq!(requirements.len(), 253);
    let name = matcher(r"`([a-z0-9]+(?:_[a-z0-9]+){3,})`");
    let code: String = sources("", &[".rs", ".mjs"]).into_iter().map(|source| source.text).collect();
    for row in rows {
        let is_a_requirement = matcher(r"^\d+\.\d+\.\d+$").is_match(row[0]);
        assert!(!is_a_requirement || ["met", "n/a", "operator", "open"].contains(&row[3]), "{row:?}");
        for found in row.iter().flat_map(|cell| name.captures_iter(cell)) {
            assert!(code.contains(&format!("fn {}(", &found[1])), "there is no test {}: {row:?}", &found[1]);
        }
    }
}
