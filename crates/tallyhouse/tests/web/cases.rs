//! Every call of the API with right and wrong values in every place: it answers what its description says, and never with a
//! fault of ours. The cases are the same in each run.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base_core::permission::Role;
use serde_json::{Map, Value, json};

use crate::common::{Answer, Site, each_site};
use crate::imports::BAGS;

/// One call, as it is going to be sent.
#[derive(Clone)]
struct Call {
    method: Method,
    path: String,
    /// What stands in the places of the path.
    places: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    kind: Option<&'static str>,
    body: Vec<u8>,
}

/// What is wrong with a call, and the call.
type Case = (String, Call);

impl Call {
    fn address(&self) -> String {
        let fill = |path: String, (name, value): &(String, String)| path.replace(&format!("{{{name}}}"), value);
        let path = self.places.iter().fold(self.path.clone(), fill);
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    async fn send(&self, site: &Site, token: &str) -> Answer {
        let mut request = Request::builder().method(self.method.clone()).uri(self.address());
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = self.kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        site.send(request.body(Body::from(self.body.clone())).expect("a request")).await
    }
}

/// Values that fit few places, ready for an address.
fn strange_texts() -> Vec<String> {
    let fixed = [
        "",
        "%20",
        "0",
        "-1",
        "1.5",
        "1e9",
        "200",
        "201",
        "99999999999999999999",
        "null",
        "true",
        "x",
        "%00",
        "KID%01",
        "%7F",
        "%C3%A9",
        "%F0%9F%98%80",
        "%FF%FE",
        "..%2F..%2Fetc",
        "%27%20or%201%3D1--",
        "%3Cb%3E",
        "e1.00.00",
        "1.x",
        "2026-02-30",
        "2026-11-21",
        "today",
        "%25",
        "a%26b%3Dc",
        "%E2%80%AE",
    ];
    fixed.into_iter().map(ToOwned::to_owned).chain([201, 5_000].map(|n| "x".repeat(n))).collect()
}

/// Values that fit few fields of a body.
fn strange_values() -> Vec<Value> {
    let texts = ["", " ", "x", "\0", "KID\u{7}", "\u{202e}", "😀", "2026-02-30", "SB00001"].map(|text| json!(text));
    let more = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!([]),
        json!({}),
        json!([[]]),
        json!({ "a": { "b": [] } }),
        json!("x".repeat(5_000)),
    ];
    texts.into_iter().chain(more).collect()
}

/// A body that fits, of the calls that take one.
pub fn right_body(site: &Site, operation: &str) -> Option<Value> {
    match operation {
        "post_api_v1_scans" => {
            let scan: Value =
                serde_json::from_str(&site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")).expect("JSON");
            Some(json!({ "station": "dock-1", "scans": [scan] }))
        }
        "post_api_v1_gate_scans" => {
            let scan = json!({ "id": "01930000-0000-7000-8000-000000000001", "at": "2026-11-21T05:30:00Z",
                "action": "admit", "code": "x" });
            Some(json!({ "gate": "north", "scans": [scan] }))
        }
        "post_api_v1_gate_sales" => Some(json!({ "id": "01930000-0000-7000-8000-000000000002", "event": 1,
            "name1": "Asha", "phone1": "9876543210", "pass_type": "SINGLE", "timing": "7 PM", "payment_mode": "CASH" })),
        "post_api_v1_bills" => Some(json!({ "bill": "INV-77", "capacity": 2, "description": "To the mill" })),
        "patch_api_v1_bills_number" => Some(json!({ "capacity": 3, "description": "To the other mill" })),
        "post_api_v1_exports" => Some(json!({ "what": "bags", "type": "child" })),
        "post_api_v1_accounts" => Some(json!({ "username": "newcomer", "roles": ["steward"] })),
        "patch_api_v1_accounts_id" => Some(json!({ "display_name": "Somebody" })),
        "post_api_v1_accounts_id_password" => Some(json!({ "mail": false })),
        "delete_api_v1_accounts_id" => Some(json!({ "confirm": "ravi" })),
        "patch_api_v1_profile" => Some(json!({ "display_name": "Asha" })),
        "post_api_v1_profile_password" => Some(json!({ "old": "x", "new": "y" })),
        "post_api_v1_password_strength" => Some(json!({ "password": "seven green lamps" })),
        "post_api_v1_promotions" => Some(json!({ "reason": "I look after the site at night." })),
        "post_api_v1_promotions_id" => Some(json!({ "decision": "reject", "notes": "Not now." })),
        "post_api_v1_tokens" => Some(json!({ "name": "scales", "days": 7 })),
        "post_api_v1_devices" => Some(json!({ "name": "dock-1" })),
        "post_api_v1_sessions_end" => Some(json!({ "person": "asha" })),
        "post_api_session_resume" => Some(json!({ "password": "eight green lamps" })),
        "post_api_bill_summary_send_eod" => Some(json!({ "date": "2026-11-21" })),
        _ => None,
    }
}

/// Each place in a body where a value can be changed: with the value that stands there replaced, or left out.
fn changed_bodies(right: &Value) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    for (name, inner) in right.as_object().into_iter().flatten() {
        let put = |value: Option<Value>| {
            let mut body = right.clone();
            let fields = body.as_object_mut().expect("an object");
            match value {
                Some(value) => drop(fields.insert(name.clone(), value)),
                None => drop(fields.remove(name)),
            }
            body
        };
        changed.push((format!("without {name}"), put(None)));
        changed.extend(strange_values().into_iter().map(|value| (format!("{name} is {value:.40}"), put(Some(value)))));
        if let Some(first) = inner.as_array().and_then(|all| all.first()) {
            let of_first = changed_bodies(first).into_iter();
            changed.extend(of_first.map(|(what, one)| (format!("{name}[0]: {what}"), put(Some(json!([one]))))));
        }
    }
    let mut more = right.as_object().cloned().unwrap_or_else(Map::new);
    more.insert("colour".into(), json!("red"));
    changed.push(("a field that nobody knows".into(), Value::Object(more)));
    changed
}

