//! The page of settings: what may be set, that it acts at once, and that the trail says so.

use axum::http::{Method, StatusCode, header};
use base_core::permission::Role;
use base_records::{audit, setting};
use serde_json::json;

use crate::common::{each_site, each_site_with};
use crate::users::send;

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_keeps_to_its_limits_works_at_once_and_is_in_the_trail() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let put = async |name: &str, value: &str| {
            site.post_form(&format!("/admin/settings/{name}"), &cookie, format!("csrf={csrf}&value={value}")).await
        };
        let page = site.get_with_cookie("/admin/settings", &cookie).await;
        for wanted in ["Failed sign-ins before a lock", "Usually 5.", "Children in a full parent", "lucknow, indore"] {
            assert!(page.body.contains(wanted), "{wanted}: {}", page.body);
        }
        assert_eq!(put("people.password_min", "7").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            put("session.idle_minutes", "61").await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "longer than a session"
        );
        assert_eq!(put("reports.eod_time", "18:30").await.status, StatusCode::NOT_FOUND, "it is set with the report");
        assert_eq!(put("no.such", "1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(put("people.password_min", "12").await.status, StatusCode::SEE_OTHER);
        let look = json!({ "password": "vq8#Zk2!pL" });
        let told = send(&site, Method::POST, "/api/v1/password-strength", "", &look).await.json();
        assert_eq!((&told["code"], &told["words"]), (&json!("length"), &json!("A password has 12 to 128 characters.")));
        put("session.idle_minutes", "5").await;
        site.clock.pass_us(6 * base_core::time::MINUTE_US);
        let idle = site.get_with_cookie("/admin/settings", &cookie).await;
        assert!(idle.headers[header::LOCATION].to_str().expect("text").starts_with("/lock"), "five minutes idle");
        let newest = audit::latest(&site.db, 50).await.expect("entries");
        let changed: Vec<&str> =
            newest.iter().filter(|line| line.action == "setting_changed").map(|line| line.entity.as_str()).collect();
        assert_eq!(changed, ["session.idle_minutes", "people.password_min"]);
        let mut reader = site.db.read().await.expect("a reader");
        let kept = setting::get(reader.conn(), "people.password_min").await.expect("an answer");
        assert_eq!(kept.as_deref(), Some("12"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_signing_in_and_of_sessions_are_settings_that_act_at_once() {
    for site in each_site_with(|settings| base_web::Settings { sign_ins_per_minute: 10, ..settings }).await {
        site.person("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let put = async |name: &str, value: &str| {
            let path = format!("/admin/settings/{name}");
            let answer = site.post_form(&path, &cookie, format!("csrf={csrf}&value={value}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.body);
            assert_eq!(answer.headers[header::LOCATION], *format!("/admin/settings?said=saved#setting-{name}"));
        };
        put("session.per_account_max", "1").await;
        let (first, _) = site.sign_in("ravi").await;
        let (second, _) = site.sign_in("ravi").await;
        assert_eq!(site.get_with_cookie("/profile", &first).await.status, StatusCode::SEE_OTHER, "the oldest ended");
        assert_eq!(site.get_with_cookie("/profile", &second).await.status, StatusCode::OK);
        put("sign_in.failures_a_minute", "2").await;
        let mut last = StatusCode::OK;
        for _ in 0..3 {
            last = site.try_sign_in("ravi", "wrong").await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        for name in ["retention.mails_days", "retention.import_files_days", "retention.export_files_hours"] {
            put(name, "7").await;
        }
        let exports = site.get_with_cookie("/imports/new", &cookie).await;
        assert!(exports.body.contains("Files are kept for 7 days."), "{}", exports.body);
    }
}
