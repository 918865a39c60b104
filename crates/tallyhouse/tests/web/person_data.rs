//! What is kept of a person: taken out as one file, and gone once they are removed.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use base_records::mail::Outbox;
use http_body_util::BodyExt as _;

use crate::common::{Site, each_site_with};
use crate::users::id_of;

/// Sends a form and gives the files of the archive that comes back.
pub(crate) async fn archive(site: &Site, path: &str, cookie: &str, csrf: &str) -> Vec<(String, String)> {
    use tower::ServiceExt as _;

    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={csrf}")))
        .expect("a request");
    let answer = site.node().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/zip");
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("text");
        files.push((file.name().expect("a name").into_owned(), text));
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_s_data_is_one_archive_of_json_and_tables_and_nothing_of_theirs_alone_outlives_them() {
    for site in each_site_with(|settings| base_web::Settings { outbox: Outbox::OPEN, ..settings }).await {
        site.person("asha", Role::Admin, None).await;
        site.person("farida", Role::Biller, None).await;
        let (own, own_csrf) = site.sign_in("farida").await;
        site.post_form("/lists/bills/columns", &own, format!("csrf={own_csrf}&show=status")).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let id = id_of(&site, "farida").await;
        let edit = format!("csrf={csrf}&version=1&display_name=Farida&email=farida%40example.com&role_biller=1");
        site.post_form(&format!("/admin/users/{id}/edit"), &cookie, edit).await;
        site.post_form(&format!("/admin/users/{id}/password"), &cookie, format!("csrf={csrf}&way=mail")).await;

        let files = archive(&site, &format!("/admin/users/{id}/data"), &cookie, &csrf).await;
        let text = |name: &str| files.iter().find(|(file, _)| file == name).map_or("", |(_, text)| text.as_str());
        assert!(text("data.json").contains("\"farida@example.com\""), "{files:?}");
        assert!(text("people-account.csv").contains("farida@example.com"), "{files:?}");
        assert!(text("people-preferences.csv").contains("list.bills"), "{files:?}");
        assert!(text("people-mails.csv").contains("temporary_password"), "{files:?}");

        let ask = site.get_with_cookie(&format!("/admin/users/{id}/delete"), &cookie).await;
        assert!(ask.body.contains("Mails to this person"), "what goes is said before: {}", ask.body);
        let unnamed = format!("csrf={csrf}&confirm=someone");
        let refused = site.post_form(&format!("/admin/users/{id}/delete"), &cookie, unnamed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let named = format!("csrf={csrf}&confirm=farida&mask=1");
        let gone = site.post_form(&format!("/admin/users/{id}/delete"), &cookie, named).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
        let mails = site.get_with_cookie("/admin/mail", &cookie).await;
        assert!(!mails.body.contains("farida@example.com"), "{}", mails.body);
        let mut reader = site.db.read().await.expect("a reader");
        let kept = base_records::preference::get(reader.conn(), id, "list.bills").await.expect("an answer");
        assert_eq!(kept, None);
    }
}
