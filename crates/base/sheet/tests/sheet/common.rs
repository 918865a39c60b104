//! Tables and files for the tests of reading and writing.

use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

use base_sheet::read::{Book, Row};
use base_sheet::write::XlsxOptions;

/// Headings and rows of a sheet as text.
pub fn all(book: &Book, sheet: usize) -> Vec<Vec<String>> {
    let mut rows = vec![book.header(sheet).unwrap().to_vec()];
    let mut take = |row: Row<'_>| {
        rows.push(row.iter().map(str::to_owned).collect());
        ControlFlow::Continue(())
    };
    book.each_row(sheet, &mut take).unwrap();
    rows
}

/// The same as one text: cells with `|`, rows with a line feed.
pub fn joined(bytes: impl AsRef<[u8]>) -> String {
    let book = Book::of_bytes(bytes.as_ref().to_vec()).unwrap();
    all(&book, 0).iter().map(|row| row.join("|")).collect::<Vec<_>>().join("\n")
}

/// A ZIP archive of parts.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of the smallest workbook: one sheet `S` with this inside its `sheetData`.
pub fn workbook_of(sheet_data: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    workbook_with(r#"<sheet name="S" sheetId="1" r:id="rId1"/>"#, sheet_data, more)
}

/// The same with other sheets, all of which may only name the one part.
pub fn workbook_with(sheets: &str, sheet_data: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{r}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(r#"<workbook xmlns="{main}" xmlns:r="{r}"><sheets>{sheets}</sheets></workbook>"#);
    let parts_of_book = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{r}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let sheet = format!(r#"<worksheet xmlns="{main}">{sheet_data}</worksheet>"#);
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts_of_book.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend_from_slice(more);
    zipped(&parts)
}

/// A moment for the properties of a workbook.
pub fn made() -> XlsxOptions<'static> {
    XlsxOptions { made_at: jiff::civil::date(2026, 11, 21).at(9, 30, 0, 0), scratch: None }
}
