//! What the program is built from: the bans, licences and sources of `deny.toml`, without a tool to install.

use std::process::Command;

use tallyhouse_tidy::packages::{Dependency, Lock, Locked, Metadata, Package, Rules};
use tallyhouse_tidy::{assert_none, root};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn rules() -> Rules {
    Rules::read(&read("deny.toml")).unwrap_or_else(|fault| panic!("{fault}"))
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output =
        Command::new(program).args(arguments).current_dir(root()).output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// The graph for every platform where all of it is on this machine, else for this platform alone: that has just been
/// built, so it is here too. The network is the last resort.
fn metadata(rules: &Rules) -> Metadata {
    let version = cargo(&["-vV"]).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("x86_64-unknown-linux-gnu");
    let mut faults = String::new();
    for more in [&["--offline"][..], &["--offline", "--filter-platform", host], &["--filter-platform", host]] {
        let mut arguments = vec!["metadata", "--locked", "--format-version", "1"];
        arguments.extend(rules.all_features().then_some("--all-features"));
        arguments.extend(more);
        match cargo(&arguments) {
            Ok(text) => return serde_json::from_str(&text).unwrap_or_else(|error| panic!("cargo metadata: {error}")),
            Err(fault) => faults.push_str(&fault),
        }
        eprintln!("not every package is on this machine: the licences of those of {host} alone are looked at");
    }
    panic!("cargo metadata does not work:\n{faults}");
}

#[test]
fn every_package_of_the_graph_has_a_permitted_licence_source_and_name() {
    let rules = rules();
    let packages = metadata(&rules).packages;
    assert!(packages.len() > 100, "only {} packages: is this the whole graph?", packages.len());
    let breaches: Vec<String> = packages.iter().flat_map(|package| rules.breaches(package)).collect();
    assert_none(&breaches);
}

#[test]
fn every_package_of_the_lock_file_has_a_permitted_source_and_name_on_every_platform() {
    let rules = rules();
    let lock: Lock = toml::from_str(&read("Cargo.lock")).unwrap_or_else(|error| panic!("Cargo.lock: {error}"));
    let breaches: Vec<String> = lock.packages.iter().flat_map(|package| rules.breaches_of_lock(package)).collect();
    assert_none(&breaches);
}

fn package(name: &str, license: Option<&str>) -> Package {
    Package {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        license: license.map(str::to_owned),
        source: Some(CRATES_IO.to_owned()),
        dependencies: Vec::new(),
    }
}

#[test]
fn a_licence_that_is_not_permitted_and_one_that_is_missing_are_found() {
    let rules = rules();
    assert_none(&rules.breaches(&package("good", Some("GPL-3.0-only OR MIT"))));
    assert!(rules.breaches(&package("bad", Some("MIT AND GPL-3.0-only")))[0].contains("is not permitted"));
    assert!(rules.breaches(&package("bad", Some("MIT OR")))[0].contains("cannot be read"));
    assert!(rules.breaches(&package("bad", None))[0].contains("names no licence"));
}

#[test]
fn a_licence_that_is_permitted_to_one_package_is_permitted_to_no_other() {
    let text = read("deny.toml")
        .replace("[sources]", "[[licenses.exceptions]]\ncrate = \"one\"\nallow = [\"MPL-2.0\"]\n[sources]");
    let rules = Rules::read(&text).unwrap();
    assert_none(&rules.breaches(&package("one", Some("MPL-2.0"))));
    assert_eq!(rules.breaches(&package("other", Some("MPL-2.0"))).len(), 1);
}

#[test]
fn a_banned_package_and_another_source_than_crates_io_are_found() {
    let rules = rules();
    let locked = |name: &str, source: &str| Locked { name: name.to_owned(), source: Some(source.to_owned()) };
    for banned in ["openssl-sys", "native-tls", "rustybuzz", "ttf-parser"] {
        assert!(rules.breaches_of_lock(&locked(banned, CRATES_IO))[0].contains("is banned"), "{banned}");
    }
    for source in ["git+https://git.example/x#0123", "registry+https://registry.example/index"] {
        assert!(rules.breaches_of_lock(&locked("good", source))[0].contains("only crates.io"), "{source}");
    }
}

#[test]
fn a_dependency_on_any_version_is_found_unless_it_is_a_folder_here() {
    let rules = rules();
    let mut asking = package("asking", Some("MIT"));
    asking.dependencies = vec![Dependency { name: "near".into(), req: "*".into(), path: Some("crates/near".into()) }];
    assert_none(&rules.breaches(&asking));
    asking.dependencies = vec![Dependency { name: "far".into(), req: "*".into(), path: None }];
    assert!(rules.breaches(&asking)[0].contains("any version of `far`"));
}

#[test]
fn a_setting_that_this_check_does_not_know_is_an_error() {
    let text = read("deny.toml");
    for (from, to) in [
        ("wildcards = \"deny\"", "wildcards = \"warn\""),
        ("unknown-git = \"deny\"", "unknown-git = \"deny\"\nallow-git = [\"https://git.example\"]"),
        ("[licenses]", "[licenses]\nprivate = { ignore = true }"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(Rules::read(&text.replace(from, to)).is_err(), "{to}");
    }
}
