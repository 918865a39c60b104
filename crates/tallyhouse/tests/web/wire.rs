//! What is said over the wire: the document of the API is true, and `docs/openapi.json` is that document.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bags_rules::outcome::Outcome;
use base_core::permission::{HOME_READ, Role};
use serde_json::Value;
use tallyhouse_support::grants;

use crate::common::{Answer, Site, each_site};

/// Set to anything, it has the test write the file instead of comparing it.
const WRITE: &str = "TALLYHOUSE_WRITE_OPENAPI";

/// One operation of the document.
struct Operation {
    method: Method,
    path: String,
    is: Value,
}

impl Operation {
    fn permission(&self) -> &str {
        self.is["x-permission"].as_str().unwrap_or_default()
    }

    /// An address with something in every place.
    fn address(&self) -> String {
        let action = if self.path.contains("imports") { "start" } else { "complete" };
        let filled = [
            ("{code}", "SB00001"),
            ("{number}", "INV-1"),
            ("{id}", "one"),
            ("{days}", "7"),
            ("{name}", "one"),
            ("{action}", action),
        ];
        filled.iter().fold(self.path.clone(), |path, (place, value)| path.replace(place, value))
    }

    /// A body of the right shape, where one is needed.
    fn body(&self, site: &Site) -> String {
        match (self.method.as_str(), self.path.as_str()) {
            ("POST", "/api/v1/scans") => {
                format!("{{\"scans\":[{}]}}", site.scan("\"action\":\"parent\",\"code\":\"SB00001\""))
            }
            ("POST", "/api/v1/gate/scans") => r#"{"scans":[]}"#.into(),
            ("POST", "/api/v1/gate/sales") => r#"{"id":"00000000-0000-7000-8000-000000000001","event":1,
                "name1":"Asha","phone1":"9000000001","pass_type":"SINGLE","payment_mode":"CASH"}"#
                .into(),
            ("POST", "/api/v1/bills") => r#"{"bill":"INV-1"}"#.into(),
            ("POST", "/api/v1/accounts") => r#"{"username":"one","roles":["admin"]}"#.into(),
            ("PATCH", "/api/v1/accounts/{id}") => r#"{"email":""}"#.into(),
            ("PATCH", "/api/v1/profile") => r#"{"colours":"dark"}"#.into(),
            ("POST", "/api/v1/profile/password") => r#"{"new_password":"x"}"#.into(),
            ("POST", "/api/v1/password-strength") => r#"{"password":"x"}"#.into(),
            ("POST", "/api/v1/promotions") => r#"{"reason":"x"}"#.into(),
            ("POST", "/api/v1/promotions/{id}") => r#"{"decision":"reject"}"#.into(),
            ("PUT", "/api/v1/settings/{name}") => r#"{"value":"1"}"#.into(),
            ("DELETE", "/api/v1/accounts/{id}") => r#"{"confirm":"one"}"#.into(),
            ("PATCH", _) => r#"{"capacity":2}"#.into(),
            ("POST", "/api/v1/exports") => r#"{"what":"bags"}"#.into(),
            _ => String::new(),
        }
    }

    async fn ask(&self, site: &Site, token: &str) -> Answer {
        let request = Request::builder()
            .method(self.method.clone())
            .uri(self.address())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        site.send(request.body(Body::from(self.body(site))).expect("a request")).await
    }
}

async fn document(site: &Site) -> Value {
    site.get("/api/openapi.json", "").await.json()
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, is) in item.as_object().expect("operations") {
            let method = method.to_uppercase().parse().expect("a method");
            operations.push(Operation { method, path: path.clone(), is: is.clone() });
        }
    }
    operations
}

