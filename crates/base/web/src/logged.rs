//! The path of an address as the log tells it.
//!
//! Invariant: what opens something stays out of it. A wing says what does by the name of the parameter in its route; of an
//! address that is no route, nothing that is as long as such a text is told.

use axum::extract::{MatchedPath, Request};

/// The parameters of routes that open something for whoever knows them.
const OPENING: [&str; 3] = ["{token}", "{mark}", "{proof}"];
/// The shortest text that could open something, in bytes; no name of a page is as long.
const OPENING_BYTES_MIN: usize = 16;
const HIDDEN: &str = "***";

/// The path of a request for the log.
pub fn logged(request: &Request) -> String {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    told(request.uri().path(), route)
}

fn told(path: &str, route: Option<&str>) -> String {
    let mut of_route = route.unwrap_or_default().split('/');
    // A route for whatever comes below it names nothing of it.
    let mut is_known = route.is_some();
    let parts = path.split('/').map(|part| {
        let name = of_route.next().unwrap_or("{*");
        is_known &= !name.starts_with("{*");
        let opens = if is_known { OPENING.contains(&name) } else { part.len() >= OPENING_BYTES_MIN };
        if opens { HIDDEN } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "9f86d081884c7d659a2feaa0c55ad015";

    #[test]
    fn what_opens_something_is_told_for_no_route() {
        for (route, address, in_log) in [
            ("/reset/{token}", "/reset/T", "/reset/***"),
            ("/portal/reset/{token}", "/portal/reset/T", "/portal/reset/***"),
            ("/reset_password/{token}", "/reset_password/T", "/reset_password/***"),
            ("/p/{pass}/{mark}/{file}", "/p/0001/T/card.svg", "/p/0001/***/card.svg"),
            ("/portal/stop/{what}/{account}/{id}/{proof}", "/portal/stop/watch/1/2/T", "/portal/stop/watch/1/2/***"),
            ("/imports/{id}", "/imports/T", "/imports/T"),
        ] {
            let told = told(&address.replace('T', TOKEN), Some(route));
            assert_eq!(told, in_log.replace('T', TOKEN), "{route}");
        }
    }

    #[test]
    fn an_address_that_is_no_route_is_told_without_what_is_long() {
        for (route, address) in [
            (None, "/RESET/~"),
            (None, "/reset/~/"),
            (None, "//reset/~"),
            (None, "/p/0001/~/a/b"),
            (Some("/api/{*rest}"), "/api/reset/~"),
        ] {
            let told = told(&address.replace('~', TOKEN), route);
            assert_eq!(told, address.replace('~', HIDDEN), "{address}");
        }
        assert_eq!(told("/nothing/here", None), "/nothing/here");
    }
}
