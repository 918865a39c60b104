//! Where a page of a list begins is for whoever read the page before, in every list that has pages.

use axum::http::StatusCode;
use base_core::permission::Role;
use serde_json::Value;
use tallyhouse_support::plant;

use crate::common::{Answer, Site, each_site};

/// The fields in which a cursor comes back.
const FIELDS: [&str; 2] = ["cursor", "children_after"];

/// A list, asked for from its beginning.
struct List {
    /// Its address.
    address: String,
    /// The field in which its cursor comes back.
    field: &'static str,
    /// The part of its answer that has the cursor; `None` for a page.
    next: Option<&'static str>,
    /// Whether somebody of one area may read it.
    is_for_areas: bool,
}

impl List {
    fn at(address: &str) -> Self {
        let is_call = address.starts_with("/api/");
        let next = is_call.then_some("next_cursor");
        Self { address: address.into(), field: "cursor", next, is_for_areas: true }
    }

    /// The cursor of an answer's next page.
    fn next(&self, answer: &Answer) -> Option<String> {
        if let Some(next) = self.next {
            return answer.json()[next].as_str().map(ToOwned::to_owned);
        }
        let links = answer.body.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut cursors = links.filter_map(|link| link.split_once(&format!("{}=", self.field)));
        cursors.next()?.1.split(['&', '#']).next().map(ToOwned::to_owned)
    }

    fn with(&self, cursor: &str) -> String {
        let begins = if self.address.contains('?') { '&' } else { '?' };
        format!("{}{begins}{}={cursor}", self.address, self.field)
    }
}

/// Every list that has pages.
fn lists() -> Vec<List> {
    let named = |address: &str, next| List { next: Some(next), ..List::at(address) };
    let of_office = |address: &str| List { is_for_areas: false, ..List::at(address) };
    vec![
        List::at("/api/v1/bags?limit=1"),
        List { field: "children_after", ..named("/api/v1/bags/SB00001", "children_next") },
        List::at("/api/v1/scans?limit=1"),
        List::at("/api/v1/bills?limit=1"),
        named("/api/v1/bills/INV-9?limit=1", "next"),
        of_office("/api/v1/imports"),
        of_office("/api/v1/accounts?limit=1"),
        List::at("/bags?limit=1"),
        List { field: "children_after", ..List::at("/bags/SB00001") },
        List::at("/scans?limit=1"),
        List::at("/bills?limit=1"),
        of_office("/imports"),
        of_office("/reports/bills"),
        of_office("/reports/people"),
    ]
}

/// Lists that only admins read, who see everything, and lists of one's own: there is nothing to hide in their cursors. Those of
/// sessions are encrypted for everybody.
const NOTHING_TO_HIDE: [&str; 4] = ["/api/v1/alerts", "/api/v1/mails", "/api/v1/notifications", "/api/v1/sessions"];

