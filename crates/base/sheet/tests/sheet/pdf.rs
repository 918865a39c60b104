//! Reports as PDF: the words can be found, the pages are counted, and nothing is random.

use std::sync::LazyLock;

use base_sheet::report::{Bar, Bars, Fact, Figure, Report, Slip, Table, Target};
use base_sheet::write::{PDF_ROWS_MAX, Paper, PdfOptions, report_as_pdf};
use base_sheet::{Brand, Cell, Column, Kind, Logo};

fn report(rows: i64) -> Report {
    let figure = |label: &str, value: &str| Figure { label: label.into(), value: value.into(), ..Figure::default() };
    let bar =
        |day: i32| Bar { label: format!("{day:02}/11"), value: f64::from(day * 10), shown: (day * 10).to_string() };
    let time = jiff::civil::date(2026, 11, 21).at(5, 30, 0, 0);
    let row = |n: i64| {
        let cells = [Cell::text(format!("BILL-{n:04}")), Cell::text("पैरेंट और चाइल्ड बैग"), Cell::Int(n)];
        cells.into_iter().chain([Cell::Kilograms(30.5), Cell::Time(time)]).collect()
    };
    Report {
        title: "Bill summary शहर".into(),
        lines: vec!["21/11/26 to 21/11/26".into()],
        figures: ["Bills", "Parents", "Children", "Weight", "Empty"].map(|label| figure(label, "1,234 kg")).to_vec(),
        bars: Some(Bars {
            title: "Bags each day".into(),
            bars: (1..=14).map(bar).collect(),
            target: Some(Target { label: "Target 100".into(), value: 100.0 }),
            words: vec!["Highest: 14/11 (140)".into()],
            empty: "Nothing to draw.".into(),
        }),
        tables: vec![
            Table {
                title: "All bills".into(),
                columns: vec![
                    Column::new("Bill", Kind::Text, 16),
                    Column::new("Description", Kind::Text, 30),
                    Column::new("Parents", Kind::Int, 9),
                    Column::new("Weight (kg)", Kind::Kilograms, 11),
                    Column::new("Created at", Kind::Time, 16),
                ],
                rows: (1..=rows).map(row).collect(),
                ..Table::default()
            }
            .summed("Total"),
        ],
        no_data: "There is nothing here.".into(),
        ..Report::default()
    }
}

static BRAND: LazyLock<Brand> = LazyLock::new(|| Brand {
    name: "Ganga Seeds".into(),
    logo: Some(Logo::read(include_bytes!("../logo.png").to_vec()).unwrap()),
    ..Brand::default()
});
static UPRIGHT: LazyLock<PdfOptions<'static>> =
    LazyLock::new(|| PdfOptions { paper: Paper::Portrait, language: "en", brand: &BRAND });
static LYING: LazyLock<PdfOptions<'static>> =
    LazyLock::new(|| PdfOptions { paper: Paper::Landscape, language: "hi", brand: &BRAND });

/// The text on each page.
fn words(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    document.get_pages().keys().map(|page| document.extract_text(&[*page]).unwrap()).collect()
}

#[test]
fn a_thousand_rows_are_paged_with_their_headings_and_numbers() {
    let pages = words(&report_as_pdf(&report(1000), &UPRIGHT).unwrap());
    assert_eq!(pages.len(), 22);
    let count = pages.len();
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {count}", at + 1)), "{page}");
        assert!(page.contains("Weight (kg)"), "page {at} has no headings");
    }
    let all = pages.concat();
    for number in [1, 2, 500, 999, 1000] {
        assert_eq!(all.matches(&format!("BILL-{number:04}")).count(), 1);
    }
    let said =
        ["Bill summary", "21/11/26 to 21/11/26", "1,234 kg", "Bags each day", "Target 100", "30.5", "Ganga Seeds"];
    for word in said.into_iter().chain(["Highest: 14/11 (140)", "Total", "5,00,500", "30,500"]) {
        assert!(all.contains(word), "{word}");
    }
}

#[test]
fn hindi_is_found_again() {
    let pages = words(&report_as_pdf(&report(1), &LYING).unwrap());
    assert_eq!(pages.len(), 1);
    // A reader may split vowel signs as it likes, but not single letters.
    assert!(pages[0].contains("शहर"), "{}", pages[0]);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let first = report_as_pdf(&report(60), &LYING).unwrap();
    assert_eq!(first, report_as_pdf(&report(60), &LYING).unwrap());
    assert_ne!(first, report_as_pdf(&report(61), &LYING).unwrap());
    assert!(first.len() < 220_000, "{} bytes", first.len());
}

#[test]
fn an_empty_report_says_so_and_an_endless_one_is_refused() {
    let pages = words(&report_as_pdf(&report(0), &UPRIGHT).unwrap());
    assert!(pages[0].contains("There is nothing here."), "{}", pages[0]);
    assert!(!report_as_pdf(&Report::default(), &UPRIGHT).unwrap().is_empty());
    let mut endless = report(0);
    endless.tables[0].rows = vec![vec![]; PDF_ROWS_MAX + 1];
    assert_eq!(report_as_pdf(&endless, &UPRIGHT).unwrap_err().code(), "write_too_many_rows");
}

