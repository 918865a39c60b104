//! Rows of a CSV file, one after another: separated by comma, semicolon or tab, in UTF-8 with or without a byte order mark.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use csv::ByteRecord;

use super::table::{Header, Row};

const BOM: &[u8] = b"\xef\xbb\xbf";
const SEPARATORS: [u8; 3] = *b",;\t";
/// The header line stands within so many bytes.
const HEADER_BYTES_MAX: u64 = 65_536;
const BUFFER_BYTES: usize = 262_144;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    separator: u8,
    begin: u64,
}

impl Shape {
    /// Looks at the header line.
    pub fn of_file(file: &mut File) -> anyhow::Result<Self> {
        let mut head = Vec::new();
        file.take(HEADER_BYTES_MAX).read_to_end(&mut head)?;
        ensure!(
            !head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xfe\xff"),
            "is written in UTF-16; save it as CSV in UTF-8"
        );
        let text = head.strip_prefix(BOM).unwrap_or(&head);
        let begin = (head.len() - text.len()) as u64;
        let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
        let Some(line) = line else { bail!("is empty") };
        let mut separator = SEPARATORS[0];
        for other in SEPARATORS {
            if count(line, other) > count(line, separator) {
                separator = other;
            }
        }
        Ok(Self { separator, begin })
    }
}

fn count(line: &[u8], separator: u8) -> usize {
    line.split(|byte| *byte == separator).count()
}

/// Hands every row of the file to `each`, until it breaks off.
pub fn rows(path: &Path, shape: Shape, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(shape.begin))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(shape.separator)
        .from_reader(BufReader::with_capacity(BUFFER_BYTES, file));
    let mut record = ByteRecord::new();
    ensure!(reader.read_byte_record(&mut record)?, "is empty");
    let names: Vec<&str> = record
        .iter()
        .map(std::str::from_utf8)
        .collect::<Result<_, _>>()
        .context("is not written in UTF-8; save it as CSV in UTF-8")?;
    let header = Header::find(&names)?;
    let mut number = 1;
    while reader.read_byte_record(&mut record)? {
        number += 1;
        if std::str::from_utf8(record.as_slice()).is_err() {
            bail!("is not written in UTF-8 (row {number}); save it as CSV in UTF-8");
        }
        let cell = |column: usize| record.get(column).map_or("", |cell| std::str::from_utf8(cell).unwrap_or(""));
        let row = Row { number, code: cell(header.code), kind: cell(header.kind), parent: cell(header.parent) };
        if !row.is_blank() && each(row).is_break() {
            return Ok(());
        }
    }
    Ok(())
}
