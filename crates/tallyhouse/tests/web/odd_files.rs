//! Small files as people really have them, brought in by a program: what they see in the spreadsheet is what comes in, or
//! the row is refused with its place, the cause and the way out.

use axum::http::StatusCode;
use base_core::permission::Role;
use serde_json::Value;

use crate::common::{Site, each_site};
use crate::made::{Cell, Format, Sheet, written};

async fn checked(site: &Site, token: &str, query: &str, content: &[u8]) -> (String, Value) {
    let brought = site.bring(token, query, content.to_vec()).await;
    assert_eq!(brought.status, StatusCode::ACCEPTED, "{query}: {}", brought.body);
    let id = brought.json()["id"].as_str().expect("an id").to_owned();
    site.work().await;
    let import = site.get(&format!("/api/v1/imports/{id}"), token).await.json();
    assert_eq!(import["state"], "checked", "{import}");
    (id, import["checked"].clone())
}

/// How many rows would be new, and refused.
fn counts(checked: &Value) -> (i64, i64) {
    let count = |name: &str| checked["counts"][name].as_i64().expect("a number");
    (count("created"), count("refused"))
}

/// Every message, by the code of its reason.
fn messages(checked: &Value) -> Vec<(String, String)> {
    let outcomes = checked["outcomes"].as_object().expect("outcomes");
    let each = |(code, seen): (&String, &Value)| {
        let examples = seen["examples"].as_array().expect("examples").clone();
        let code = code.clone();
        examples.into_iter().map(move |one| (code.clone(), one["message"].as_str().expect("text").to_owned()))
    };
    outcomes.iter().flat_map(each).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_kept_as_numbers_come_in_as_they_are_shown() {
    for site in each_site().await {
        let token = site.token("admin", Role::Admin, None).await;
        let file = include_bytes!("odd/numfmt.xlsx");
        site.person("root", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("root").await;
        let (id, found) = checked(&site, &token, "kind=bags&name=numfmt.xlsx", file).await;
        assert_eq!(counts(&found), (4, 0), "{found}");
        let page = site.get_with_cookie(&format!("/imports/{id}"), &cookie).await.body;
        assert!(page.contains(">SB00011<") && page.contains(">0004711<"), "the page shows what people see: {page}");
        assert_eq!(site.post(&token, &format!("/api/v1/imports/{id}/start")).await.status, StatusCode::ACCEPTED);
        site.work().await;
        for code in ["SB00011", "SB00012", "0004711", "000815"] {
            let bag = site.get(&format!("/api/v1/bags/{code}"), &token).await;
            assert_eq!(bag.status, StatusCode::OK, "{code}: {}", bag.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_that_are_no_values_are_refused_by_their_place_and_cause() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    for (name, file, good, refused, told) in [
        (
            "formula.xlsx",
            &include_bytes!("odd/formula.xlsx")[..],
            1,
            2,
            vec![
                ("cell_formula", "C2 is a formula without a value (parent_bag_count)"),
                ("cell_formula", "B3 is a formula without a value (description)"),
            ],
        ),
        (
            "err.xlsx",
            &include_bytes!("odd/err.xlsx")[..],
            0,
            1,
            vec![
                ("cell_error", "B2 (#N/A) is an error"),
                ("cell_error", "C2 (#DIV/0!) is an error where a whole number belongs (parent_bag_count)"),
            ],
        ),
        (
            "dates.xlsx",
            &include_bytes!("odd/dates.xlsx")[..],
            0,
            6,
            vec![
                (
                    "cell_date",
                    "A2 (2026-12-26) is a date where a code or a number that names something belongs (bill_id)",
                ),
                ("cell_date", "A3 (2026-03-01) is a date"),
                ("cell_number", "A4 (2026.10) is a number that is not shown as its digits"),
                ("cell_true_or_false", "A6 (true) is TRUE or FALSE"),
                ("cell_number", "A7 (50%)"),
            ],
        ),
    ] {
        let (_, found) = checked(&site, &token, &format!("kind=bills&name={name}"), file).await;
        assert_eq!(counts(&found), (good, refused), "{name}: {found}");
        let messages = messages(&found);
        for (code, words) in told {
            let is_told = messages.iter().any(|(of, message)| of == code && message.contains(words));
            assert!(is_told, "{name}: {words} is not among {messages:?}");
        }
        // Each says what to do.
        assert!(messages.iter().all(|(_, message)| message.ends_with("file.") || message.ends_with("value.")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_rows_and_sheets_are_left_out_and_said() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    let file = include_bytes!("odd/hidden.xlsx");
    let (id, found) = checked(&site, &token, "kind=bills&name=hidden.xlsx", file).await;
    assert_eq!(counts(&found), (1, 0), "{found}");
    assert_eq!((&found["hidden_rows"], &found["hidden_sheets"]), (&1.into(), &serde_json::json!(["old"])), "{found}");
    let (_, all) = checked(&site, &token, "kind=bills&name=hidden.xlsx&hidden_rows=true", file).await;
    assert_eq!((counts(&all), &all["hidden_rows"]), ((2, 0), &0.into()), "{all}");
    site.person("root", Role::Admin, None).await;
    let (cookie, _) = site.sign_in("root").await;
    let page = site.get_with_cookie(&format!("/imports/{id}"), &cookie).await;
    for part in ["id=\"hidden-rows\"", "id=\"hidden-sheets\"", "name=\"hidden_rows\"", "old (hidden)"] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headings_below_titles_are_found_or_chosen_and_names_do_not_matter() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    let long = format!("{}.csv", "x".repeat(300));
    for (query, file) in [
        ("kind=bills&name=sep.csv", &include_bytes!("odd/sep.csv")[..]),
        ("kind=bills&name=title.csv", &include_bytes!("odd/title.csv")[..]),
        ("kind=bills&name=title.csv&header_row=3", &include_bytes!("odd/title.csv")[..]),
        ("kind=bills&name=register.pdf", &include_bytes!("odd/sep.csv")[..]),
        ("kind=bills&name=..", &include_bytes!("odd/sep.csv")[..]),
        (&*format!("kind=bills&name={long}"), &include_bytes!("odd/title.csv")[..]),
    ] {
        let (_, found) = checked(&site, &token, query, file).await;
        assert_eq!(counts(&found), (1, 0), "{query}: {found}");
    }
    let wrong = site.bring(&token, "kind=bills&header_row=9", &include_bytes!("odd/title.csv")[..]).await;
    assert_eq!(wrong.json()["code"], "file_no_header_row", "{}", wrong.body);
    let listed = site.get("/api/v1/imports", &token).await.json();
    let names: Vec<&str> =
        listed["imports"].as_array().expect("a list").iter().filter_map(|one| one["file"].as_str()).collect();
    assert!(names.iter().any(|name| name.chars().count() == 100 && name.ends_with("x.csv")), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_of_a_file_is_said_and_another_sheet_is_read_where_it_is_asked_for() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    let texts = |cells: &[&'static str]| cells.iter().map(|cell| Cell::text(cell)).collect::<Vec<_>>();
    let sheet = |name, rows: &[&[&'static str]]| Sheet {
        name,
        rows: rows.iter().map(|row| texts(row)).collect(),
        ..Sheet::default()
    };
    for format in [Format::Xlsx, Format::Xls, Format::Ods] {
        let file = written(
            format,
            &[
                // A cover whose title is the name of a column.
                sheet("Cover", &[&["Bill"], &["May 2026"]]),
                sheet(
                    "May",
                    &[
                        &["Bill"],
                        &["Bill No.", "Description (optional)", ""],
                        &["ODD-1", "rice", "x"],
                        &["ODD-2", "", "", "beyond"],
                    ],
                ),
                sheet("June", &[&["Bill No."], &["ODD-3"], &["ODD-4"], &["ODD-5"]]),
            ],
        );
        let (id, found) = checked(&site, &token, "kind=bills&name=odd", &file).await;
        assert_eq!(counts(&found), (2, 0), "{format:?}: {found}");
        assert_eq!(found["other_sheets"], serde_json::json!(["Cover", "June"]), "{format:?}");
        assert_eq!((&found["beyond_rows"], &found["beyond_first"]), (&2.into(), &"C3".into()), "{format:?}: {found}");
        let (_, june) = checked(&site, &token, "kind=bills&name=odd&sheet=june", &file).await;
        assert_eq!(counts(&june), (3, 0), "{format:?}: {june}");
        let (_, third) = checked(&site, &token, "kind=bills&name=odd&sheet=3", &file).await;
        assert_eq!(counts(&third), (3, 0), "{format:?}: {third}");
        let none = site.bring(&token, "kind=bills&sheet=July", file).await;
        assert_eq!(none.json()["code"], "file_no_sheet", "{format:?}: {}", none.body);
        if format == Format::Xlsx {
            site.person("root", Role::Admin, None).await;
            let (cookie, _) = site.sign_in("root").await;
            let page = site.get_with_cookie(&format!("/imports/{id}"), &cookie).await;
            for part in ["id=\"other-sheets\"", "Cover, June", "id=\"beyond\"", "the first is C3"] {
                assert!(page.body.contains(part), "{part} is not in {}", page.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_is_read_as_a_spreadsheet_shows_it_and_its_faults_are_named() {
    let site = each_site().await.remove(0);
    let token = site.token("admin", Role::Admin, None).await;
    let bills = b"Register\n\nbill_id,parent_bag_count\n\n=\"00012\",2\n\"CSV-2\",many\n\n=A1,1\nCSV-3,=2*3\n";
    let (_, found) = checked(&site, &token, "kind=bills", bills).await;
    assert_eq!(counts(&found), (1, 3), "{found}");
    let rows: Vec<i64> = found["outcomes"]
        .as_object()
        .expect("outcomes")
        .values()
        .flat_map(|seen| seen["examples"].as_array().expect("examples"))
        .map(|example| example["row"].as_i64().expect("a row"))
        .collect();
    let mut sorted = rows.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [6, 8, 9], "as a spreadsheet numbers them: {found}");
    for (file, code, told) in [
        (&b"sep=;\nbill_id,description\nA-1,x\n"[..], "file_wrong_separator", "sep=;"),
        (b"bill_id,description\nA-1,\"x\nA-2,y\n", "file_open_quote", "row 2, column B"),
        (b"bill_id,description\nA-1,\"x\nA-2,\"y\"\nA-3,z\n", "file_open_quote", "row 2, column B"),
    ] {
        let refused = site.bring(&token, "kind=bills", file).await.json();
        assert_eq!(refused["code"], code, "{refused}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(told)), "{refused}");
    }
}

/// A file as the import page of the earlier system took it: marks and codes, in blocks.
fn in_blocks(format: Format, codes: &'static str, rows: &[(&'static str, &'static str)]) -> Vec<u8> {
    let mut table = vec![vec![Cell::text("Sr. No."), Cell::text(codes)]];
    table.extend(rows.iter().map(|(mark, code)| vec![Cell::text(mark), Cell::text(code)]));
    written(format, &[Sheet::of(table)])
}

#[tokio::test(flavor = "multi_thread")]
async fn both_layouts_of_the_earlier_import_page_come_in_and_make_what_is_missing() {
    for (site, format) in each_site().await.into_iter().zip([Format::Xls, Format::Xlsx]) {
        let token = site.token("admin", Role::Admin, None).await;
        let children = [
            ("1", "LABEL NO.0016586 LOT NO.:STAR44GG16616"),
            ("2", "LABEL NO.:0016587 LOT NO.:STAR44GG16616"),
            ("16", "SB12260"),
            ("1", "LABEL NO.0016621 LOT NO.:STAR44GG16617"),
            ("Parent Code", "M444-00022"),
            ("1", "LABEL NO.0016699 LOT NO.:STAR44GG16618"),
        ];
        let file = in_blocks(format, "QR Code", &children);
        let (_, found) = checked(&site, &token, "kind=children&name=old.xls", &file).await;
        assert_eq!(counts(&found), (0, 4), "without the choice, parents must be there: {found}");
        let (id, found) = checked(&site, &token, "kind=children&name=old.xls&make_missing=true", &file).await;
        assert_eq!((counts(&found), &found["counts"]["linked"]), ((5, 1), &3.into()), "{found}");
        site.post(&token, &format!("/api/v1/imports/{id}/start")).await;
        site.work().await;
        for code in ["SB12260", "M444-00022", "0016586", "0016587", "0016621"] {
            let bag = site.get(&format!("/api/v1/bags/{code}"), &token).await;
            assert_eq!(bag.status, StatusCode::OK, "{code}: {}", bag.body);
        }
        let above =
            [("Bill No", "BILL001"), ("1", "SB12260"), ("2", "SB12248"), ("Bill No", "BILL002"), ("1", "M444-00022")];
        let file = in_blocks(format, "Parent Bag", &above);
        let (id, found) = checked(&site, &token, "kind=parents&name=bills.xls&make_missing=true", &file).await;
        assert_eq!((counts(&found).1, &found["counts"]["linked"]), (0, &3.into()), "{found}");
        site.post(&token, &format!("/api/v1/imports/{id}/start")).await;
        site.work().await;
        let bill = site.get("/api/v1/bills/BILL001", &token).await;
        assert_eq!((bill.status, &bill.json()["parents"]), (StatusCode::OK, &2.into()), "{}", bill.body);
    }
}
