//! `/help`: who reads what, and a search that tells nobody of what they may not read.

use axum::http::{StatusCode, header};
use base_core::permission::Role;

use crate::common::each_site;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_guides_and_the_api_and_administrators_what_is_for_them() {
    let site = each_site().await.remove(0);
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    site.person("root", Role::Admin, None).await;
    let (dispatcher, csrf) = site.sign_in("arjun").await;
    let (admin, _) = site.sign_in("root").await;

    let index = site.get_with_cookie("/help", &dispatcher).await.body;
    assert!(index.contains("href=\"/help/dispatcher\"") && index.contains("href=\"/help/api\""), "{index}");
    assert!(!index.contains("href=\"/help/running\""), "{index}");
    let refused = site.get_with_cookie("/help/running", &dispatcher).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.body.contains("SESSION_SECRET"), "{}", refused.body);
    let searched = site.get_with_cookie("/help?q=SESSION_SECRET", &dispatcher).await.body;
    assert!(!searched.contains("/help/running") && !searched.contains("/help/security"), "{searched}");

    let index = site.get_with_cookie("/help", &admin).await.body;
    assert!(index.contains("href=\"/help/running\"") && index.contains("href=\"/help/handbook\""), "{index}");
    let running = site.get_with_cookie("/help/running", &admin).await;
    assert_eq!(running.status, StatusCode::OK);
    for part in [
        "<h2 id=\"backups\">",
        "href=\"#backups\"",
        "href=\"/help/erp\"",
        "<article class=\"sheet pad guide\" lang=\"en\">",
    ] {
        assert!(running.body.contains(part), "{part}");
    }
    let searched = site.get_with_cookie("/help?q=session_secret%20rotate", &admin).await.body;
    assert!(searched.contains("href=\"/help/running#secrets\""), "{searched}");
    let nasty = site.get_with_cookie("/help?q=%3Cscript%3Ealert(1)%3C/script%3E", &admin).await.body;
    assert!(!nasty.contains("<script>alert") && nasty.contains("id=\"found\""), "shown as text");

    let hindi = site.post_form("/locale", &dispatcher, format!("csrf={csrf}&locale=hi")).await;
    assert_eq!(hindi.status, StatusCode::SEE_OTHER);
    let guide = site.get_with_cookie("/help/service", &dispatcher).await.body;
    assert!(guide.contains("lang=\"hi\">") && guide.contains("id=\"customers\""), "{guide}");
    let rules = site.get_with_cookie("/help/rules", &dispatcher).await.body;
    assert!(
        rules.contains("<article class=\"sheet pad guide\" lang=\"en\">"),
        "a text without a translation says its language"
    );
    let about = site.get_with_cookie("/help?at=bills", &dispatcher).await;
    assert_eq!(about.headers[header::LOCATION], "/help/biller#bills");
    for missing in ["/help/no.such", "/help/pictures/no.png", "/help/pictures/admin.md"] {
        assert_eq!(site.get_with_cookie(missing, &dispatcher).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let picture = site.get_with_cookie("/help/pictures/kit-list.png", &dispatcher).await;
    assert_eq!(
        (picture.status, &picture.headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"image/png".parse().expect("a type"))
    );
}
