//! Old workbooks (.xls): records, and the container around them.

use super::{Sheet, Value, number_formats, style};

/// A record of an old workbook.
pub fn record(out: &mut Vec<u8>, kind: u16, bytes: &[u8]) {
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

/// The beginning of a part.
pub fn begin(out: &mut Vec<u8>, kind: u16) {
    let mut bytes = Vec::new();
    for number in [0x600_u16, kind, 0x0dbb, 0x07cc, 0, 0, 6, 0] {
        bytes.extend(number.to_le_bytes());
    }
    record(out, 0x809, &bytes);
}

/// Writes one.
pub fn xls(sheets: &[Sheet]) -> Vec<u8> {
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
                Value::TextBy(text, _) => {
                    bytes.extend(wide(text));
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
pub fn container(mut stream: Vec<u8>) -> Vec<u8> {
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
