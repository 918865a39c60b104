//! One small table written in every format that is read, with cells of every kind: CSV as Excel saves it, XLSX, XLS and ODS.
//!
//! The writers are written for tests, from the formats' descriptions; `formats.rs` has what they write read by another
//! parser, too.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

#[path = "made/xls.rs"]
pub mod xls;

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Xls,
    Ods,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::Xls, Self::Ods];
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Blank,
    Text,
    /// A number with its number format.
    Number(f64, &'static str),
    /// A day, as spreadsheets count days.
    Date(f64),
    Bool(bool),
    /// An error, by its number in old workbooks.
    Error(u8),
    /// A formula without a value.
    Missing,
    /// A formula whose value is this text.
    TextFormula,
    /// Another text, shown by this number format.
    TextBy(&'static str, &'static str),
}

/// A cell, and what a person sees of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub value: Value,
    pub shown: &'static str,
}

impl Cell {
    pub const BLANK: Self = Self { value: Value::Blank, shown: "" };

    pub const fn text(shown: &'static str) -> Self {
        Self { value: Value::Text, shown }
    }

    pub const fn number(number: f64, format: &'static str, shown: &'static str) -> Self {
        Self { value: Value::Number(number, format), shown }
    }
}

/// A sheet.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub name: &'static str,
    pub rows: Vec<Vec<Cell>>,
    pub is_hidden: bool,
    /// Rows that nobody sees, from 0.
    pub hidden_rows: Vec<usize>,
    /// Columns that nobody sees, from 0.
    pub hidden_columns: Vec<usize>,
}

impl Sheet {
    pub fn of(rows: Vec<Vec<Cell>>) -> Self {
        Self { name: "Sheet", rows, ..Self::default() }
    }
}

/// Writes a file; CSV has the first sheet alone.
pub fn written(format: Format, sheets: &[Sheet]) -> Vec<u8> {
    match format {
        Format::Csv => csv(&sheets[0]),
        Format::Xlsx => xlsx(sheets),
        Format::Xls => xls::xls(sheets),
        Format::Ods => ods(sheets),
    }
}

fn csv(sheet: &Sheet) -> Vec<u8> {
    let mut text = String::new();
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.shown.replace('"', "\"\""))).collect();
        text += &(cells.join(",") + "\r\n");
    }
    text.into_bytes()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("memory");
    }
    zip.finish().expect("an archive").into_inner()
}

/// The number formats of all sheets, each once; its place is what its style follows from.
fn number_formats(sheets: &[Sheet]) -> Vec<&'static str> {
    let mut found = vec!["General", "yyyy-mm-dd"];
    for cell in sheets.iter().flat_map(|sheet| sheet.rows.iter().flatten()) {
        if let Value::Number(_, format) | Value::TextBy(_, format) = cell.value
            && !found.contains(&format)
        {
            found.push(format);
        }
    }
    found
}

fn style(formats: &[&str], cell: Cell) -> usize {
    match cell.value {
        Value::Number(_, format) | Value::TextBy(_, format) => {
            formats.iter().position(|known| *known == format).expect("a format")
        }
        Value::Date(_) => 1,
        _ => 0,
    }
}

fn place(row: usize, column: usize) -> String {
    format!("{}{}", char::from(b'A' + u8::try_from(column).expect("few columns")), row + 1)
}

fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let formats = number_formats(sheets);
    let (mut names, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (at, sheet) in sheets.iter().enumerate() {
        let (n, state) = (at + 1, if sheet.is_hidden { r#" state="hidden""# } else { "" });
        write!(names, r#"<sheet name="{}" sheetId="{n}"{state} r:id="rId{n}"/>"#, escaped(sheet.name)).expect("text");
        write!(relations, r#"<Relationship Id="rId{n}" Type="{r}/worksheet" Target="worksheets/sheet{n}.xml"/>"#)
            .expect("text");
        parts.push((format!("xl/worksheets/sheet{n}.xml"), xlsx_sheet(sheet, &formats, main)));
    }
    write!(relations, r#"<Relationship Id="rId99" Type="{r}/styles" Target="styles.xml"/>"#).expect("text");
    let of =
        |(at, code): (usize, &&str)| format!(r#"<numFmt numFmtId="{}" formatCode="{}"/>"#, 164 + at, escaped(code));
    let codes: String = formats.iter().enumerate().skip(1).map(of).collect();
    let xf = |at: usize| format!(r#"<xf numFmtId="{}"/>"#, if at == 0 { 0 } else { 164 + at });
    let xfs: String = (0..formats.len()).map(xf).collect();
    parts.extend([
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{r}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(r#"<workbook xmlns="{main}" xmlns:r="{r}"><sheets>{names}</sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(r#"<Relationships xmlns="{package}">{relations}</Relationships>"#),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(r#"<styleSheet xmlns="{main}"><numFmts>{codes}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>"#),
        ),
    ]);
    zipped(&parts)
}

fn xlsx_sheet(sheet: &Sheet, formats: &[&str], main: &str) -> String {
    let column = |at: &usize| format!(r#"<col min="{0}" max="{0}" width="9" hidden="1"/>"#, at + 1);
    let columns: String = sheet.hidden_columns.iter().map(column).collect();
    let columns = if columns.is_empty() { columns } else { format!("<cols>{columns}</cols>") };
    let mut data = String::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        let hidden = if sheet.hidden_rows.contains(&at) { r#" hidden="1""# } else { "" };
        write!(data, r#"<row r="{}"{hidden}>"#, at + 1).expect("text");
        for (column, cell) in row.iter().enumerate() {
            let head = format!(r#"<c r="{}" s="{}""#, place(at, column), style(formats, *cell));
            let shown = escaped(cell.shown);
            data += &match cell.value {
                Value::Blank => format!("{head}/>"),
                Value::Text => format!(r#"{head} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>"#),
                Value::Number(number, _) | Value::Date(number) => format!("{head}><v>{number}</v></c>"),
                Value::Bool(flag) => format!(r#"{head} t="b"><v>{}</v></c>"#, u8::from(flag)),
                Value::Error(_) => format!(r#"{head} t="e"><f>1/0</f><v>{shown}</v></c>"#),
                Value::Missing => format!("{head}><f>5*4</f><v></v></c>"),
                Value::TextFormula => format!(r#"{head} t="str"><f>A1</f><v>{shown}</v></c>"#),
                Value::TextBy(text, _) => format!(r#"{head} t="inlineStr"><is><t>{}</t></is></c>"#, escaped(text)),
            };
        }
        data += "</row>";
    }
    format!(r#"<worksheet xmlns="{main}">{columns}<sheetData>{data}</sheetData></worksheet>"#)
}

fn ods(sheets: &[Sheet]) -> Vec<u8> {
    let mut tables = String::new();
    for sheet in sheets {
        let of = if sheet.is_hidden { "ta2" } else { "ta1" };
        write!(tables, r#"<table:table table:name="{}" table:style-name="{of}">"#, escaped(sheet.name)).expect("text");
        let width = sheet.rows.iter().map(Vec::len).max().unwrap_or_default();
        for at in 0..width {
            let seen = if sheet.hidden_columns.contains(&at) { r#" table:visibility="collapse""# } else { "" };
            write!(tables, "<table:table-column{seen}/>").expect("text");
        }
        for (at, row) in sheet.rows.iter().enumerate() {
            let seen = if sheet.hidden_rows.contains(&at) { r#" table:visibility="filter""# } else { "" };
            write!(tables, "<table:table-row{seen}>").expect("text");
            tables.extend(row.iter().map(|cell| ods_cell(*cell)));
            tables += "</table:table-row>";
        }
        tables += r#"<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#;
    }
    let style = |name: &str, display: bool| {
        format!(
            r#"<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{display}"/></style:style>"#
        )
    };
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:automatic-styles>{}{}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#,
        style("ta1", true),
        style("ta2", false),
    );
    zipped(&[
        ("mimetype".into(), "application/vnd.oasis.opendocument.spreadsheet".into()),
        ("content.xml".into(), content),
        ("META-INF/manifest.xml".into(), "<manifest:manifest/>".into()),
    ])
}

fn ods_cell(cell: Cell) -> String {
    let shown = escaped(cell.shown).replace("  ", r#" <text:s text:c="1"/>"#);
    let text = format!("<text:p>{shown}</text:p></table:table-cell>");
    match cell.value {
        Value::Blank => "<table:table-cell/>".into(),
        Value::Text => format!(r#"<table:table-cell office:value-type="string">{text}"#),
        Value::Number(number, format) if format.contains('%') => {
            format!(r#"<table:table-cell office:value-type="percentage" office:value="{number}">{text}"#)
        }
        Value::Number(number, _) => {
            format!(r#"<table:table-cell office:value-type="float" office:value="{number}">{text}"#)
        }
        Value::Date(_) => {
            format!(r#"<table:table-cell office:value-type="date" office:date-value="2026-12-26">{text}"#)
        }
        Value::Bool(flag) => {
            format!(r#"<table:table-cell office:value-type="boolean" office:boolean-value="{flag}">{text}"#)
        }
        Value::Error(_) => format!(
            r#"<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error">{text}"#
        ),
        Value::Missing => r#"<table:table-cell table:formula="of:=5*4"/>"#.into(),
        Value::TextBy(value, _) => {
            let value = escaped(value);
            format!(r#"<table:table-cell office:value-type="string" office:string-value="{value}">{text}"#)
        }
        Value::TextFormula => {
            format!(r#"<table:table-cell table:formula="of:=[.A1]" office:value-type="string">{text}"#)
        }
    }
}
