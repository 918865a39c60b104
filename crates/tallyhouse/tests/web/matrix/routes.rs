//! The routes of the program, as its own router tells them.

use std::collections::BTreeMap;

use axum::Router;

/// One address and one method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub method: String,
}

impl Route {
    /// True for what answers programs: refused with a problem in JSON.
    pub fn is_call(&self) -> bool {
        let answers_programs =
            self.path.starts_with("/inventory/api/") || self.path.ends_with("/stock/rows") || self.path == "/metrics";
        answers_programs || (self.path.starts_with("/api/") && self.path != "/api/docs")
    }

    /// True for what changes something.
    pub fn is_change(&self) -> bool {
        self.method != "GET"
    }
}

const NUMBERED: &str = "RouteId(";

/// The texts that stand behind each number of a route in a part of the router's description.
fn numbered<'t>(text: &'t str, between: &str) -> Vec<(u32, &'t str)> {
    let parts = text.split(NUMBERED).skip(1);
    let read = |part: &'t str| {
        let (number, rest) = part.split_once(')')?;
        Some((number.parse().ok()?, rest.strip_prefix(between)?))
    };
    parts.filter_map(read).collect()
}

/// Every route of a router. axum has no other way to list them than the description that it prints of itself; the numbers
/// of routes with paths and with methods must agree, so that another kind of description is noticed.
pub fn routes(router: &Router) -> Vec<Route> {
    let told = format!("{router:?}");
    let (of_paths, _) = told.split_once("fallback_router: ").expect("the description of a router");
    let (methods, paths) = of_paths.split_once("paths: {").expect("the description of its paths");
    let methods: BTreeMap<u32, &str> = numbered(methods, ": MethodRouter(MethodRouter { ").into_iter().collect();
    let paths = numbered(paths, ": \"");
    assert!(paths.len() > 150 && paths.len() == methods.len(), "{} paths, {} routes", paths.len(), methods.len());
    let mut all = Vec::new();
    for (number, rest) in paths {
        let path = rest.split('"').next().expect("a path").to_owned();
        for field in methods[&number].split(", ") {
            let Some((method, handler)) = field.split_once(": ") else { continue };
            let is_method = ["get", "delete", "options", "patch", "post", "put", "trace", "connect"].contains(&method);
            if is_method && handler != "None" {
                all.push(Route { path: path.clone(), method: method.to_uppercase() });
            }
        }
        if !all.iter().any(|route: &Route| route.path == path) {
            all.push(Route { path, method: "ANY".to_owned() });
        }
    }
    all.sort();
    all
}
