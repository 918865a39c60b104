//! One small table written in every format that is read, with cells of every kind: CSV as Excel saves it, XLSX, XLS and ODS.
//!
//! The writers are written for tests, from the formats' descriptions; `formats.rs` has what they write read by another
//! parser, too.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

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
        Format::Xls => xls(sheets),
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
        if let Value::Number(_, format) = cell.value
            && !found.contains(&format)
        {
            found.push(format);
        }
    }
    found
}

fn style(formats: &[&str], cell: Cell) -> usize {
    match cell.value {
        Value::Number(_, format) => formats.iter().position(|known| *known == format).expect("a format"),
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
        Value::TextFormula => {
            format!(r#"<table:table-cell table:formula="of:=[.A1]" office:value-type="string">{text}"#)
        }
    }
}

/// A record of an old workbook.
fn record(out: &mut Vec<u8>, kind: u16, bytes: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend(u16::try_from(bytes.len()).expect("a short record").to_le_bytes());
    out.extend(bytes);
}

/// A text with a length of two bytes, in characters of two bytes.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u16::try_from(units.len()).expect("a short text").to_le_bytes().to_vec();
    bytes.push(1);
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

fn begin(out: &mut Vec<u8>, kind: u16) {
    let mut bytes = Vec::new();
    for number in [0x600_u16, kind, 0x0dbb, 0x07cc, 0, 0, 6, 0] {
        bytes.extend(number.to_le_bytes());
    }
    record(out, 0x809, &bytes);
}

fn xls(sheets: &[Sheet]) -> Vec<u8> {
    let formats = number_formats(sheets);
    let parts: Vec<Vec<u8>> = sheets.iter().map(|sheet| xls_sheet(sheet, &formats)).collect();
    let globals = |begins: &[usize]| {
        let mut out = Vec::new();
        begin(&mut out, 5);
        for (at, code) in formats.iter().enumerate().skip(1) {
            let mut bytes = u16::try_from(164 + at).expect("few").to_le_bytes().to_vec();
            bytes.extend(wide(code));
            record(&mut out, 0x41e, &bytes);
        }
        for at in 0..formats.len() {
            let mut bytes = vec![0; 20];
            let id = if at == 0 { 0 } else { u16::try_from(164 + at).expect("few") };
            bytes[2..4].copy_from_slice(&id.to_le_bytes());
            record(&mut out, 0xe0, &bytes);
        }
        for (sheet, begin) in sheets.iter().zip(begins) {
            let mut bytes = u32::try_from(*begin).expect("small").to_le_bytes().to_vec();
            bytes.extend([u8::from(sheet.is_hidden), 0]);
            bytes.extend([u8::try_from(sheet.name.len()).expect("short"), 0]);
            bytes.extend(sheet.name.as_bytes());
            record(&mut out, 0x85, &bytes);
        }
        record(&mut out, 0x0a, &[]);
        out
    };
    let mut at = globals(&vec![0; sheets.len()]).len();
    let mut begins = Vec::new();
    for part in &parts {
        begins.push(at);
        at += part.len();
    }
    let mut stream = globals(&begins);
    for part in &parts {
        stream.extend(part);
    }
    container(stream)
}

fn xls_sheet(sheet: &Sheet, formats: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    begin(&mut out, 0x10);
    let two = |number: usize| u16::try_from(number).expect("few").to_le_bytes();
    for column in &sheet.hidden_columns {
        let bytes = [two(*column), two(*column), two(2304), two(15), two(1), two(0)].concat();
        record(&mut out, 0x7d, &bytes);
    }
    for (at, row) in sheet.rows.iter().enumerate() {
        let flags = if sheet.hidden_rows.contains(&at) { 0x20 } else { 0 };
        record(
            &mut out,
            0x208,
            &[two(at), two(0), two(row.len()), two(255), two(0), two(0), two(flags), two(15)].concat(),
        );
        for (column, cell) in row.iter().enumerate() {
            let mut bytes = [two(at), two(column), two(style(formats, *cell))].concat();
            let kind = match cell.value {
                Value::Blank => 0x201,
                Value::Text => {
                    bytes.extend(wide(cell.shown));
                    0x204
                }
                Value::Number(number, _) | Value::Date(number) => {
                    bytes.extend(number.to_le_bytes());
                    0x203
                }
                Value::Bool(flag) => {
                    bytes.extend([u8::from(flag), 0]);
                    0x205
                }
                Value::Error(error) => {
                    bytes.extend([error, 1]);
                    0x205
                }
                Value::Missing | Value::TextFormula => {
                    let mark = if cell.value == Value::Missing { 3 } else { 0 };
                    bytes.extend([mark, 0, 0, 0, 0, 0, 0xff, 0xff]);
                    bytes.extend([0; 8]);
                    0x06
                }
            };
            record(&mut out, kind, &bytes);
            if cell.value == Value::TextFormula {
                record(&mut out, 0x207, &wide(cell.shown));
            }
        }
    }
    record(&mut out, 0x0a, &[]);
    out
}

/// The container of old Office files with this one stream in it, of at least the size at which it stands by itself.
fn container(mut stream: Vec<u8>) -> Vec<u8> {
    const SECTOR: usize = 512;
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    // First the table of sectors, then the directory, then the stream.
    let tables = (sectors + 2).div_ceil(SECTOR / 4 - 1);
    let four = |number: usize| u32::try_from(number).expect("small").to_le_bytes();
    let mut head = vec![0_u8; SECTOR];
    head[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    head[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    head[44..48].copy_from_slice(&four(tables));
    head[48..52].copy_from_slice(&four(tables));
    head[56..60].copy_from_slice(&four(4096));
    head[60..64].fill(0xff);
    head[60] = 0xfe;
    head[68..72].fill(0xff);
    head[68] = 0xfe;
    head[76..].fill(0xff);
    for table in 0..tables {
        head[76 + table * 4..][..4].copy_from_slice(&four(table));
    }
    let mut next = vec![0xff_u8; tables * SECTOR];
    let mut set = |at: usize, number: u32| next[at * 4..][..4].copy_from_slice(&number.to_le_bytes());
    (0..tables).for_each(|at| set(at, 0xffff_fffd));
    set(tables, 0xffff_fffe);
    for at in 0..sectors {
        let place = tables + 1 + at;
        let after = if at + 1 == sectors { 0xffff_fffe } else { u32::try_from(place + 1).expect("small") };
        set(place, after);
    }
    let entry = |name: &str, kind: u8, child: u32, first: usize, size: usize| {
        let mut bytes = vec![0_u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            bytes[at * 2..][..2].copy_from_slice(&unit.to_le_bytes());
        }
        bytes[64..66].copy_from_slice(&u16::try_from(name.len() * 2 + 2).expect("short").to_le_bytes());
        (bytes[66], bytes[67]) = (kind, 1);
        bytes[68..76].fill(0xff);
        bytes[76..80].copy_from_slice(&child.to_le_bytes());
        bytes[116..120].copy_from_slice(&if kind == 5 { [0xfe, 0xff, 0xff, 0xff] } else { four(first) });
        bytes[120..124].copy_from_slice(&four(size));
        bytes
    };
    let mut directory = entry("Root Entry", 5, 1, 0, 0);
    directory.extend(entry("Workbook", 2, u32::MAX, tables + 1, stream.len()));
    directory.resize(SECTOR, 0);
    [head, next, directory, stream].concat()
}
