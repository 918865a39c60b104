//! Uploaded files that take long to read, and nobody waits for.

use std::time::Duration;

use axum::http::StatusCode;
use base_core::permission::Role;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::common::{Site, each_site};
use crate::imports::archive;
use crate::sockets;

/// Longest that a reading goes on once nobody waits for it. To its end, this workbook takes seconds.
const SOON: Duration = Duration::from_millis(1_500);

/// A small workbook whose sheets are long and have no heading, so that each is read to its end.
fn slow_workbook() -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let links = |inner: &str| format!("<Relationships xmlns=\"{package}\">{inner}</Relationships>");
    let root =
        links(&format!("<Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"));
    let (mut sheets, mut places) = (String::new(), String::new());
    for n in 1..=5 {
        sheets += &format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>");
        places +=
            &format!("<Relationship Id=\"rId{n}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>");
    }
    let book = format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{sheets}</sheets></workbook>");
    let rows = "<row></row>".repeat(800_000);
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
    let places = links(&places);
    let names: Vec<String> = (1..=5).map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", places.as_bytes()),
    ];
    parts.extend(names.iter().map(|name| (name.as_str(), sheet.as_bytes())));
    archive(&parts)
}

async fn until(what: &str, longest: Duration, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(longest, waiting).await.unwrap_or_else(|_| panic!("{what} within {longest:?}"));
}

async fn begun(site: &Site) {
    until("the file is being read", Duration::from_secs(10), || site.app.reading.has_readings()).await;
    // Well inside of it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(site.app.reading.has_readings(), "it takes long");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_read_no_further_once_its_client_has_left() {
    let site = each_site().await.remove(0);
    let token = site.token("asha", Role::Admin, None).await;
    let (address, close, served) = sockets::open(&site).await;
    let file = slow_workbook();
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let head = format!(
        "POST /api/v1/imports?kind=bags&name=a.xlsx HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        file.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&file).await.expect("sent");
    begun(&site).await;
    drop(stream);
    until("the reading ends", SOON, || !site.app.reading.has_readings()).await;
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_does_not_wait_for_a_workbook() {
    for site in each_site().await {
        let token = site.token("asha", Role::Admin, None).await;
        let file = slow_workbook();
        let upload = site.bring(&token, "kind=bags&name=a.xlsx", file);
        let closing = async {
            begun(&site).await;
            site.app.reading.ask();
            until("the reading ends", SOON, || !site.app.reading.has_readings()).await;
        };
        let (answer, ()) = tokio::join!(upload, closing);
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        assert_eq!((&answer.json()["code"], answer.headers.contains_key("retry-after")), (&"closing".into(), true));
        let kept = site.get("/api/v1/imports", &token).await.json();
        assert_eq!(kept["imports"].as_array().expect("a list").len(), 0);
    }
}
