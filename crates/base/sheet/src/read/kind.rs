//! What a file is, by its first bytes; its name does not matter.

use std::io::{Read, Seek, SeekFrom};

use super::content::Content;
use super::csv::Shape;
use crate::fault::SheetFault;

const HEAD_BYTES: u64 = 512;
const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
const OLD_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0";
/// The number of bytes in which the directory of an old Office file is searched for.
const DIRECTORY_BYTES: u64 = 8192;

/// Files that people choose by mistake, by what they begin with.
const OTHERS: [(&[u8], &str); 14] = [
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"RIFF", "a picture or a sound"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a packed archive (.gz)"),
    (b"7z\xbc\xaf", "a packed archive (.7z)"),
    (b"Rar!", "a packed archive (.rar)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"SQLite format 3\0", "a database"),
];
const PAGES: [&[u8]; 5] = [b"<!doctype", b"<html", b"<?xml", b"<table", b"<head"];

/// How a file that can be read is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines with separators.
    Csv(Shape),
    /// A workbook (.xlsx).
    Workbook,
}

/// True for something that may be a workbook, false for something that may be CSV; all else is refused.
pub fn is_workbook(content: &Content) -> Result<bool, SheetFault> {
    let head = content.head(HEAD_BYTES)?;
    if head.starts_with(ZIP) || head.starts_with(EMPTY_ZIP) {
        return Ok(true);
    }
    if head.starts_with(OLD_OFFICE) {
        return Err(old_office(content, &head)?);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| head.starts_with(begin)) {
        return Err(SheetFault::NotATable { what });
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    let begins = |page: &&[u8]| text.get(..page.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(page));
    if PAGES.iter().any(begins) {
        return Err(SheetFault::NotATable { what: "a web page (HTML or XML), even if it opens in Excel" });
    }
    Ok(false)
}

/// An encrypted workbook and an old one use the same container; its directory tells them apart.
fn old_office(content: &Content, head: &[u8]) -> Result<SheetFault, SheetFault> {
    let number = |at: usize, bytes: usize| -> u64 {
        let field = head.get(at..at + bytes).unwrap_or_default();
        field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
    };
    // The two fields of the header: the size of a sector as a power of two, and the first sector of the directory.
    let sector_bytes = 1_u64 << number(30, 2).min(16);
    let begin = (number(48, 4) + 1) * sector_bytes;
    let mut stream = content.open()?;
    stream.seek(SeekFrom::Start(begin)).map_err(SheetFault::Unreadable)?;
    let mut directory = Vec::new();
    stream.take(DIRECTORY_BYTES).read_to_end(&mut directory).map_err(SheetFault::Unreadable)?;
    let names = |wanted: &str| {
        let name: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
        directory.windows(name.len()).any(|window| window == name)
    };
    Ok(if names("EncryptedPackage") {
        SheetFault::Password
    } else if names("Workbook") || names("Book") {
        SheetFault::OldExcel
    } else {
        SheetFault::OldExcelOrPassword
    })
}
