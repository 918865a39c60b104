//! Devices: enrolled once, named beside what is scanned, revoked at once.

use axum::http::{Method, StatusCode, header};
use base_core::permission::Role;
use base_core::time::MINUTE_US;
use serde_json::json;

use crate::common::{Site, each_site};
use crate::visitor::{Visitor, text_of};

async fn admin(site: &Site) -> Visitor {
    site.person("meera", Role::Admin, None).await;
    let mut admin = Visitor::new(site, "203.0.113.1");
    admin.sign_in("meera").await;
    admin
}

/// The path of the address that enrols a device.
async fn create(admin: &mut Visitor, name: &str) -> String {
    let page = admin.submit("/admin/devices", &[("name", name)]).await;
    assert!(page.body.contains("<svg class=\"qr\""), "{}", page.body);
    let address = text_of(&page.body, "enrol-address");
    address.strip_prefix("https://site.example").expect("this site").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_enrolled_once_and_its_name_stands_beside_what_is_scanned_on_it() {
    for site in each_site().await {
        let mut admin = admin(&site).await;
        let path = create(&mut admin, "Dock 3").await;
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut station = Visitor::new(&site, "203.0.113.2");
        let page = station.get(&path).await;
        assert_eq!(text_of(&page.body, "name"), "This device becomes Dock 3.");
        let foreign = station.post("/devices/enrol", &[("code", path.split('=').nth(1).expect("a code"))]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let done = station.fill(&path, "/devices/enrol", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert!(!station.is_in().await, "a device signs nobody in");
        assert_eq!(Visitor::new(&site, "203.0.113.9").get(&path).await.status, StatusCode::NOT_FOUND, "used up");

        station.sign_in("arjun").await;
        let scan = site.scan("\"action\":\"parent\",\"code\":\"SB00001\"");
        let body = serde_json::from_str(&format!("{{\"station\":\"elsewhere\",\"scans\":[{scan}]}}")).expect("JSON");
        station.call(Method::POST, "/api/v1/scans", Some(body)).await;
        let scans = admin.get("/api/v1/scans").await.json();
        assert_eq!(scans["scans"][0]["station"], "Dock 3", "{scans}");
        let sessions = admin.get("/api/v1/sessions?q=arjun").await.json();
        assert_eq!(sessions["sessions"][0]["device"], "Dock 3");

        let listed = admin.get("/api/v1/devices").await.json();
        let id = listed["devices"][0]["id"].to_string();
        let revoked = admin.submit("/admin/devices/revoke", &[("id", &id)]).await;
        assert_eq!(revoked.headers[header::LOCATION], "/admin/devices?said=revoked");
        assert!(!station.is_in().await, "its sessions end at once");
        station.sign_in("arjun").await;
        let sessions = admin.get("/api/v1/sessions?q=arjun").await.json();
        assert_eq!(sessions["sessions"][0]["device"], json!(null), "it is no longer known");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_runs_out_and_another_machine_takes_the_place_with_a_new_one() {
    for site in each_site().await {
        let mut admin = admin(&site).await;
        let path = create(&mut admin, "Dock 3").await;
        site.clock.pass_us(16 * MINUTE_US);
        assert_eq!(Visitor::new(&site, "203.0.113.2").get(&path).await.status, StatusCode::NOT_FOUND);
        let taken = admin.call(Method::POST, "/api/v1/devices", Some(json!({ "name": "dock 3" }))).await;
        assert_eq!((taken.status, taken.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("name")));

        let id = admin.get("/api/v1/devices").await.json()["devices"][0]["id"].to_string();
        let renew = async |admin: &mut Visitor| {
            let page = admin.submit("/admin/devices/code", &[("id", &id)]).await.body;
            text_of(&page, "enrol-address").strip_prefix("https://site.example").expect("this site").to_owned()
        };
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut old = Visitor::new(&site, "203.0.113.2");
        old.sign_in("arjun").await;
        let path = renew(&mut admin).await;
        old.fill(&path, "/devices/enrol", &[]).await;
        assert!(old.is_in().await, "whoever has signed in goes on");
        let sessions = admin.get("/api/v1/sessions?q=arjun").await.json();
        assert_eq!(sessions["sessions"][0]["device"], "Dock 3");
        let path = renew(&mut admin).await;
        Visitor::new(&site, "203.0.113.3").fill(&path, "/devices/enrol", &[]).await;
        assert!(!old.is_in().await, "the machine before is no longer the device");
        site.person("asha", Role::Biller, None).await;
        let mut biller = Visitor::new(&site, "203.0.113.4");
        biller.sign_in("asha").await;
        assert_eq!(biller.get("/admin/devices").await.status, StatusCode::FORBIDDEN);
    }
}
