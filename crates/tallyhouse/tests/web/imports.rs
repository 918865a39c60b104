//! Imports through the API and the pages: the whole way, bad files, rights.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use serde_json::Value;

use crate::common::{Answer, Site, each_site};

pub const BAGS: &str = "qr_id,type,parent_qr_id\nSB00001,parent,\nKID1,child,SB00001\nKID2,child,SB00009\n";
const EDGE: &str = "----tally";

impl Site {
    pub async fn work(&self) {
        while self.runner.run_next().await.expect("the runner runs") {}
    }

    pub async fn hash(&self) -> String {
        bags_store::state::hash(&self.db).await.expect("a hash")
    }

    pub async fn bring(&self, token: &str, query: &str, content: impl Into<Body>) -> Answer {
        let request = Request::post(format!("/api/v1/imports?{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        self.send(request.body(content.into()).expect("a request")).await
    }

    /// The form of the page, as a browser sends it.
    pub async fn bring_form(&self, cookie: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        self.bring_files(cookie, fields, &[file]).await
    }

    pub async fn bring_files(&self, cookie: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            write!(body, "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .expect("memory");
        }
        for (name, content) in files {
            let head = format!("content-disposition: form-data; name=\"file\"; filename=\"{name}\"");
            write!(body, "--{EDGE}\r\n{head}\r\ncontent-type: text/csv\r\n\r\n").expect("memory");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        write!(body, "--{EDGE}--\r\n").expect("memory");
        let request = Request::post("/imports/new")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    pub async fn post(&self, token: &str, path: &str) -> Answer {
        let request = Request::post(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).expect("a request")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_brings_tries_runs_and_takes_back() {
    for site in each_site().await {
        let token = site.token("admin", Role::Admin, None).await;
        let before = site.hash().await;
        let brought = site.bring(&token, "kind=bags&name=bags.csv", BAGS).await;
        assert_eq!(brought.status, StatusCode::ACCEPTED, "{}", brought.body);
        let id = brought.json()["id"].as_str().expect("an id").to_owned();
        site.work().await;
        let path = format!("/api/v1/imports/{id}");
        let checked = site.get(&path, &token).await.json();
        assert_eq!(
            (checked["state"].as_str(), checked["checked"]["counts"]["refused"].as_i64()),
            (Some("checked"), Some(1))
        );
        assert_eq!(site.get(&format!("{path}/progress"), &token).await.json()["state"], "finished");
        assert_eq!(site.hash().await, before);

        let not_clean = site.post(&token, &format!("{path}/start?mode=all_or_nothing")).await;
        assert_eq!(
            (not_clean.status, not_clean.json()["code"].as_str()),
            (StatusCode::CONFLICT, Some("import_not_clean"))
        );
        assert_eq!(site.post(&token, &format!("{path}/start")).await.status, StatusCode::ACCEPTED);
        site.work().await;
        let done = site.get(&path, &token).await.json();
        assert_eq!(
            (done["state"].as_str(), done["created"].as_i64(), done["linked"].as_i64()),
            (Some("done"), Some(2), Some(1))
        );
        let result = site.get(&format!("{path}/result.csv"), &token).await;
        assert!(result.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/csv"));
        let expected = "row,code,outcome,message,qr_id,type,area,parent_qr_id\n4,KID2,unknown_parent,";
        assert!(result.body.starts_with(expected), "{}", result.body);
        assert!(result.body.trim_end().ends_with(",KID2,child,,SB00009"), "{}", result.body);

        let list = site.get("/api/v1/imports", &token).await.json();
        assert_eq!(list["imports"][0]["id"], Value::String(id.clone()));
        assert_eq!(list["next_cursor"], Value::Null);
        assert_eq!(site.post(&token, &format!("{path}/rollback")).await.status, StatusCode::ACCEPTED);
        site.work().await;
        let back = site.get(&path, &token).await.json();
        assert_eq!((back["state"].as_str(), back["taken_back"]["bags"].as_i64()), (Some("rolled_back"), Some(2)));
        assert_eq!(site.hash().await, before, "{}", site.db.name());
        let again = site.post(&token, &format!("{path}/start")).await;
        assert_eq!((again.status, again.json()["code"].as_str()), (StatusCode::CONFLICT, Some("import_state")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_taken_out_of_longer_texts_where_that_is_asked_for() {
    for site in each_site().await {
        let token = site.token("admin", Role::Admin, None).await;
        let text = "qr_id,type,parent_qr_id,colour\nBag SB00001 (mustard),parent,,red\nno. KID1,child,in SB00001,\n";
        for (query, refused, created) in [("", 2, 0), ("&label_text=true", 0, 2)] {
            let brought = site.bring(&token, &format!("kind=bags{query}"), text).await;
            let id = brought.json()["id"].as_str().expect("an id").to_owned();
            site.work().await;
            let checked = site.get(&format!("/api/v1/imports/{id}"), &token).await.json()["checked"].clone();
            let counts = (checked["counts"]["refused"].as_i64(), checked["counts"]["created"].as_i64());
            assert_eq!((counts, &checked["unread"]), ((Some(refused), Some(created)), &serde_json::json!(["colour"])));
            site.post(&token, &format!("/api/v1/imports/{id}/start")).await;
            site.work().await;
        }
        assert_eq!(site.get("/api/v1/bags/KID1", &token).await.json()["parent"], "SB00001");

        site.person("boss", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("boss").await;
        let fields = [("csrf", csrf.as_str()), ("kind", "children")];
        let lists = ["child,parent\nKID2,SB00001\n", "child,parent\nKID3,in SB00001\n"];
        for (list, is_label_text) in lists.into_iter().zip([false, true]) {
            let sent = site.bring_form(&cookie, &fields, ("list.csv", list.as_bytes())).await;
            let page = site.get_with_cookie(sent.headers[header::LOCATION].to_str().expect("text"), &cookie).await;
            let checked = page.body.contains("name=\"label_text\" value=\"true\" checked");
            assert_eq!(checked, is_label_text, "the page proposes what the rows show\n{}", page.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_are_brought_at_once_or_none_of_them() {
    for site in each_site().await {
        site.person("admin", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("admin").await;
        let fields = [("csrf", csrf.as_str()), ("kind", "bags")];
        let bad: [(&str, &[u8]); 2] = [("one.csv", BAGS.as_bytes()), ("two.csv", b"qr_id,type\n")];
        let refused = site.bring_files(&cookie, &fields, &bad).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains("two.csv: "), "{}", refused.body);
        assert!(site.get_with_cookie("/imports", &cookie).await.body.contains("No imports yet"));

        let good: [(&str, &[u8]); 2] = [("one.csv", BAGS.as_bytes()), ("two.csv", BAGS.as_bytes())];
        let sent = site.bring_files(&cookie, &fields, &good).await;
        assert_eq!(
            (sent.status, &sent.headers[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/imports".parse().unwrap())
        );
        let list = site.get_with_cookie("/imports", &cookie).await;
        assert!(list.body.contains(">one.csv</a>") && list.body.contains(">two.csv</a>"), "{}", list.body);

        let large = vec![b'x'; 1_200_000];
        let both: [(&str, &[u8]); 2] = [("one.csv", &large), ("two.csv", &large)];
        let refused = site.bring_files(&cookie, &fields, &both).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.body.contains("larger than 2 MB together"), "{}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_goes_the_whole_way_over_the_pages() {
    for site in each_site().await {
        site.person("admin", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("admin").await;
        assert!(site.get_with_cookie("/imports", &cookie).await.body.contains("No imports yet"));
        let form = site.get_with_cookie("/imports/new?kind=children", &cookie).await;
        assert!(form.body.contains("value=\"children\" checked"), "{}", form.body);

        let odd = "bag no,what,inside\nSB00001,parent,\n=1+1,child,SB00001\n";
        let sent =
            site.bring_form(&cookie, &[("csrf", &csrf), ("kind", "bags")], ("c:\\odd.csv", odd.as_bytes())).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let path = sent.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = site.get_with_cookie(&path, &cookie).await;
        for part in ["<h1>odd.csv</h1>", "id=\"columns-form\"", "<option value=\"1\">what</option>", "SB00001"] {
            assert!(page.body.contains(part), "{part}\n{}", page.body);
        }
        let columns = |places: [&str; 3]| {
            let [code, kind, parent] = places;
            format!("csrf={csrf}&sheet=0&column-qr_id={code}&column-type={kind}&column-parent_qr_id={parent}")
        };
        let wrong = site.post_form(&format!("{path}/columns"), &cookie, columns(["0", "0", "2"])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("chosen for both"), "{}", wrong.body);
        let chosen = site.post_form(&format!("{path}/columns"), &cookie, columns(["0", "1", "2"])).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.body);
        let checking = site.get_with_cookie(&path, &cookie).await;
        assert!(checking.body.contains("data-progress") && checking.body.contains("cancel-form"), "{}", checking.body);
        site.work().await;
        let checked = site.get_with_cookie(&path, &cookie).await;
        assert!(checked.body.contains("id=\"start-form\"") && checked.body.contains("=1+1"), "{}", checked.body);
        assert!(checked.body.contains("value=\"all_or_nothing\" disabled"), "{}", checked.body);

        let started = site.post_form(&format!("{path}/start"), &cookie, format!("csrf={csrf}&mode=skip_bad")).await;
        assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
        site.work().await;
        let done = site.get_with_cookie(&path, &cookie).await;
        assert!(
            done.body.contains("id=\"rollback-form\" data-confirm") || done.body.contains("data-confirm=\"odd.csv\"")
        );
        let result = site.get_with_cookie(&format!("{path}/result.csv?phase=run"), &cookie).await;
        // What is written as a formula is named as one, and stays a text in the file that tells of it.
        let told = result.body.contains("\n3,A3 (=1+1),cell_formula,") && result.body.contains(",'=1+1,child,,SB00001");
        assert!(told, "{}", result.body);
        let untyped = site.post_form(&format!("{path}/rollback"), &cookie, format!("csrf={csrf}&confirm=odd")).await;
        assert_eq!(untyped.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = site.post_form(&format!("{path}/rollback"), &cookie, format!("csrf={csrf}&confirm=odd.csv")).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        site.work().await;
        assert!(site.get_with_cookie(&path, &cookie).await.body.contains("id=\"taken-back\""));

        // The next file of this kind finds its columns remembered.
        let sent = site.bring_form(&cookie, &[("csrf", &csrf), ("kind", "bags")], ("two.csv", odd.as_bytes())).await;
        let path = sent.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = site.get_with_cookie(&path, &cookie).await;
        assert!(page.body.contains("<option value=\"1\" selected>what</option>"), "{}", page.body);
        for locale in ["hi", "en"] {
            site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
            for path in ["/imports", "/imports/new", &path] {
                let page = site.get_with_cookie(path, &cookie).await;
                assert_eq!(page.status, StatusCode::OK, "{path}");
                assert!(page.body.contains("</html>") && !page.body.contains(">import-"), "{path}\n{}", page.body);
            }
        }
    }
}

/// A workbook with these parts.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory");
        zip.write_all(content).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// A workbook of these sheets, each with its rows of texts.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let links = |inner: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
        )
    };
    let (mut names, mut places, mut parts) = (String::new(), String::new(), Vec::new());
    for (n, (name, rows)) in (1..).zip(sheets) {
        names += &format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"r{n}\"/>");
        places += &format!("<Relationship Id=\"r{n}\" Type=\"{office}/worksheet\" Target=\"worksheets/s{n}.xml\"/>");
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row = |row: &&[&str]| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
        let rows: String = rows.iter().map(row).collect();
        let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/s{n}.xml"), sheet));
    }
    parts.push(("[Content_Types].xml".into(), "<Types/>".into()));
    let root = format!("<Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>");
    parts.push(("_rels/.rels".into(), links(&root)));
    let book = format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{names}</sheets></workbook>");
    parts.push(("xl/workbook.xml".into(), book));
    parts.push(("xl/_rels/workbook.xml.rels".into(), links(&places)));
    let parts: Vec<_> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    archive(&parts)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_workbook_with_several_sheets_one_is_read_and_the_page_says_which() {
    let bags: &[&[&str]] = &[&["qr_id", "type", "parent_qr_id"], &["SB00001", "parent", ""]];
    let more: &[&[&str]] = &[&["qr_id", "type", "parent_qr_id"], &["SB00002", "parent", ""]];
    let book = workbook(&[("Cover", &[&["Bags of November"]]), ("Lucknow", bags), ("Blank", &[]), ("Indore", more)]);
    for site in each_site().await {
        site.person("admin", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("admin").await;
        let sent = site.bring_form(&cookie, &[("csrf", &csrf), ("kind", "bags")], ("book.xlsx", &book)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let path = sent.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = site.get_with_cookie(&path, &cookie).await.body;
        for part in
            ["<option value=\"0\">Cover<", "<option value=\"1\" selected>Lucknow<", "<option value=\"3\">Indore<"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(page.contains("has 3 sheets. Only “Lucknow” is imported") && page.contains(">SB00001<"), "{page}");
        let other = site.get_with_cookie(&format!("{path}?sheet=3"), &cookie).await.body;
        assert!(other.contains("Only “Indore” is imported") && other.contains(">SB00002<"), "{other}");
        let columns = "sheet=3&column-qr_id=0&column-type=1&column-parent_qr_id=2";
        site.post_form(&format!("{path}/columns"), &cookie, format!("csrf={csrf}&{columns}")).await;
        site.work().await;
        let checked = site.get_with_cookie(&path, &cookie).await.body;
        assert!(checked.contains("id=\"start-form\"") && checked.contains("Only “Indore” is imported"), "{checked}");
        site.post_form(&format!("{path}/start"), &cookie, format!("csrf={csrf}&mode=skip_bad")).await;
        site.work().await;
        assert_eq!(site.get_with_cookie("/bags/SB00002", &cookie).await.status, StatusCode::OK);
        assert_eq!(site.get_with_cookie("/bags/SB00001", &cookie).await.status, StatusCode::NOT_FOUND);
    }
}

/// The container of an encrypted workbook: a header, and a directory that names the package.
pub fn encrypted() -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(512, 0);
    (bytes[30], bytes[48]) = (9, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(2048, 0);
    bytes
}