#[tokio::test]
async fn the_file_in_docs_is_the_document_that_is_served() {
    let site = each_site().await.remove(0);
    let served = serde_json::to_string_pretty(&document(&site).await).expect("JSON") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("Cargo.lock").exists());
    let file = file.expect("the root of the repository").join("docs/openapi.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &served).expect("the file is written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = kept.lines().zip(served.lines()).position(|(kept, served)| kept != served);
    let hint =
        format!("docs/openapi.json is not what is served, from line {differs:?} on; run this test with {WRITE}=1");
    assert!(kept == served, "{hint}");
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_tells_its_permission_and_its_errors() {
    let site = each_site().await.remove(0);
    let document = document(&site).await;
    let mut names = HashSet::new();
    for operation in operations(&document) {
        let Operation { path, is, .. } = &operation;
        let name = is["operationId"].as_str().expect("a name");
        assert!(names.insert(name.to_owned()), "two are called {name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name}");
        let permission = operation.permission();
        let known = grants().of_role(Role::Admin).any(|known| known.name() == permission);
        assert!(known || ["public", "signed_in"].contains(&permission), "{name}: {permission:?}");
        for parameter in is["parameters"].as_array().into_iter().flatten() {
            let in_path = path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap_or_default()));
            assert_eq!(parameter["in"] == "path", in_path, "{path}: {parameter}");
        }
        let responses = is["responses"].as_object().expect("responses");
        for status in ["401", "500", "503"] {
            assert!(permission == "public" || responses.contains_key(status), "{name} lacks {status}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ProblemBody", "{name} {status}");
        }
    }
    let page = site.get("/api/docs", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("POST /api/v1/scans"));
    for path in ["/health", "/ready"] {
        assert_eq!(site.get(path, "").await.status, StatusCode::OK);
    }
    assert_eq!(site.get("/api/v1/nothing", "").await.json()["code"], "no_such_address");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_asks_for_the_permission_that_it_names() {
    let site = each_site().await.remove(0);
    let document = document(&site).await;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        tokens.push((role, site.token(role.name(), role, None).await));
    }
    let with = |wanted: Role| &tokens.iter().find(|(role, _)| *role == wanted).expect("each has one").1;
    for operation in operations(&document) {
        let name = operation.is["operationId"].as_str().expect("a name");
        let nobody = operation.ask(&site, "tally_wrong").await;
        assert_eq!(nobody.status == StatusCode::UNAUTHORIZED, operation.permission() != "public", "{name}");
        let permission = grants().of_role(Role::Admin).find(|known| known.name() == operation.permission());
        let Some(permission) = permission else { continue };
        if let Some(role) = Role::ALL.into_iter().find(|role| !grants().of_role(*role).any(|held| held == permission)) {
            let refused = operation.ask(&site, with(role)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}: {}", refused.body);
            let detail = refused.json()["detail"].to_string();
            assert!(detail.contains(permission.name()), "{name} asks for {detail}");
        }
        // The feed goes on for ever.
        if permission != HOME_READ {
            let admin = operation.ask(&site, with(Role::Admin)).await;
            let says_no = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&admin.status);
            assert!(!says_no && admin.status != StatusCode::INTERNAL_SERVER_ERROR, "{name}: {}", admin.body);
        }
    }
}

/// The names of a schema's properties, and of those that it is made of.
fn properties(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        properties(document, &document["components"]["schemas"][name], found);
    }
    for part in ["allOf", "oneOf", "anyOf"] {
        for schema in schema[part].as_array().into_iter().flatten() {
            properties(document, schema, found);
        }
    }
    found.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_answered_in_the_shape_that_is_documented() {
    for site in each_site().await {
        let document = document(&site).await;
        let codes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
        assert_eq!(document["components"]["schemas"]["Outcome"]["enum"], serde_json::json!(codes));
        let answer = &document["components"]["schemas"]["ScanAnswer"];
        let mut documented = BTreeSet::new();
        properties(&document, answer, &mut documented);
        let token = site.token("meera", Role::Biller, None).await;
        site.post_json("/api/v1/bills", &token, r#"{"bill":"INV-1","capacity":2}"#).await;
        let scans = [
            "\"action\":\"parent\",\"code\":\"SB00001\"",
            "\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID17\"",
            "\"action\":\"parent\",\"code\":\"SB00002\"",
            "\"action\":\"child\",\"parent\":\"SB00002\",\"code\":\"KID17\"",
            "\"action\":\"parent\",\"code\":\"nonsense\"",
            "\"action\":\"bill_link\",\"bill\":\"INV-1\",\"code\":\"SB00001\"",
            "\"action\":\"bill_complete\",\"bill\":\"INV-1\"",
        ];
        let mut said = BTreeSet::new();
        for answer in site.scans(&token, &scans.map(|scan| site.scan(scan))).await {
            said.extend(answer.as_object().expect("an object").keys().cloned());
        }
        assert!(said.is_subset(&documented), "{:?} is not documented", said.difference(&documented));
        assert!(said.contains("actual_kg") && said.contains("missing") && said.contains("current_parent"), "{said:?}");
        let required = answer.to_string();
        assert!(required.contains(r#""required":["id","outcome","code"]"#), "{required}");
    }
}

/// What each kind of call can answer besides its own answers.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_takes_and_how_it_refuses_is_described_for_every_call() {
    let site = each_site().await.remove(0);
    let document = site.get("/api/openapi.json", "").await.json();
    for Operation { method, path, is } in operations(&document) {
        for parameter in is["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["schema"].is_object(), "{method} {path}: {parameter}");
        }
        let responses = is["responses"].as_object().expect("responses");
        let says = |status: &str| assert!(responses.contains_key(status), "{method} {path} can answer {status}");
        if path.contains('{') {
            says("404");
            says("422");
        }
        if is["requestBody"].is_object() {
            ["400", "408", "413", "415", "422"].into_iter().for_each(says);
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let kinds: Vec<&String> = response["content"].as_object().expect("a body").keys().collect();
            assert_eq!(kinds, ["application/problem+json"], "{method} {path} {status}");
        }
    }
}
