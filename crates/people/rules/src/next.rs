//! Where to go after signing in: only to pages of this site.

/// Pages that lead nowhere for somebody who has just signed in.
const NOT_AFTER_SIGNING_IN: [&str; 6] = ["/login", "/logout", "/lock", "/api", "/portal", "/inventory"];
/// The same for customers.
const NOT_FOR_CUSTOMERS: [&str; 3] = ["/portal/login", "/portal/logout", "/inventory/api"];
/// Below these are all pages of customers.
const CUSTOMERS: [&str; 2] = ["/portal", "/inventory"];

/// The address, if it is one of this site and a page; the home page otherwise. No link leads people to another site.
pub fn safe_next(next: &str) -> &str {
    let path = path_of(next);
    let leads_on = path == "/api/docs" || !NOT_AFTER_SIGNING_IN.into_iter().any(|page| is_below(path, page));
    if is_inside(next) && leads_on { next } else { "/" }
}

/// The same for a customer: the pages of customers alone. Empty where it is none of them.
pub fn safe_next_of_customers(next: &str) -> &str {
    let path = path_of(next);
    // `/portal/../admin` is a page of staff to a browser.
    let leads_out = path.split('/').any(|part| part.starts_with('.') || part.to_ascii_lowercase().starts_with("%2e"));
    let leads_on = CUSTOMERS.into_iter().any(|page| is_below(path, page)) && !leads_out;
    let is_door = NOT_FOR_CUSTOMERS.into_iter().any(|page| is_below(path, page));
    if is_inside(next) && leads_on && !is_door { next } else { "" }
}

fn path_of(next: &str) -> &str {
    next.split(['?', '#']).next().unwrap_or_default()
}

fn is_inside(next: &str) -> bool {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    is_path && !next.chars().any(char::is_control)
}

fn is_below(path: &str, page: &str) -> bool {
    path == page || path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'))
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
    fn customers_are_led_to_pages_of_customers_alone() {
        for next in [
            "/",
            "/bags",
            "/admin/users",
            "/portals",
            "//portal",
            "https://evil.example/portal",
            "/portal/../admin/users",
            "/portal/%2E%2e/admin/users",
            "/portal\\..",
            "/portal/login",
            "/portal/logout?next=/",
            "/inventory/api/rows",
        ] {
            assert_eq!(safe_next_of_customers(next), "", "{next:?}");
        }
        for next in ["/portal/sessions?said=x", "/inventory?search=oats"] {
            assert_eq!(safe_next_of_customers(next), next);
        }
        assert_eq!(safe_next("/portal/sessions"), "/", "and staff to none of them");
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