/// Things of Lucknow of which each list has more than one page.
async fn fill(site: &Site, lucknow: &str) {
    let children: Vec<String> = (0..201).map(|n| format!("KID{n:03}")).collect();
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    plant(&site.db, "INV-1", "SB00001", &children).await;
    let biller = site.token("meera", Role::Biller, None).await;
    site.create_bill(&biller, "INV-9", 5).await;
    let of =
        |action: &str, code: &str, more: &str| site.scan(&format!("\"action\":\"{action}\",\"code\":\"{code}\"{more}"));
    let parents = ["SB00001", "SB00002", "SB00003"].map(|code| of("parent", code, ""));
    site.scans(lucknow, &parents).await;
    let placed = ["SB00002", "SB00003"].map(|code| of("bill_link", code, ",\"bill\":\"INV-9\""));
    site.scans(&biller, &placed).await;
    let mut scans = Vec::new();
    for n in 100..160 {
        site.create_bill(&biller, &format!("MORE-{n}"), 1).await;
        site.token(&format!("person{n}"), Role::Steward, None).await;
        scans.push(of("parent", &format!("SB{n:05}"), ""));
    }
    site.scans(lucknow, &scans).await;
    let put = |n| of("bill_link", &format!("SB{n:05}"), &format!(",\"bill\":\"MORE-{n}\""));
    site.scans(&biller, &(100..160).map(put).collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_takes_a_cursor_is_in_the_list_of_this_file() {
    let site = each_site().await.remove(0);
    let document = site.get("/api/openapi.json", "").await.json();
    let listed = lists();
    for (path, item) in document["paths"].as_object().expect("paths") {
        if NOTHING_TO_HIDE.contains(&path.as_str()) {
            continue;
        }
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        for field in parameters.filter_map(|parameter| parameter["name"].as_str()).filter(|name| FIELDS.contains(name))
        {
            let begins = path.split('{').next().unwrap_or_default();
            let ends =
                |address: &str| address.split('?').next().is_some_and(|address| path.contains('{') || address == path);
            let is_there = listed
                .iter()
                .any(|list| list.address.starts_with(begins) && list.field == field && ends(&list.address));
            assert!(is_there, "{path} takes {field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_somebody_limited_is_read_and_used_by_nobody_else() {
    for site in each_site().await {
        let one = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let other = site.token("farida", Role::Dispatcher, Some("lucknow")).await;
        let admin = site.token("asha", Role::Admin, None).await;
        fill(&site, &one).await;
        for list in lists() {
            let List { address, .. } = &list;
            let open = site.get(address, &admin).await;
            assert_eq!(open.status, StatusCode::OK, "{address}: {}", open.body);
            let open = list.next(&open);
            if !list.is_for_areas {
                assert_eq!(site.get(address, &one).await.status, StatusCode::FORBIDDEN, "{address}");
                continue;
            }
            let open = open.unwrap_or_else(|| panic!("{address} has a second page"));
            let first = site.get(address, &one).await;
            let own = list.next(&first).unwrap_or_else(|| panic!("{address} has a second page: {}", first.body));
            assert!(
                own.starts_with("e1.") && own[3..].bytes().all(|byte| b"0123456789abcdef.".contains(&byte)),
                "{own}"
            );
            let next = site.get(&list.with(&own), &one).await;
            assert_eq!(next.status, StatusCode::OK, "{address}: {}", next.body);
            assert_ne!(rows(&next), rows(&first), "{address}");
            for (whose, cursor, reader) in [
                ("of one, read by another of the same area", &own, &other),
                ("of one, read by somebody who sees all", &own, &admin),
                ("of somebody who sees all, read by one", &open, &one),
            ] {
                let refused = site.get(&list.with(cursor), reader).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{whose}: {address}: {}", refused.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_on_where_its_cursor_says() {
    for site in each_site().await {
        let one = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let admin = site.token("asha", Role::Admin, None).await;
        fill(&site, &one).await;
        for list in lists().into_iter().filter(|list| list.address.starts_with("/reports/")) {
            let first = site.get(&list.address, &admin).await;
            let next = list.next(&first).unwrap_or_else(|| panic!("{} has a second page", list.address));
            let second = site.get(&list.with(&next), &admin).await;
            assert_eq!((second.status, list.next(&second)), (StatusCode::OK, None), "{}", list.address);
            for wrong in ["x", "%01", "1~%00"] {
                let refused = site.get(&list.with(wrong), &admin).await.status;
                let is_name = list.address.ends_with("people") && wrong == "x";
                assert_eq!(refused == StatusCode::UNPROCESSABLE_ENTITY, !is_name, "{} {wrong}", list.address);
            }
        }
    }
}

/// What a page of a list shows; for a call all but the cursor, which is new each time.
fn rows(answer: &Answer) -> Value {
    match serde_json::from_str::<Value>(&answer.body) {
        Ok(mut json) => {
            for field in ["next_cursor", "children_next", "next"] {
                json[field] = Value::Null;
            }
            json
        }
        Err(_) => Value::String(answer.body.split("<tbody").nth(1).unwrap_or_default().to_owned()),
    }
}
