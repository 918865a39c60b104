//! The packages that the program is built from, as cargo tells of them, held against `deny.toml`.
//!
//! `deny.toml` is the one list, and `cargo deny` reads it too. A setting that is not understood here is an error, so that
//! nothing is written there that nobody checks. What `cargo deny` alone knows (advisories, the texts of licences) is not
//! done here: a fresh machine would have to compile it first.

use serde::Deserialize;

use crate::licence;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `deny.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    graph: Graph,
    bans: Bans,
    licenses: Licenses,
    /// Only what it may say; it is kept by comparing with crates.io.
    #[serde(rename = "sources")]
    _sources: Sources,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Graph {
    all_features: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bans {
    #[serde(rename = "multiple-versions")]
    _multiple_versions: Allow,
    #[serde(rename = "wildcards")]
    _wildcards: Deny,
    allow_wildcard_paths: bool,
    deny: Vec<Banned>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    /// For the texts that `cargo deny` looks at.
    #[serde(rename = "confidence-threshold")]
    _confidence_threshold: f64,
    #[serde(rename = "unused-allowed-license")]
    _unused_allowed_license: Allow,
}

/// Licences that are permitted to one package alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sources {
    #[serde(rename = "unknown-registry")]
    _unknown_registry: Deny,
    #[serde(rename = "unknown-git")]
    _unknown_git: Deny,
}

/// A level that this check keeps as `allow` only.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allow {
    Allow,
}

/// A level that this check keeps as `deny` only.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deny {
    Deny,
}

/// What `cargo metadata` tells.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every package of the graph, the workspace's own included.
    pub packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression; `None` when its manifest names none.
    pub license: Option<String>,
    /// Where it was taken from; `None` for a folder of this repository.
    pub source: Option<String>,
    /// What its manifest asks for.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

/// A line of a manifest that asks for another package.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// The name of the other package.
    pub name: String,
    /// The versions that fit.
    pub req: String,
    /// Its folder, when it is not taken from a registry.
    pub path: Option<String>,
}

/// A package of `Cargo.lock`: of any platform and of any feature.
#[derive(Debug, Deserialize)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Where it is taken from; `None` for a folder of this repository.
    pub source: Option<String>,
}

/// `Cargo.lock`.
#[derive(Debug, Deserialize)]
pub struct Lock {
    /// Every package.
    #[serde(rename = "package")]
    pub packages: Vec<Locked>,
}

impl Rules {
    /// Reads `deny.toml`.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("deny.toml: {error}"))
    }

    /// Whether the graph is looked at with every feature.
    pub fn all_features(&self) -> bool {
        self.graph.all_features
    }

    /// What is wrong with one package of the graph.
    pub fn breaches(&self, package: &Package) -> Vec<String> {
        let place = format!("{} {}", package.name, package.version);
        let locked = Locked { name: package.name.clone(), source: package.source.clone() };
        let mut breaches = self.breaches_of_lock(&locked);
        breaches.extend(self.licence_breach(package).map(|what| format!("{place}: {what}")));
        for asked in package.dependencies.iter().filter(|asked| asked.req == "*") {
            if !(asked.path.is_some() && self.bans.allow_wildcard_paths) {
                breaches.push(format!("{place}: asks for any version of `{}`: name one", asked.name));
            }
        }
        breaches
    }

    /// What is wrong with one package of `Cargo.lock`: that it is there at all, or where it comes from.
    pub fn breaches_of_lock(&self, package: &Locked) -> Vec<String> {
        let name = &package.name;
        let banned = self.bans.deny.iter().find(|banned| banned.name == *name);
        let mut breaches: Vec<String> =
            banned.map(|banned| format!("{name}: is banned: {}", banned.reason)).into_iter().collect();
        if let Some(source) = package.source.as_deref().filter(|source| *source != CRATES_IO) {
            breaches.push(format!("{name}: comes from {source}: only crates.io is permitted"));
        }
        breaches
    }

    fn licence_breach(&self, package: &Package) -> Option<String> {
        let Some(expression) = &package.license else {
            return Some("names no licence".to_owned());
        };
        let own = self.licenses.exceptions.iter().filter(|exception| exception.name == package.name);
        let lists: Vec<&[String]> = own.map(|exception| &*exception.allow).chain([&*self.licenses.allow]).collect();
        match licence::permits(expression, &|name| lists.iter().any(|list| list.iter().any(|known| known == name))) {
            Ok(true) => None,
            Ok(false) => Some(format!("`{expression}` is not permitted by the licences of deny.toml")),
            Err(fault) => Some(format!("its licence cannot be read: {fault}")),
        }
    }
}