/// A right call and the many wrong ones beside it.
fn cases(right: &Call, is: &Value, methods: &BTreeSet<String>) -> Vec<Case> {
    let mut cases = vec![("right".to_owned(), right.clone())];
    let replaced = |all: &[(String, String)], name: &str, value: String| {
        let mut all: Vec<_> = all.iter().filter(|(known, _)| known != name).cloned().collect();
        all.push((name.to_owned(), value));
        all
    };
    for parameter in is["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        for text in strange_texts() {
            let mut call = right.clone();
            match parameter["in"].as_str().expect("a place") {
                "path" => call.places = replaced(&call.places, name, text.clone()),
                "query" => call.query = replaced(&call.query, name, text.clone()),
                _ => call.headers = replaced(&call.headers, name, text.clone()),
            }
            cases.push((format!("{name} is {text:.40}"), call));
        }
    }
    let unknown = replaced(&right.query, "colour", "red".into());
    cases.push(("a parameter that nobody knows".into(), Call { query: unknown, ..right.clone() }));
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"] {
        if !methods.contains(&method.to_lowercase()) {
            let method: Method = method.parse().expect("a method");
            cases.push((format!("as {method}"), Call { method, ..right.clone() }));
        }
    }
    if right.kind != Some("application/json") {
        return cases;
    }
    let body: Value = serde_json::from_slice(&right.body).expect("JSON");
    let changed = changed_bodies(&body).into_iter();
    cases.extend(changed.map(|(what, body)| (what, Call { body: body.to_string().into(), ..right.clone() })));
    let nested = format!("{}{}", "[".repeat(500), "]".repeat(500));
    for text in ["", "{", "null", "7", "[]", "{}", "\"x\"", "{\"a\":1}x", "\u{feff}{}", "{\"bill\":1e400}", &nested] {
        cases.push((format!("the body is {text:.40}"), Call { body: text.as_bytes().to_vec(), ..right.clone() }));
    }
    cases.push(("the body is no text".into(), Call { body: vec![0xff, 0xfe, 0x7b], ..right.clone() }));
    cases.push(("the body is too large".into(), Call { body: vec![b' '; (1 << 20) + 1], ..right.clone() }));
    for kind in [None, Some("text/plain"), Some("application/xml")] {
        cases.push((format!("the body is {kind:?}"), Call { kind, ..right.clone() }));
    }
    cases
}

/// True where a right call may be refused all the same: what it is about has changed, or it is not for tokens.
fn may_refuse(call: &Call, status: StatusCode) -> bool {
    let is_for_others = call.path.starts_with("/api/session/")
        || ["/api/bill_summary/schedule_eod", "/api/v1/profile/password", "/api/v1/sessions/end"]
            .contains(&call.path.as_str())
        || (call.path == "/api/v1/profile" && call.method == Method::PATCH)
        || (call.path == "/api/v1/sessions/{id}" && call.method == Method::DELETE)
        || (call.path.starts_with("/api/v1/tokens") && call.method != Method::GET);
    // Nobody has asked for anything here, nothing was told and nothing was mailed; there is no event.
    let has_none = [
        "/api/v1/promotions/{id}",
        "/api/v1/notifications/{id}/read",
        "/api/v1/jobs/{name}/run",
        "/api/v1/mails/{id}/again",
        "/api/v1/tokens/{id}",
        "/api/v1/devices/{id}",
        "/api/v1/sessions/{id}",
        "/api/v1/gate/events/{event}",
        "/api/v1/gate/events/{event}/guests",
        "/api/v1/gate/events/{event}/passes",
        "/api/v1/gate/revocations",
        "/api/v1/gate/sales",
    ];
    let is_none = status == StatusCode::NOT_FOUND && has_none.contains(&call.path.as_str());
    status == StatusCode::CONFLICT || is_for_others || is_none
}

