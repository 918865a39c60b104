//! What every page of the office knows: who looks at it, in which language, and where it stands in the house.

use std::sync::Arc;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bags_rules::permission::{
    BAG_DELETE, BAG_EDIT, BAG_READ, BAG_SCAN, BILL_DELETE, BILL_EDIT, BILL_READ, BILL_SUMMARY, REPORT_READ,
};
use base_core::account::Person;
use base_core::permission::{EXPORT_RUN, IMPORT_RUN, Permission};

use crate::error::Problem;
use crate::session::Caller;
use crate::{assets, locale};

/// The frame around a page.
#[derive(Clone)]
pub struct Frame {
    /// The language.
    pub locale: &'static str,
    /// Who looks; `None` before sign-in.
    pub person: Option<Arc<Person>>,
    /// The proof that forms of this page carry.
    pub csrf: String,
    /// Which entry of the menu this page belongs to.
    pub place: &'static str,
    /// The request's id, for error pages.
    pub request_id: String,
    /// Where this page is, to come back to it.
    pub path: String,
}

impl Frame {
    /// The frame of a page for somebody who is signed in.
    pub fn of(caller: &Caller, place: &'static str) -> Self {
        Self {
            locale: locale::choose(&caller.locale),
            person: Some(caller.person.clone()),
            csrf: caller.csrf.clone(),
            place,
            request_id: caller.facts.id.clone(),
            path: caller.facts.path.clone(),
        }
    }

    /// The frame of a page before sign-in.
    pub fn outside(accept_language: &str, csrf: String, request_id: String) -> Self {
        Self { locale: locale::choose(accept_language), person: None, csrf, place: "", request_id, path: "/".into() }
    }

    /// A text in the page's language.
    pub fn t(&self, key: &str) -> String {
        locale::text(self.locale, key, &[])
    }

    /// A text with one value.
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        locale::text(self.locale, key, &[(name, value)])
    }

    /// The address of a built asset.
    pub fn asset(&self, source: &str) -> &'static str {
        assets::url(source)
    }

    /// `page` for the menu entry that is open.
    pub fn current(&self, place: &str) -> bool {
        self.place == place
    }

    /// True when the person may remove bags.
    pub fn may_delete(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(BAG_DELETE))
    }

    /// True when the person may replace the children of a parent.
    pub fn may_edit_bags(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(BAG_EDIT))
    }

    /// True when the person may look at bills.
    pub fn may_read_bills(&self) -> bool {
        self.may(BILL_READ)
    }

    /// True when the person may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(permission))
    }

    /// True when the person may create, fill, complete and reopen bills.
    pub fn may_edit_bills(&self) -> bool {
        self.may(BILL_EDIT)
    }

    /// True when the person may remove bills and have them counted anew.
    pub fn may_delete_bills(&self) -> bool {
        self.may(BILL_DELETE)
    }

    /// True when the person may look bags up.
    pub fn may_read_bags(&self) -> bool {
        self.may(BAG_READ)
    }

    /// True when the person may import.
    pub fn may_import(&self) -> bool {
        self.may(IMPORT_RUN)
    }

    /// True when the person may scan.
    pub fn may_scan(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(BAG_SCAN))
    }

    /// True when the person may read any report.
    pub fn may_read_reports(&self) -> bool {
        let may = |permission| self.person.as_ref().is_some_and(|person| person.may(permission));
        may(REPORT_READ) || may(BILL_SUMMARY)
    }

    /// True when the person may take everything out.
    pub fn may_export(&self) -> bool {
        self.may(EXPORT_RUN)
    }

    /// The person's area as people read it.
    pub fn area_title(&self) -> String {
        let area = self.person.as_ref().and_then(|person| person.area.as_ref());
        area.map(base_core::area::Area::title).unwrap_or_default()
    }

    /// The person's name.
    pub fn person_name(&self) -> &str {
        self.person.as_ref().map(|person| person.name.as_str()).unwrap_or_default()
    }
}

/// Renders a page. A page that cannot be rendered is a fault of ours, told to the log and not to the visitor.
pub fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A problem on a page instead of in JSON.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// The headline.
    pub title: String,
    /// What is wrong and the way out.
    pub detail: String,
}

/// Turns a problem into a page, or into the way to the sign-in page when nobody is signed in.
pub fn problem_page(problem: &Problem, frame: Frame, path_and_query: &str) -> Response {
    if problem.status() == StatusCode::UNAUTHORIZED {
        let next = encoded(path_and_query, b"/");
        return axum::response::Redirect::to(&format!("/login?next={next}")).into_response();
    }
    let status = problem.status();
    let key = match status.as_u16() {
        403 => "error-not-allowed",
        404 => "error-not-found",
        429 => "error-too-often",
        500.. => "error-broken",
        _ => "error-refused",
    };
    let title = frame.t(key);
    let mut response =
        render(&ErrorPage { frame, status: status.as_u16(), title, detail: problem.detail().to_owned() });
    *response.status_mut() = status;
    problem.mark(&mut response);
    response
}

/// The address of a list with its filters, one of them changed. What has no value is left out.
pub fn address_of<'v>(
    path: &str,
    filters: impl IntoIterator<Item = (&'v str, Option<&'v str>)>,
    changed: (&'v str, &'v str),
) -> String {
    let kept = filters.into_iter().filter(|(name, _)| *name != changed.0);
    let pairs = kept.filter_map(|(name, value)| Some((name, value?))).chain([changed]);
    let pairs: Vec<_> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", path_part(value)))
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A text as one part of an address.
pub fn path_part(text: &str) -> String {
    encoded(text, b"")
}

fn encoded(text: &str, also_plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also_plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_the_filters_that_have_a_value_and_changes_one() {
        let filters = [("q", Some("a&b")), ("area", None), ("person", Some("")), ("sort", Some("code"))];
        assert_eq!(address_of("/bags", filters, ("sort", "oldest")), "/bags?q=a%26b&sort=oldest");
        assert_eq!(address_of("/bags", filters, ("cursor", "l.1")), "/bags?q=a%26b&sort=code&cursor=l.1");
        assert_eq!(address_of("/bags", [("q", Some("x"))], ("q", "")), "/bags", "without any there is no mark either");
    }
}
