//! Migrations: the same for both databases, and never edited once they are committed.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tallyhouse_tidy::{Source, assert_none, sources};

/// The hashes of all migrations, as `sha256sum` writes them: a hash, two blanks, `database/name`.
const LIST: &str = include_str!("../migrations.sha256");
const DATABASES: [&str; 2] = ["sqlite", "postgres"];

/// Every migration of every wing, by `database/name`: wherever its crate stands, its name is its own.
fn migrations() -> BTreeMap<String, Source> {
    let all = sources("crates", &[".sql"]).into_iter().filter(|source| source.path.contains("/migrations/"));
    let named = all.map(|source| {
        let parts: Vec<&str> = source.path.rsplit('/').take(2).collect();
        (format!("{}/{}", parts[1], parts[0]), source)
    });
    named.collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let all = migrations();
    assert!(all.len() >= 20, "{:?}", all.keys());
    let mut breaches = Vec::new();
    for (name, source) in &all {
        let (database, file) = name.split_once('/').expect("a folder and a name");
        for other in DATABASES.into_iter().filter(|other| *other != database) {
            let twin = source.path.replace(&format!("/{database}/"), &format!("/{other}/"));
            if all.get(&format!("{other}/{file}")).is_none_or(|found| found.path != twin) {
                breaches.push(format!("{twin}:1: is missing: the other database has it, write it here too"));
            }
        }
    }
    assert_none(&breaches);
}

#[test]
fn no_migration_is_edited_after_it_was_committed() {
    let mut listed: BTreeMap<&str, &str> = LIST
        .lines()
        .map(|line| line.split_once("  ").expect("a hash, two blanks, a name"))
        .map(|(hash, name)| (name, hash))
        .collect();
    let mut breaches = Vec::new();
    for (name, source) in migrations() {
        let hash = hex::encode(Sha256::digest(&source.text));
        match listed.remove(name.as_str()) {
            Some(known) if known == hash => {}
            Some(_) => breaches.push(format!(
                "{}:1: was edited: databases that ran it as it was refuse this program. Undo the edit, and write what you \
                 need as a new migration with the next number",
                source.path
            )),
            None => breaches.push(format!(
                "{}:1: is new: when it is as it shall stay, add this line to tests/tidy/migrations.sha256: {hash}  {name}",
                source.path
            )),
        }
    }
    let gone = listed.into_keys();
    breaches.extend(gone.map(|name| format!("tests/tidy/migrations.sha256:1: {name} is gone: put it back as it was")));
    assert_none(&breaches);
}