#[test]
fn odd_values_are_drawn_without_a_panic() {
    let mut odd = report(3);
    let picture = odd.bars.as_mut().unwrap();
    for (bar, value) in picture.bars.iter_mut().zip([f64::NAN, f64::INFINITY, -5.0, f64::MAX, 0.0]) {
        bar.value = value;
    }
    odd.figures[0].value = "a very long figure indeed, and longer than its tile ".repeat(5);
    odd.tables[0].rows[1][1] = Cell::text("W".repeat(3000));
    odd.tables[0].rows[2][0] = Cell::text("\u{0}\u{202e}日本 ᚠ🙂\n\t");
    odd.tables[0].columns[0].title = "long title ".repeat(40).into();
    odd.lines = vec!["x ".repeat(4000)];
    for options in [&*UPRIGHT, &*LYING] {
        assert!(!words(&report_as_pdf(&odd, options).unwrap()).is_empty());
    }
    odd.bars.as_mut().unwrap().bars = vec![Bar { label: "1".into(), value: 0.0, shown: "0".into() }; 400];
    odd.tables[0].columns.clear();
    report_as_pdf(&odd, &UPRIGHT).unwrap();
}

/// A paper for a truck: eight parents of thirty children, and one that is nearly empty.
fn slip() -> Report {
    let child = |parent: usize, at: usize| format!("KB{:08}", parent * 100 + at);
    let counts: Vec<usize> = [30; 8].into_iter().chain([2]).collect();
    let row = |(at, n): (usize, &usize)| {
        let children = i64::try_from(*n).unwrap();
        vec![Cell::text(format!("SB{at:05}")), Cell::Int(children), Cell::Kilograms(1500.0)]
    };
    let table = Table {
        title: "Parents and their children".into(),
        columns: vec![
            Column::new("Parent", Kind::Text, 40),
            Column::new("Children", Kind::Int, 10),
            Column::new("Weight (kg)", Kind::Kilograms, 12),
        ],
        rows: counts.iter().enumerate().map(row).collect(),
        below: counts.iter().enumerate().map(|(at, n)| (0..*n).map(|child_at| child(at, child_at)).collect()).collect(),
        ..Table::default()
    };
    let fact = |label: &str, value: &str| Fact { label: label.into(), value: value.into() };
    Report {
        title: "Bill INV/26-0160".into(),
        lines: vec!["Dispatch bill".into(), "completed 27/11/26 19:32 by Meera".into()],
        made: "Printed 27 Nov 2026 19:35 by Meera".into(),
        figures: vec![Figure { label: "Parents".into(), value: "9".into(), note: "of 9".into(), number: None }],
        tables: vec![table.summed("Total")],
        slip: Some(Slip {
            number: "INV/26-0160".into(),
            facts: vec![fact("Vehicle", ""), fact("Driver", ""), fact("Note", "Moong, cleaned")],
            signatures: ["Loaded by", "Checked by", "Driver"].map(str::to_owned).to_vec(),
        }),
        ..report(0)
    }
}

#[test]
fn a_paper_for_goods_lists_each_child_and_has_lines_to_fill_in() {
    let pdf = report_as_pdf(&slip(), &UPRIGHT).unwrap();
    let pages = words(&pdf);
    let all = pages.concat();
    for parent in 0..8 {
        assert_eq!(all.matches(&format!("SB{parent:05}")).count(), 1);
        for at in 0..30 {
            assert_eq!(all.matches(&format!("KB{:08}", parent * 100 + at)).count(), 1, "{parent} {at}");
        }
    }
    for word in ["INV/26-0160", "Vehicle", "Moong, cleaned", "Loaded by", "Checked by", "13,500", "242"] {
        assert!(all.contains(word), "{word}");
    }
    assert!(pages[0].contains("of 9") && !all.contains("Bags each day"), "a paper for goods has no chart");
    let count = pages.len();
    assert!(pages.iter().enumerate().all(|(at, page)| page.contains(&format!("Page {} of {count}", at + 1))));
    keep("slip", &pdf);
    keep("report", &report_as_pdf(&report(40), &UPRIGHT).unwrap());
}

#[test]
fn a_long_number_has_its_barcode_in_a_row_of_its_own_and_one_in_hindi_has_none() {
    let bars = |number: &str| {
        let mut slip = slip();
        slip.slip.as_mut().unwrap().number = number.into();
        let pdf = report_as_pdf(&slip, &UPRIGHT).unwrap();
        let document = lopdf::Document::load_mem(&pdf).unwrap();
        let page = *document.get_pages().get(&1).unwrap();
        let content = String::from_utf8_lossy(&document.get_page_content(page)).into_owned();
        content.matches("\nf\n").count() + content.matches(" f\n").count()
    };
    let (short, long, hindi) = (bars("INV/26-0160"), bars(&"LONG-".repeat(7)), bars("बिल"));
    assert!(short > hindi + 30 && long > short, "{short} {long} {hindi}");
    assert!(bars(&"W".repeat(120)) < short, "bars that run together are worse than none");
}

#[test]
fn a_letter_that_cannot_be_printed_is_marked_and_told_once_on_its_page() {
    let mut odd = report(60);
    odd.tables[0].rows[1][0] = Cell::text("日本 Ltd");
    odd.tables[0].rows[2][0] = Cell::text("ᚠᚠ");
    let pages = words(&report_as_pdf(&odd, &UPRIGHT).unwrap());
    let told = |page: &String| page.matches("Letters that could not be printed").count();
    assert_eq!((told(&pages[0]), told(&pages[1])), (1, 0), "{}", pages[0]);
    assert!(pages[0].contains("◌◌ Ltd"));
}

#[test]
fn a_chart_without_values_is_a_sentence() {
    let mut flat = report(3);
    flat.bars.as_mut().unwrap().bars.iter_mut().for_each(|bar| bar.value = 0.0);
    let page = words(&report_as_pdf(&flat, &UPRIGHT).unwrap()).remove(0);
    assert!(page.contains("Nothing to draw.") && !page.contains("Highest"), "{page}");
}

/// Writes a file to look at, where somebody asks for it.
fn keep(name: &str, pdf: &[u8]) {
    if let Ok(folder) = std::env::var("TALLYHOUSE_KEEP_PDF") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), pdf).unwrap();
    }
}
