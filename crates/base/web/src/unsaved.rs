//! A form that was sent when its session had ended or its screen was locked, or with the proof of the session before: nothing happens, and its page
//! is shown again after signing in, or at once. What was typed is kept by the browser alone (`ui/src/app/drafts.ts`).
//!
//! Invariant: nothing takes effect without the proof. Only forms of our own pages are led back; any other is refused.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::realm::Realm;

use crate::door::door;
use crate::error::Problem;
use crate::view::path_part;

/// The part of every page that says that nothing was saved. It is shown when the address names it.
const SAID_BY: &str = "#unsaved";

/// The site's own addresses, as a request's `Origin` and `Referer` may begin.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// How people reach the site, where that is set.
    pub base_url: &'a str,
    /// The realm of the page.
    pub realm: Realm,
}

impl Own<'_> {
    fn text(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// True for an origin of this site: the host that was asked, or the one that people know.
    fn is_own(&self, origin: &str) -> bool {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && (host == self.text(header::HOST) || origin == self.base_url)
    }

    /// True when a browser says that a page of this site sent the request. What another site's page sends, or a program,
    /// does not say so.
    fn is_from_own_page(&self) -> bool {
        match self.text(header::HeaderName::from_static("sec-fetch-site")) {
            Some(site) => site == "same-origin",
            None => self.text(header::ORIGIN).is_some_and(|origin| self.is_own(origin)),
        }
    }

    /// The page of the form, as the browser names it; without the result that it told.
    fn page(&self) -> Option<String> {
        let referrer: Uri = self.text(header::REFERER)?.parse().ok()?;
        let path = referrer.path();
        // `//site.example/` is the address of another site to a browser.
        if !path.starts_with('/') || path.starts_with("//") {
            return None;
        }
        let kept: Vec<&str> =
            referrer.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("said=")).collect();
        let query = kept.join("&");
        Some(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
    }

    /// Where a form that was refused for this reason leads; `None` where the reason is another, or the form not ours.
    pub fn way_back(&self, problem: &Problem) -> Option<Response> {
        if !self.is_from_own_page() {
            return None;
        }
        let page = format!("{}{SAID_BY}", self.page().unwrap_or_else(|| "/".into()));
        match problem.status() {
            StatusCode::UNAUTHORIZED => {
                let first = if problem.code() == Problem::LOCKED { "/lock" } else { door(self.realm).sign_in };
                Some(Redirect::to(&format!("{first}?next={}", path_part(&page))).into_response())
            }
            StatusCode::FORBIDDEN if problem.is_foreign_form() => Some(Redirect::to(&page).into_response()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(pairs: &[(&'static str, &str)], problem: &Problem) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", "site.example:8080")].iter().chain(pairs) {
            headers.insert(*name, value.parse().expect("a header"));
        }
        let own = Own { headers: &headers, base_url: "https://known.example", realm: Realm::Staff };
        own.way_back(problem).map(|response| response.headers()["location"].to_str().expect("plain").to_owned())
    }

    #[test]
    fn a_form_of_our_own_page_leads_back_to_it() {
        let page = ("referer", "http://site.example:8080/bills/A%2F1/edit?said=1&view=all");
        let old = Problem::foreign_form();
        let back = Some("/bills/A%2F1/edit?view=all#unsaved".to_owned());
        assert_eq!(led(&[("origin", "http://site.example:8080"), page], &old), back);
        assert_eq!(led(&[("origin", "https://known.example"), page], &old), back, "behind a proxy that names itself");
        assert_eq!(led(&[("sec-fetch-site", "same-origin"), page], &old), back);
        assert_eq!(led(&[("origin", "http://site.example:8080")], &old).as_deref(), Some("/#unsaved"));
        let after = led(&[("sec-fetch-site", "same-origin"), page], &Problem::not_signed_in());
        assert_eq!(after.as_deref(), Some("/login?next=%2Fbills%2FA%252F1%2Fedit%3Fview%3Dall%23unsaved"));
        let locked = led(&[("sec-fetch-site", "same-origin"), page], &Problem::locked());
        assert_eq!(locked.as_deref(), Some("/lock?next=%2Fbills%2FA%252F1%2Fedit%3Fview%3Dall%23unsaved"));
    }

    #[test]
    fn a_form_of_another_site_leads_nowhere() {
        let page = ("referer", "http://site.example:8080/bills");
        for sender in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "site.example:8080"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            assert_eq!(led(&[sender, page], &Problem::foreign_form()), None, "{sender:?}");
        }
        let both = [("sec-fetch-site", "cross-site"), ("origin", "http://site.example:8080")];
        assert_eq!(led(&both, &Problem::foreign_form()), None);
        assert_eq!(led(&[page], &Problem::foreign_form()), None, "a program says nothing");
        assert_eq!(led(&[("sec-fetch-site", "same-origin"), page], &Problem::not_allowed("bill.edit")), None);
    }

    #[test]
    fn a_page_never_leads_to_another_site() {
        let led = |page: &str| led(&[("sec-fetch-site", "same-origin"), ("referer", page)], &Problem::foreign_form());
        assert_eq!(led("http://site.example//evil.example/").as_deref(), Some("/#unsaved"));
        assert_eq!(led("nonsense").as_deref(), Some("/#unsaved"));
        assert_eq!(led("https://evil.example/bills").as_deref(), Some("/bills#unsaved"), "the path alone counts");
    }
}
