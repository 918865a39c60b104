//! Files that are no imports, and people who may not import: each is told plainly, and nothing is written.

use axum::http::{StatusCode, header};
use base_core::permission::Role;

use crate::common::each_site;
use crate::imports::{BAGS, archive, encrypted};

fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let utf16 =
        |text: &str| std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let long = format!("qr_id,type,parent_qr_id\n{},parent,\n", "x".repeat(1 << 20)).into_bytes();
    let wide = format!("qr_id,type,parent_qr_id{}\nSB00001,parent,\n", ",x".repeat(1000)).into_bytes();
    let bomb = archive(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", &vec![b' '; 300 << 20])]);
    let macros = archive(&[("[Content_Types].xml", b"<x/>"), ("xl/vbaProject.bin", b"x")]);
    vec![
        ("empty.csv", Vec::new(), "file_empty"),
        ("bom.csv", b"\xef\xbb\xbf".to_vec(), "file_empty"),
        ("header.csv", b"qr_id,type,parent_qr_id\n".to_vec(), "file_without_rows"),
        ("separator.csv", b"qr_id:type:parent_qr_id\nSB00001:parent:\n".to_vec(), "file_one_column"),
        ("utf16.csv", utf16("colour,type\nSB00001,parent\n"), "file_column_missing"),
        ("columns.csv", b"code_of,kind_of\nSB00001,parent\n".to_vec(), "file_column_missing"),
        ("twice.csv", b"qr_id,type,qr_id,parent_qr_id\nSB00001,parent,x,\n".to_vec(), "file_column_twice"),
        ("wide.csv", wide, "file_too_many_columns"),
        ("long.csv", long, "file_cell_too_long"),
        ("zero.csv", b"qr_id,type,parent_qr_id\nSB\0,parent,\n".to_vec(), "file_zero_byte"),
        ("bomb.xlsx", bomb, "file_unfolds_too_far"),
        ("macros.xlsx", macros, "file_with_macros"),
        ("password.xlsx", encrypted(), "file_with_password"),
        ("text.csv", b"%PDF-1.7 something".to_vec(), "file_no_table"),
        ("broken.xlsx", b"PK\x03\x04 and nothing".to_vec(), "file_broken_workbook"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_in_plain_words_beside_its_field_and_nothing_is_written() {
    let files = bad_files();
    for site in each_site().await {
        let token = site.token("program", Role::Admin, None).await;
        site.person("admin", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("admin").await;
        let before = site.hash().await;
        for (name, content, code) in &files {
            let answer = site.bring(&token, &format!("kind=bags&name={name}"), content.clone()).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.body);
            let problem = answer.json();
            assert_eq!((problem["code"].as_str(), problem["field"].as_str()), (Some(*code), Some("file")), "{name}");
            let fields = [("csrf", csrf.as_str()), ("kind", "bags")];
            let page = site.bring_form(&cookie, &fields, (name, content)).await;
            if page.status == StatusCode::SEE_OTHER {
                // A person is asked which column is which instead.
                assert!(code.starts_with("file_column") || *code == "file_one_column", "{name}");
                continue;
            }
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(page.body.contains("id=\"file-fault\"") && page.body.contains("aria-invalid"), "{}", page.body);
        }
        let listed = site.get("/api/v1/imports", &token).await.json();
        let states = listed["imports"].as_array().expect("a list").iter().map(|import| import["state"].as_str());
        assert!(states.into_iter().all(|state| state == Some("waiting")), "{listed}");
        site.work().await;
        assert_eq!(site.hash().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_other_letters_are_read() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(BAGS.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = b"qr_id;type;parent_qr_id;note\nSB00002;parent;;caf\xe9\n".to_vec();
    let bom = [b"\xef\xbb\xbf", BAGS.as_bytes()].concat();
    for content in [utf16, latin, bom] {
        let answer = site.bring(&token, "kind=bags", content).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_beyond_the_limit_is_refused_and_other_bodies_keep_theirs() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    site.person("boss", Role::Admin, None).await;
    let (cookie, csrf) = site.sign_in("boss").await;
    let large = vec![b'x'; (1 << 21) + 1];
    let answer = site.bring(&token, "kind=bags", large.clone()).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, Some("file_too_large"))
    );
    let page = site.bring_form(&cookie, &[("csrf", &csrf), ("kind", "bags")], ("bags.csv", &large)).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.body.contains("id=\"file-fault\""), "{}", page.body);
    let scans = site.post_json("/api/v1/scans", &token, vec![b' '; (1 << 20) + 1]).await;
    assert_eq!(scans.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_import_sees_imports_and_only_our_own_page_brings_files() {
    for site in each_site().await {
        let admin = site.token("program", Role::Admin, None).await;
        let brought = site.bring(&admin, "kind=bags", BAGS).await.json();
        let id = brought["id"].as_str().expect("an id").to_owned();
        site.person("meera", Role::Biller, None).await;
        site.person("boss", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("meera").await;
        let biller = site.token("biller", Role::Biller, None).await;
        for path in ["/imports", "/imports/new", &format!("/imports/{id}"), &format!("/imports/{id}/result.csv")] {
            assert_eq!(site.get_with_cookie(path, &cookie).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(site.get_with_cookie(path, "").await.status, StatusCode::SEE_OTHER, "{path}");
        }
        let fields = [("csrf", csrf.as_str()), ("kind", "bags")];
        let sent = site.bring_form(&cookie, &fields, ("bags.csv", BAGS.as_bytes())).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        let acts = format!("csrf={csrf}&confirm=x");
        assert_eq!(site.post_form(&format!("/imports/{id}/cancel"), &cookie, acts).await.status, StatusCode::FORBIDDEN);
        for path in ["/api/v1/imports", &format!("/api/v1/imports/{id}"), &format!("/api/v1/imports/{id}/progress")] {
            assert_eq!(site.get(path, &biller).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(site.bring(&biller, "kind=bags", BAGS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.post(&biller, &format!("/api/v1/imports/{id}/start")).await.status, StatusCode::FORBIDDEN);

        let (cookie, csrf) = site.sign_in("boss").await;
        for fields in [vec![("kind", "bags")], vec![("csrf", "wrong"), ("kind", "bags")]] {
            let sent = site.bring_form(&cookie, &fields, ("bags.csv", BAGS.as_bytes())).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "without proof");
        }
        // A form of another site cannot start anything either: the API wants the header, whatever the body is.
        let foreign = site.post_form(&format!("/api/v1/imports/{id}/cancel"), &cookie, String::new()).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let unknown = site.get_with_cookie("/imports/nothing", &cookie).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let act = site.post_form(&format!("/imports/{id}/nonsense"), &cookie, format!("csrf={csrf}")).await;
        assert_eq!(act.status, StatusCode::NOT_FOUND);
        for (query, field) in [("kind=boxes", "kind"), ("", "kind"), ("kind=bags&columns=x", "columns")] {
            let answer = site.bring(&admin, query, BAGS).await;
            assert_eq!(
                (answer.status, answer.json()["field"].as_str()),
                (StatusCode::UNPROCESSABLE_ENTITY, Some(field))
            );
        }
        for (old, new) in [("/import/bags", "/imports/new?kind=bags"), ("/excel_upload", "/imports/new")] {
            let moved = site.get_with_cookie(old, &cookie).await;
            assert!(moved.status.is_redirection() && moved.headers[header::LOCATION] == new, "{old}");
        }
    }
}
