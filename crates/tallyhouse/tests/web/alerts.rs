//! The list of alerts, and trying whether telling works.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::time::{MINUTE_US, Moment};
use base_records::alert::{self, About};
use base_web::Settings;
use base_web::app::WatchSettings;

use crate::common::{Site, each_site_with};

/// Begins so many alerts, of which all but the newest are over.
async fn raise(site: &Site, count: i64) {
    for n in 0..count {
        let subject = format!("system {n}");
        let about = About { kind: "away", subject: &subject, node: "" };
        let at = Moment(site.app.clock.now().0 + n);
        let mut tx = site.db.write().await.expect("a transaction");
        let begun = alert::raise(tx.conn(), about, (200, 180), at).await.expect("an answer").expect("it begins");
        if n + 1 < count {
            alert::clear(tx.conn(), begun.id, at.plus_us(MINUTE_US)).await.expect("an answer").expect("it ends");
        }
        tx.commit().await.expect("a commit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_listed_whole_and_a_trial_reaches_whoever_is_told() {
    let telling = || alert::Telling {
        by_mail: true,
        addresses: vec!["ops@site.example".into()],
        webhook: Some("https://hooks.example".into()),
    };
    let watch = || WatchSettings { alerts: telling(), ..WatchSettings::default() };
    for site in each_site_with(|settings| Settings { watch: watch(), ..settings }).await {
        let token = site.token("meera", Role::Admin, None).await;
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let empty = site.get_with_cookie("/admin/alerts", &cookie).await;
        assert!(empty.status == StatusCode::OK && empty.body.contains("No alert"), "{}", empty.body);
        raise(&site, 60).await;
        let first = site.get("/api/v1/alerts", &token).await.json();
        let cursor = first["next_cursor"].as_str().expect("there are more");
        let second = site.get(&format!("/api/v1/alerts?cursor={cursor}"), &token).await.json();
        let all = [&first, &second].map(|page| page["alerts"].as_array().expect("a list").clone()).concat();
        let subjects: Vec<&str> = all.iter().map(|one| one["subject"].as_str().expect("a name")).collect();
        let wanted: Vec<String> = (0..60).rev().map(|n| format!("system {n}")).collect();
        assert_eq!(subjects, wanted);
        assert!(all[0]["cleared_at"].is_null() && all[1]["cleared_at"].is_string(), "{first}");
        assert_eq!(all[0]["text"], "system 59 has not answered for 200 seconds");
        assert!(second["next_cursor"].is_null());
        let page = site.get_with_cookie("/admin/alerts", &cookie).await;
        for part in ["system 59 has not answered", "Nobody gets mails", "https://hooks.example is called. Waiting: 0"] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let wrong = site.get("/api/v1/alerts?cursor=x", &token).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);

        let tried = site.post_form("/admin/alerts/try", &cookie, format!("csrf={csrf}")).await;
        assert_eq!(tried.status, StatusCode::SEE_OTHER, "{}", tried.body);
        let by_call = site.post(&token, "/api/v1/alerts/try").await;
        assert_eq!(by_call.status, StatusCode::NO_CONTENT, "{}", by_call.body);
        let counts = alert::call_counts(site.db.read().await.expect("a reader").conn()).await.expect("counts");
        assert_eq!((counts.waiting, counts.failed), (2, 0));
        let page = site.get_with_cookie("/admin/alerts?said=tried", &cookie).await;
        assert!(page.body.contains("A trial is on its way") && page.body.contains("Waiting: 2"), "{}", page.body);
    }
}
