//! Reports as PDF: the words can be found, the pages are counted, and nothing is random.

use base_sheet::report::{Bar, Bars, Figure, Report, Table, Target};
use base_sheet::write::{PDF_ROWS_MAX, Paper, PdfOptions, report_as_pdf};
use base_sheet::{Cell, Column, Kind};

fn report(rows: i64) -> Report {
    let figure = |label: &str, value: &str| Figure { label: label.into(), value: value.into() };
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
        }),
        tables: vec![Table {
            title: "All bills".into(),
            columns: vec![
                Column::new("Bill", Kind::Text, 16),
                Column::new("Description", Kind::Text, 30),
                Column::new("Parents", Kind::Int, 9),
                Column::new("Weight (kg)", Kind::Kilograms, 11),
                Column::new("Created at", Kind::Time, 16),
            ],
            rows: (1..=rows).map(row).collect(),
        }],
        no_data: "There is nothing here.".into(),
    }
}

const UPRIGHT: PdfOptions<'static> = PdfOptions { paper: Paper::Portrait, language: "en" };
const LYING: PdfOptions<'static> = PdfOptions { paper: Paper::Landscape, language: "hi" };

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
        assert!(page.contains(&format!("{} / {count}", at + 1)), "{page}");
        assert!(page.contains("Weight (kg)"), "page {at} has no headings");
    }
    let all = pages.concat();
    for number in [1, 2, 500, 999, 1000] {
        assert_eq!(all.matches(&format!("BILL-{number:04}")).count(), 1);
    }
    for word in ["Bill summary", "21/11/26 to 21/11/26", "1,234 kg", "Bags each day", "Target 100", "30.5"] {
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
    assert!(first.len() < 200_000, "{} bytes", first.len());
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
    for options in [UPRIGHT, LYING] {
        assert!(!words(&report_as_pdf(&odd, &options).unwrap()).is_empty());
    }
    odd.bars.as_mut().unwrap().bars = vec![Bar { label: "1".into(), value: 0.0, shown: "0".into() }; 400];
    odd.tables[0].columns.clear();
    report_as_pdf(&odd, &UPRIGHT).unwrap();
}
