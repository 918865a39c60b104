//! What reports are as files and on paper: one table in a CSV, the paper for the truck, totals, charts in words.

use axum::http::StatusCode;

use crate::common::{each_site, each_site_with};
use crate::reports::{PAGES, bytes, rows, with_bills};

#[tokio::test(flavor = "multi_thread")]
async fn the_pdf_of_a_bill_is_the_paper_for_the_truck() {
    let brand =
        || std::sync::Arc::new(base_sheet::Brand { name: "Ganga Seeds".into(), ..base_sheet::Brand::default() });
    for site in each_site_with(|settings| base_web::Settings { brand: brand(), ..settings }).await {
        let people = with_bills(&site).await;
        let (name, pdf) = bytes(&site, "/bills/M%2F1/report?format=pdf", &people.admin).await;
        assert!(name.contains("bill_M_1_"), "{name}");
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        let pages: Vec<u32> = document.get_pages().keys().copied().collect();
        let text = document.extract_text(&pages).expect("words");
        let count = pages.len();
        for word in
            ["Ganga Seeds", "Dispatch bill", "SB00001", "KID1", "KID2", "KID3", "SB00002", "Vehicle", "Loaded by"]
        {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(text.contains(&format!("Page {count} of {count}")) && text.contains("of 2") && text.contains("−57 kg"));
        // A dispatcher of another area has no child of it on paper, either.
        let own = bytes(&site, "/bills/P-1/report?format=pdf", &people.indore).await.1;
        let own = lopdf::Document::load_mem(&own).expect("a PDF").extract_text(&[1]).expect("words");
        assert!(own.contains("SB00003") && !own.contains("KID1"), "{own}");
        let csv = |table: &str| format!("/bills/M%2F1/report?format=csv{table}");
        let (_, children) = bytes(&site, &csv("&table=children"), &people.admin).await;
        assert_eq!(rows(&children), [["SB00001", "KID1"], ["SB00001", "KID2"], ["SB00001", "KID3"]]);
        assert_eq!(rows(&bytes(&site, &csv(""), &people.admin).await.1).len(), 2);
        assert_eq!(site.get(&csv("&table=none"), &people.admin).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_of_a_report_is_one_table_and_the_page_leads_to_each() {
    let mut with_times = 0;
    for site in each_site().await {
        let people = with_bills(&site).await;
        for path in PAGES.into_iter().skip(1).chain(["/reports/people/arjun"]) {
            let page = site.get(path, &people.admin).await.body.replace("&#38;", "&").replace("&amp;", "&");
            let links: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let links: Vec<&str> = links.into_iter().filter(|link| link.contains("format=csv")).collect();
            let tables = page.matches("id=\"table-").count();
            assert!(links.len() >= tables && tables > 0, "{path}: {links:?}");
            for link in links {
                let (_, file) = bytes(&site, link, &people.admin).await;
                let text = String::from_utf8(file).expect("UTF-8");
                let head = text.lines().next().unwrap_or_default();
                assert!(head.contains(',') && !text.contains("\n\n") && !text.contains("Generated"), "{link}: {text}");
                assert!(!text.contains('−') && !text.contains("Total"), "{link}: {text}");
                // Times name their zone: a file may be read elsewhere.
                let zone = format!("({})", site.app.settings.zone.iana_name().expect("a zone"));
                let has_times = text.lines().skip(1).flat_map(|line| line.split(',')).any(is_time);
                assert!(!has_times || head.contains(&zone), "{link}: {text}");
                with_times += usize::from(has_times);
            }
        }
    }
    assert!(with_times > 2, "{with_times}");
}

/// True for `21/11/26 05:30`.
fn is_time(cell: &str) -> bool {
    let pattern = cell.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    pattern.eq(b"00/00/00 00:00".iter().copied())
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_have_a_total_on_the_page_and_charts_are_told_in_words() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        let page = site.get("/reports/bills", &people.admin).await.body;
        let foot = page.rsplit_once("<tfoot>").expect("a total").1;
        let foot = foot.split_once("</tfoot>").expect("its end").0;
        assert!(foot.contains(">All bills<") && foot.contains(">−87<"), "{foot}");
        assert!(page.contains("Highest: 12:00 to 12:59 with 3"), "{page}");
        assert!(page.contains(">67%<") || page.contains(">33%<"), "percentages are whole: {page}");
        let before = site.get("/reports/scans?date=2020-01-01", &people.admin).await.body;
        assert!(before.contains("class=\"chart-box none\"") && before.contains("every figure is zero"), "{before}");
    }
}
