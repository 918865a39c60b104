//! The rules of this project that a program can check, as tests over the text of the repository.
//!
//! Here is only what they share: reading the files, finding places in them, and one way to complain. A folder that does
//! not exist has no faults.

pub mod licence;
pub mod packages;

use std::path::{Path, PathBuf};

use regex::Regex;
use walkdir::WalkDir;

/// Folders that hold what was built or fetched, not what was written.
const SKIPPED: [&str; 7] = [".git", ".tools", "target", "node_modules", "dist", "out", "vendor"];

/// The folder under `crates/` that is a crate itself, the program; all others are the base and the wings, and hold crates.
const PROGRAM: &str = "tallyhouse";

/// One text file of the repository.
#[derive(Debug)]
pub struct Source {
    /// Path from the repository's root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text file below `under` (`""`: the whole repository) whose name ends with one of `endings` (none: any name).
pub fn sources(under: &str, endings: &[&str]) -> Vec<Source> {
    let root = root();
    let wanted = |name: &str| endings.is_empty() || endings.iter().any(|ending| name.ends_with(ending));
    let mut found: Vec<Source> = WalkDir::new(root.join(under))
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !SKIPPED.contains(&entry.file_name().to_string_lossy().as_ref()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && wanted(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&root).ok()?.to_string_lossy().replace('\\', "/");
            Some(Source { path, text: std::fs::read_to_string(entry.path()).ok()? })
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The Rust sources of the crates themselves, without their own `tests/` and `benches/`.
pub fn crate_sources() -> Vec<Source> {
    let mut found = sources("crates", &[".rs"]);
    found.retain(|source| {
        let inner = source.path.strip_prefix("crates/").and_then(|path| path.strip_prefix(source.crate_name()));
        inner.is_some_and(|inner| inner.starts_with("/src/"))
    });
    found
}

impl Source {
    /// The crate's folder for a file under `crates/`, from there on: `tallyhouse`, `base/desk`.
    pub fn crate_name(&self) -> &str {
        let inner = self.path.split_once('/').map_or("", |(_, inner)| inner);
        let is_grouped = inner.split_once('/').is_some_and(|(first, _)| first != PROGRAM);
        let end = inner.match_indices('/').nth(usize::from(is_grouped)).map_or(inner.len(), |(at, _)| at);
        &inner[..end]
    }

    /// `path:line` of a byte offset.
    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path, self.text[..offset].matches('\n').count() + 1)
    }

    /// One complaint, with its place, for every match of `pattern`.
    pub fn find(&self, pattern: &str, advice: &str) -> Vec<String> {
        matcher(pattern)
            .find_iter(&self.text)
            .map(|found| {
                let shown: String = found.as_str().trim().chars().take(60).collect();
                format!("{}: `{}`: {advice}", self.place(found.start()), shown.replace('\n', " "))
            })
            .collect()
    }

    /// The same file with whole-line comments blanked, so that prose about a rule does not break it.
    #[must_use]
    pub fn without_comments(self) -> Self {
        let blank = |line: &str| {
            if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() }
        };
        Self { text: self.text.lines().map(blank).collect::<Vec<_>>().join("\n"), path: self.path }
    }

    /// The same file without its tests: `#[cfg(test)] mod tests { … }` ends the text, `#[cfg(test)] mod tests;` is one
    /// item, and a file named `tests.rs` or below `tests/` is nothing but tests.
    #[must_use]
    pub fn without_tests(mut self) -> Self {
        let inner = self.path.split_once("/src/").map_or("", |(_, inner)| inner);
        if inner.ends_with("tests.rs") || inner.contains("tests/") {
            self.text.clear();
        }
        let block = matcher(r"(?m)^\s*#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([a-z]+\))? )?mod \w+ \{");
        if let Some(start) = block.find(&self.text).map(|found| found.start()) {
            self.text.truncate(start);
        }
        self
    }
}

/// A compiled pattern.
///
/// # Panics
/// When the pattern of a test is not a regular expression.
pub fn matcher(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written in this package")
}

/// Fails with one line for each breach.
///
/// # Panics
/// When there is a breach.
pub fn assert_none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}
