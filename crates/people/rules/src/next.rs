//! Where to go after signing in: only to pages of this site.

/// Pages that lead nowhere for somebody who has just signed in.
const NOT_AFTER_SIGNING_IN: [&str; 4] = ["/login", "/logout", "/lock", "/api"];

/// The address, if it is one of this site and a page; the home page otherwise. No link leads people to another site.
pub fn safe_next(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_inside = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_below = |page: &str| path == page || path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'));
    let leads_on = path == "/api/docs" || !NOT_AFTER_SIGNING_IN.into_iter().any(is_below);
    if is_inside && leads_on && !next.chars().any(char::is_control) { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_leads_people_to_another_site() {
        for next in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "javascript:alert(1)",
            "",
            "/a\r\nb",
            "/\t/evil.example",
            "evil.example",
        ] {
            assert_eq!(safe_next(next), "/", "{next:?}");
        }
        assert_eq!(safe_next("/station?station=dock-1"), "/station?station=dock-1");
    }

    #[test]
    fn nobody_is_signed_out_or_asked_again_after_signing_in() {
        for next in ["/login", "/login?next=/", "/logout", "/lock?next=/bags", "/api/v1/live", "/login/second-factor"] {
            assert_eq!(safe_next(next), "/", "{next:?}");
        }
        for next in ["/logins", "/api/docs", "/bags?next=/login"] {
            assert_eq!(safe_next(next), next);
        }
    }
}
