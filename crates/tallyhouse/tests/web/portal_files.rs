//! Stock as a file: what is shown and nothing else, and nobody keeps others from theirs.

use std::time::Duration;

use axum::http::StatusCode;
use portal_rules::scope::Scope;
use serde_json::json;
use tower::ServiceExt as _;

use crate::portal::{Shop, each_shop, each_shop_of, some, xml_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_what_is_shown_with_texts_as_texts() {
    for shop in each_shop(|settings| settings).await {
        let reader = shop.reader("one@acme.example", some(&[0])).await;
        let view = json!({ "search": "00100", "columns": ["part", "on_hand", "expires", "lot"] });
        let csv = shop.ask(&reader.token, "POST", "/inventory/api/export-csv", Some(&json!({ "view": view }))).await;
        assert_eq!(csv.status, StatusCode::OK, "{}", csv.body);
        let mut lines = csv.body.trim_start_matches('\u{feff}').lines();
        assert_eq!(lines.next(), Some("Part,On Hand Qty,Exp Date,User Lot"));
        let first = lines.next().expect("a row");
        assert!(first.starts_with("00100,"), "{first}");
        let path = "/inventory/api/export-xlsx";
        let request = Shop::asked(&reader.token, "POST", path, Some(&json!({ "view": view })));
        let book = crate::common::bytes_of(&shop.site.router, request).await;
        let sheet = xml_of(&book, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains("<t>00100</t>") || sheet.contains("<t xml:space"), "{}", &sheet[..400.min(sheet.len())]);
        assert!(!sheet.contains("<v>100</v>"), "a part is no number");
        let bad = shop.ask(&reader.token, "POST", path, Some(&json!({ "headers": ["A"], "rows": [["1"]] }))).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "rows of a browser are not written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_is_slow_keeps_nobody_from_their_file_and_each_has_one_at_a_time() {
    const PATH: &str = "/inventory/api/export-csv";
    for shop in each_shop_of(4000, |settings| settings).await {
        let all = json!({ "view": {} });
        let mut readers = Vec::new();
        for email in ["one@acme.example", "two@acme.example", "three@acme.example"] {
            readers.push(shop.reader(email, Scope::All).await);
        }
        let mut unread = Vec::new();
        for reader in &readers[..2] {
            let asked = Shop::asked(&reader.token, "POST", PATH, Some(&all));
            let answer = shop.site.router.clone().oneshot(asked).await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            unread.push(answer);
        }
        let again = shop.ask(&readers[0].token, "POST", PATH, Some(&all)).await;
        assert_eq!(again.status, StatusCode::SERVICE_UNAVAILABLE, "{}", again.body);
        let quick = shop.ask(&readers[2].token, "POST", PATH, Some(&all));
        let quick = tokio::time::timeout(Duration::from_secs(20), quick).await.expect("nobody waits for the slow ones");
        assert_eq!((quick.status, quick.body.lines().count()), (StatusCode::OK, 4001));
        drop(unread);
        assert_eq!(shop.ask(&readers[0].token, "POST", PATH, Some(&all)).await.status, StatusCode::OK);
    }
}
