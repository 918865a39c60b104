//! Files of every shape, and imports on each database: rules, row numbers, resumption, figures.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use tallyhouse_core::code::Code;
use tallyhouse_core::permission::Role;
use tallyhouse_store::import::Refusal;
use tallyhouse_store::{Db, audit, bag, link};
use tallyhouse_support::{assert_counts_are_true, each_database, person};
use tempfile::TempDir;

use super::*;
use crate::house::command_line;
use crate::house::tests::house;

const HEADER: &str = "qr_id,type,parent_qr_id\n";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn rows(&self, bytes: impl AsRef<[u8]>) -> Vec<String> {
        rows(&Table::open(&self.write("rows.csv", bytes)).unwrap())
    }

    fn refusal(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.write(name, bytes);
        let text = format!("{:#}", Table::open(&path).map(drop).unwrap_err());
        text.replace(&self.0.path().display().to_string(), "…")
    }
}

fn rows(table: &Table) -> Vec<String> {
    let mut rows = Vec::new();
    table
        .each_row(&mut |row| {
            rows.push(format!("{} {}|{}|{}", row.number, row.code, row.kind, row.parent));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

/// A workbook of inline texts; numbers stay numbers. Each sheet is its rows, each row its cells.
fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let (mut names, mut relations) = (String::new(), String::new());
    for (at, (name, rows)) in sheets.iter().enumerate() {
        let n = at + 1;
        write!(names, r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#).unwrap();
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
        write!(relations, r#"<Relationship Id="rId{n}" Type="{kind}" Target="worksheets/sheet{n}.xml"/>"#).unwrap();
        let mut text = String::new();
        for (y, cells) in rows.iter().enumerate() {
            write!(text, r#"<row r="{}">"#, y + 1).unwrap();
            for (x, cell) in cells.iter().enumerate() {
                let place = format!("{}{}", char::from(b'A' + u8::try_from(x).unwrap()), y + 1);
                let written = match cell.parse::<f64>() {
                    Ok(_) => write!(text, r#"<c r="{place}"><v>{cell}</v></c>"#),
                    Err(_) => write!(text, r#"<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>"#),
                };
                written.unwrap();
            }
            text += "</row>";
        }
        let sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        part(
            &format!("xl/worksheets/sheet{n}.xml"),
            &format!(r#"<worksheet xmlns="{sheet}"><sheetData>{text}</sheetData></worksheet>"#),
        );
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    part("xl/workbook.xml", &format!(r#"<workbook xmlns="{main}" xmlns:r="{r}"><sheets>{names}</sheets></workbook>"#));
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(r#"<Relationship Id="rId1" Type="{r}/officeDocument" Target="xl/workbook.xml"/>"#);
    part("_rels/.rels", &format!(r#"<Relationships xmlns="{package}">{root}</Relationships>"#));
    part("xl/_rels/workbook.xml.rels", &format!(r#"<Relationships xmlns="{package}">{relations}</Relationships>"#));
    zip.finish().unwrap();
}

#[test]
fn separators_order_case_and_marks_do_not_matter() {
    let files = Files::new();
    let expected = ["2 SB00001|parent|", "3 KID1|child|SB00001"];
    for text in [
        "qr_id,type,parent_qr_id\nSB00001,parent,\nKID1,child,SB00001\n",
        "\u{feff}QR_ID;Type;PARENT_QR_ID\r\nSB00001;parent;\r\nKID1;child;SB00001",
        "note\tparent_qr_id\t type \tqr_id\nx\t\tparent\tSB00001\ny,z;\tSB00001\tchild\tKID1\n",
        "\"qr_id\",\"type\",\"parent_qr_id\"\n\"SB00001\",\"parent\",\"\"\n\"KID1\",\"child\",\"SB00001\"\n",
        "qr_id,type,parent_qr_id\nSB00001,parent\nKID1,child,SB00001,extra,more\n",
        "qr_id,type,parent_qr_id\nSB00001,parent,\nKID1,child,SB00001\n,,\n \n",
        "QR ID|Type|Parent-QR-ID\nSB00001|parent|\nKID1|child|SB00001\n",
    ] {
        assert_eq!(files.rows(text), expected, "{text:?}");
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(files.rows(wide), expected, "{text:?} in UTF-16");
    }
}

#[test]
fn what_cannot_be_imported_is_said_in_one_sentence() {
    let files = Files::new();
    for (bytes, wanted) in [
        (&b""[..], "…/a.csv: is empty"),
        (b"\xef\xbb\xbf\r\n", "…/a.csv: is empty"),
        (b"qr_id,type,parent_qr_id\n\n", "…/a.csv: has a header and no rows"),
        (b"qr_id,type\nSB00001,parent\n", "…/a.csv: has no column parent_qr_id; its first row is: qr_id, type"),
        (b"qr_id,type,parent_qr_id,QR_ID\n", "…/a.csv: has the column qr_id twice"),
        (b"qr_id,type,parent_qr_id\nSB1,parent,\nK\0D,child,\n", "…/a.csv: has a zero byte in row 3, column A"),
        (b"\xff\xfeq\0r\0", "…/a.csv: has only one column, qr"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "…/a.csv: is an old Excel file"),
        (b"PK\x03\x04 and then nothing", "…/a.csv: is no workbook (.xlsx)"),
        (b"%PDF-1.7 something", "…/a.csv: is a PDF"),
    ] {
        let refusal = files.refusal("a.csv", bytes);
        assert!(refusal.starts_with(wanted), "{refusal}");
    }
    let folder = format!("{:#}", Table::open(files.0.path()).map(drop).unwrap_err());
    assert!(folder.ends_with("is no file"), "{folder}");
}

#[test]
fn a_workbook_is_read_sheet_by_sheet() {
    let files = Files::new();
    let path = files.0.path().join("bags.xlsx");
    let first: &[&[&str]] =
        &[&["type", "qr_id", "note", "parent_qr_id"], &["parent", "SB00001", "x"], &["child", "1234", "", "SB00001"]];
    let second: &[&[&str]] = &[&["QR_ID", "TYPE", "PARENT_QR_ID"], &["KID2", "child", "SB00001"]];
    workbook(&path, &[("First", first), ("Empty", &[]), ("Second", second)]);
    let table = Table::open(&path).unwrap();
    assert_eq!(rows(&table), ["2 SB00001|parent|", "3 1234|child|SB00001", "5 KID2|child|SB00001"]);
    assert_eq!((table.place(3), table.place(5)), ("3".into(), "Second!2".into()));

    let broken: &[&[&str]] = &[&["qr_id", "type"], &["KID2", "child"]];
    workbook(&path, &[("First", first), ("Second", broken)]);
    let refusal = format!("{:#}", Table::open(&path).map(drop).unwrap_err());
    assert!(refusal.contains("sheet \"Second\": has no column parent_qr_id"), "{refusal}");
}

fn everyone() -> Importer {
    Importer { account: None, scope: Scope::All, origin: command_line() }
}

async fn import_all(db: &Db, path: &Path, importer: &Importer) -> (Import, Arc<Table>) {
    let parts = house(db.clone()).desk_parts();
    let table = Arc::new(Table::open(path).unwrap());
    let begun = begin(&parts, &table, path, importer).await.unwrap();
    assert!(!is_finished(&begun));
    let mut watch = |_: &Import| ControlFlow::Continue(());
    let done = carry_on(&parts, &table, importer, begun, &mut watch).await.unwrap();
    assert!(is_finished(&done));
    (done, table)
}

async fn refused(db: &Db, import: &Import) -> Vec<(i64, String)> {
    let found = import::refusals(db, &import.id, 0, 1000).await.unwrap();
    let line = |refusal: &Refusal| (refusal.row_number, refusal.outcome.clone());
    found.iter().map(line).collect()
}

/// `parents` full parents with thirty children each, children before their parents.
fn full(parents: u32) -> String {
    let mut text = HEADER.to_owned();
    for parent in 0..parents {
        for child in 0..30 {
            writeln!(text, "k{parent:04}{child:02},child,sb{parent:05}").unwrap();
        }
        writeln!(text, "sb{parent:05},PARENT,").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_rows_obey_every_rule_and_refusals_name_their_rows() {
    let files = Files::new();
    let mut text = full(1);
    for row in [
        "KID9,child,SB00000",
        "sb00001,Parent,",
        "KID10,child,SB00001",
        "kid10,child,sb00001",
        "KID10,child,SB00000",
        "SB00001,child,SB00000",
        "XX1,parent,",
        "KID11,child,",
        "KID12,child,SB77777",
        "KID13,box,SB00001",
        "K<D14,child,SB00001",
        "k000001,parent,",
    ] {
        writeln!(text, "{row}").unwrap();
    }
    let path = files.write("bags.csv", text);
    for test in each_database().await {
        let (done, table) = import_all(&test.db, &path, &everyone()).await;
        assert_eq!((done.created, done.linked, done.known), (33, 31, 1));
        let expected = [
            (33, "parent_completed"),
            (37, "child_elsewhere"),
            (38, "is_parent"),
            (39, "bad_code"),
            (40, "unknown_parent"),
            (41, "unknown_parent"),
            (42, "bad_type"),
            (43, "bad_code"),
            (44, "not_a_parent_code"),
        ];
        let expected: Vec<(i64, String)> = expected.iter().map(|(row, code)| (*row, (*code).to_owned())).collect();
        assert_eq!(refused(&test.db, &done).await, expected, "{}", test.db.name());
        assert_eq!(done.refused, 9);
        assert_counts_are_true(&test.db).await;

        let out = files.0.path().join("bags.result.csv");
        write_result(&test.db, &done.id, &table, &out).await.unwrap();
        let result = fs::read_to_string(&out).unwrap();
        assert!(result.starts_with("row,code,outcome,message\n33,KID9,parent_completed,"), "{result}");
        assert_eq!(result.lines().count(), 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_goes_on_where_it_stood() {
    let files = Files::new();
    let path = files.write("bags.csv", full(120));
    for test in each_database().await {
        let parts = house(test.db.clone()).desk_parts();
        let table = Arc::new(Table::open(&path).unwrap());
        let importer = everyone();
        let mut steps_seen = 0;
        // One step, then a stop, as often as it takes.
        loop {
            let begun = begin(&parts, &table, &path, &importer).await.unwrap();
            if is_finished(&begun) {
                break;
            }
            let mut watch = |_: &Import| ControlFlow::Break(());
            let after = carry_on(&parts, &table, &importer, begun.clone(), &mut watch).await.unwrap();
            assert!(rows_done(&after, &table) > rows_done(&begun, &table));
            steps_seen += 1;
        }
        assert_eq!(steps_seen, 5, "one step of parents, four of 3,600 children");
        let done = begin(&parts, &table, &path, &importer).await.unwrap();
        assert_eq!((done.created, done.linked, done.known, done.refused), (3720, 3600, 0, 0));
        assert_counts_are_true(&test.db).await;

        let entries = audit::latest(&test.db, 100).await.unwrap();
        let begun = begin(&parts, &table, &path, &importer).await.unwrap();
        assert!(is_finished(&begun) && begun == done, "a second run changes nothing");
        assert_eq!(audit::latest(&test.db, 100).await.unwrap().len(), entries.len());
        assert_eq!(entries.len(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_with_the_same_bags_finds_them_known() {
    let files = Files::new();
    for test in each_database().await {
        import_all(&test.db, &files.write("one.csv", full(2)), &everyone()).await;
        let (done, _) = import_all(&test.db, &files.write("two.csv", full(3)), &everyone()).await;
        assert_eq!((done.created, done.linked, done.known, done.refused), (31, 30, 62, 0));
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_bags_get_the_area_and_belong_to_who_imports() {
    let files = Files::new();
    let path = files.write("bags.csv", full(1));
    for test in each_database().await {
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let importer = Importer { account: actor.account, scope: actor.scope, origin: command_line() };
        import_all(&test.db, &path, &importer).await;
        let mut reader = test.db.read().await.unwrap();
        let found = bag::find(reader.conn(), &Code::stored("SB00000"), &Scope::All).await.unwrap().unwrap();
        assert_eq!(found.area.unwrap().as_str(), "lucknow");
        let links = link::of_children(reader.conn(), &["K000000"]).await.unwrap();
        assert_eq!(links[0].1.linked_by, actor.account);
        assert_counts_are_true(&test.db).await;
    }
}
