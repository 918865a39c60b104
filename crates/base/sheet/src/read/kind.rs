//! What a file is, by its first bytes; its name does not matter.

use super::content::Content;
use crate::fault::SheetFault;

const HEAD_BYTES: u64 = 512;
const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
const OLD_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0";
/// Workbooks of Excel 2 to 4, which have no container.
const VERY_OLD: [&[u8]; 3] = [b"\x09\0\x04\0", b"\x09\x02\x06\0", b"\x09\x04\x06\0"];

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

/// What a file may be, before more of it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likely {
    /// Lines with separators.
    Csv,
    /// An archive: a workbook of today.
    Archive,
    /// The container of old Office files: a workbook of long ago, or one with a password.
    OldOffice,
}

/// What a file may be; what nobody can read as a table is refused.
pub fn likely(content: &Content) -> Result<Likely, SheetFault> {
    let head = content.head(HEAD_BYTES)?;
    if head.starts_with(ZIP) || head.starts_with(EMPTY_ZIP) {
        return Ok(Likely::Archive);
    }
    if head.starts_with(OLD_OFFICE) {
        return Ok(Likely::OldOffice);
    }
    if VERY_OLD.iter().any(|begin| head.starts_with(begin)) {
        return Err(SheetFault::OldExcel);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| head.starts_with(begin)) {
        return Err(SheetFault::NotATable { what });
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    let begins = |page: &&[u8]| text.get(..page.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(page));
    if PAGES.iter().any(begins) {
        return Err(SheetFault::NotATable { what: "a web page (HTML or XML), even if it opens in Excel" });
    }
    Ok(Likely::Csv)
}