/// What a call is answered wrongly, if it is.
fn wrong(answer: &Answer, is: &Value, case: &Case) -> Option<String> {
    let (what, call) = case;
    let status = answer.status;
    let responses = is["responses"].as_object()?;
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    // An empty place, or a slash in one, is another address, and another method is no call that is described.
    let is_described = !what.starts_with("as ") && !call.address().split('?').next()?.contains("//");
    let is_described = is_described && !call.address().split('?').next()?.ends_with('/');
    let fault = if status.is_server_error() {
        Some("it is a fault of ours".to_owned())
    } else if status.is_client_error() && kind != "application/problem+json" {
        Some(format!("a problem is {kind:?}"))
    } else if status.is_client_error() && answer.json()["status"] != status.as_u16() {
        Some("the problem says another status".to_owned())
    } else if is_described && !responses.contains_key(status.as_str()) {
        Some("this status is not described".to_owned())
    } else if !is_described
        && ![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED, StatusCode::OK].contains(&status)
    {
        let is_refused = status == StatusCode::UNPROCESSABLE_ENTITY;
        (!is_refused).then(|| "there is no such call".to_owned())
    } else if what == "right" && status.is_client_error() && !may_refuse(call, status) {
        Some("it is right, and refused".to_owned())
    } else {
        None
    };
    let begin: String = answer.body.chars().take(300).collect();
    fault.map(|fault| format!("{} {} ({what}): {status}: {fault}: {begin}", call.method, call.address()))
}

/// A site with something behind each address.
async fn filled(site: &Site, admin: &str) -> [(&'static str, String); 9] {
    site.fill(admin, 1..4, 2).await;
    site.create_bill(admin, "INV-1", 5).await;
    let import = site.bring(admin, "kind=bags&name=bags.csv", BAGS).await.json();
    site.work().await;
    let export = site.post_json("/api/v1/exports", admin, r#"{"what":"bills"}"#).await.json();
    let id = |of: &Value| of["id"].as_str().expect("an id").to_owned();
    site.person("ravi", Role::Steward, None).await;
    let accounts = site.get("/api/v1/accounts?q=ravi", admin).await.json();
    let account = accounts["accounts"][0]["id"].to_string();
    let none = || "7".to_owned();
    [
        ("imports", id(&import)),
        ("exports", id(&export)),
        ("accounts", account),
        ("promotions", none()),
        ("notifications", none()),
        ("mails", none()),
        ("tokens", none()),
        ("devices", none()),
        ("sessions", none()),
    ]
}

fn right_call(site: &Site, (method, path): (&str, &str), is: &Value, ids: &[(&str, String)]) -> Call {
    let of_path = |name: &str| match name {
        "code" => "SB00001".to_owned(),
        "number" => "INV-1".to_owned(),
        "days" => "7".to_owned(),
        "action" if path.contains("imports") => "cancel".to_owned(),
        "action" if path.contains("accounts") => "deactivate".to_owned(),
        "action" => "complete".to_owned(),
        _ => ids.iter().find(|(of, _)| path.contains(of)).map(|(_, id)| id.clone()).unwrap_or_default(),
    };
    let parameters = is["parameters"].as_array().into_iter().flatten();
    let places =
        parameters.filter(|parameter| parameter["in"] == "path").filter_map(|parameter| parameter["name"].as_str());
    let places = places.map(|name| (name.to_owned(), of_path(name))).collect();
    let body = right_body(site, is["operationId"].as_str().unwrap_or_default());
    let is_import = path == "/api/v1/imports" && method == "post";
    let kind = if body.is_some() { Some("application/json") } else { is_import.then_some("text/csv") };
    let body = body.map(|body| body.to_string().into_bytes());
    let query = if is_import { vec![("kind".to_owned(), "bags".to_owned())] } else { Vec::new() };
    let body = body.unwrap_or_else(|| if is_import { BAGS.as_bytes().to_vec() } else { Vec::new() });
    let method = method.to_uppercase().parse().expect("a method");
    Call { method, path: path.to_owned(), places, query, headers: Vec::new(), kind, body }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_answers_what_is_described_whatever_is_sent() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        let ids = filled(&site, &admin).await;
        let document = site.get("/api/openapi.json", "").await.json();
        let (mut sent, mut faults) = (0, Vec::new());
        // What is removed is asked for before, and parts before the whole.
        for wanted in ["get", "post", "patch", "delete"] {
            for (path, item) in document["paths"].as_object().expect("paths").iter().rev() {
                let methods: BTreeSet<String> = item.as_object().expect("operations").keys().cloned().collect();
                // The feed goes on for ever.
                let Some(is) = item.get(wanted).filter(|_| path != "/api/v1/live") else { continue };
                let right = right_call(&site, (wanted, path), is, &ids);
                for case in cases(&right, is, &methods) {
                    let answer = case.1.send(&site, &admin).await;
                    faults.extend(wrong(&answer, is, &case));
                    sent += 1;
                }
            }
        }
        assert!(faults.is_empty(), "{} of {sent} on {}:\n{}", faults.len(), site.db.name(), faults.join("\n"));
        assert!(sent > 1_500, "{sent}");
    }
}
