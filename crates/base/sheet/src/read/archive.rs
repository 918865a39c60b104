//! A workbook is a ZIP archive; it is measured before anything in it is trusted.
//!
//! What the archive says about itself is checked first, then every part is unpacked, counted and thrown away: a
//! workbook with a false size is caught before a parser sees it.

use std::borrow::Cow;
use std::io::{self, BufReader, Read, Write};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::content::{Content, Stream};
use crate::fault::SheetFault;

/// What a spreadsheet of OpenDocument says that it is.
const SPREADSHEET: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// How large a workbook may be once unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of all parts, unpacked.
    pub unzipped_bytes_max: u64,
    /// Most bytes, unpacked, of the shared texts, which are held in memory.
    pub shared_bytes_max: u64,
    /// Most times that a part may be larger unpacked than packed.
    pub ratio_max: u64,
    /// Parts of up to so many bytes may have any ratio.
    pub ratio_free_bytes: u64,
    /// Most parts.
    pub parts_max: usize,
}

impl Limits {
    /// For a file that somebody has put on the machine: 1.8 million rows fit.
    pub const FILE: Self = Self {
        unzipped_bytes_max: 1 << 30,
        shared_bytes_max: 1 << 28,
        ratio_max: 200,
        ratio_free_bytes: 10_000_000,
        parts_max: 2000,
    };
    /// For a file that comes over the network: 80,000 rows fit ten times.
    pub const UPLOAD: Self = Self { unzipped_bytes_max: 1 << 28, shared_bytes_max: 1 << 26, ..Self::FILE };
}

/// What an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A workbook of Excel.
    Workbook,
    /// A spreadsheet of OpenDocument.
    OpenDocument,
}

/// Refuses an archive that is too large, packed too tightly, or not a workbook.
pub fn check(content: &Content, limits: &Limits) -> Result<Holding, SheetFault> {
    let mut archive = ZipArchive::new(BufReader::new(content.open()?)).map_err(|_| broken())?;
    if archive.len() > limits.parts_max {
        return Err(SheetFault::BrokenWorkbook { detail: format!("it has {} parts", archive.len()) });
    }
    let holding = holding(&mut archive)?;
    let mut left = limits.unzipped_bytes_max;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| broken())?;
        left = left.checked_sub(part.size()).ok_or(too_large(limits))?;
        check_ratio(part.size(), part.compressed_size(), limits)?;
    }
    let mut left = limits.unzipped_bytes_max;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| broken())?;
        left -= unpack(part, left, limits)?;
    }
    Ok(holding)
}

fn broken() -> SheetFault {
    SheetFault::BrokenWorkbook { detail: "its archive is broken".into() }
}

fn too_large(limits: &Limits) -> SheetFault {
    SheetFault::TooLarge { bytes_max: limits.unzipped_bytes_max }
}

/// What the archive is, by the names in its directory.
fn holding(archive: &mut ZipArchive<BufReader<Stream>>) -> Result<Holding, SheetFault> {
    let plain = |name: Cow<'_, str>| name.to_ascii_lowercase().replace('\\', "/");
    let names: Result<Vec<String>, _> = archive.file_names().map(|name| name.map(plain)).collect();
    let names = names.map_err(|_| broken())?;
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    let what = if has("vbaproject.bin") || names.iter().any(|name| name.starts_with("xl/macrosheets/")) {
        return Err(SheetFault::Macros);
    } else if has("xl/workbook.bin") {
        "a binary workbook (.xlsb)"
    } else if has("word/document.xml") {
        "a text document (.docx)"
    } else if has("ppt/presentation.xml") {
        "a presentation (.pptx)"
    } else if has("content.xml") && has("mimetype") {
        if is_spreadsheet(archive)? {
            return Ok(Holding::OpenDocument);
        }
        "an OpenDocument file, but no spreadsheet (.ods)"
    } else if !names.is_empty() && !has("[content_types].xml") && !has("workbook.xml") {
        "a ZIP archive and no workbook; unpack it"
    } else {
        return Ok(Holding::Workbook);
    };
    Err(SheetFault::NotATable { what })
}

/// An OpenDocument says what it is in a part of its own.
fn is_spreadsheet(archive: &mut ZipArchive<BufReader<Stream>>) -> Result<bool, SheetFault> {
    let mut kind = Vec::new();
    let part = archive.by_name("mimetype").map_err(|_| broken())?;
    part.take(SPREADSHEET.len() as u64).read_to_end(&mut kind).map_err(|_| broken())?;
    Ok(kind == SPREADSHEET)
}

fn check_ratio(bytes: u64, packed_bytes: u64, limits: &Limits) -> Result<(), SheetFault> {
    let is_tight = bytes > limits.ratio_free_bytes && bytes / limits.ratio_max > packed_bytes;
    if is_tight { Err(SheetFault::PackedTooTightly { ratio_max: limits.ratio_max }) } else { Ok(()) }
}

/// Counts what a part really contains.
fn unpack(part: ZipFile<'_, BufReader<Stream>>, left: u64, limits: &Limits) -> Result<u64, SheetFault> {
    let packed_bytes = part.compressed_size();
    let name = part.name().map_err(|_| broken())?.to_ascii_lowercase();
    let is_shared = name.ends_with("sharedstrings.xml");
    let is_types = name == "[content_types].xml";
    let bytes_max = if is_shared { left.min(limits.shared_bytes_max) } else { left };
    let mut seen = Scan::new(if is_types { b"macroEnabled" } else { b"uniqueCount" });
    // In small pieces, so that a part that is packed too tightly is noticed long before all of it is unpacked.
    let mut part = part.take(bytes_max + 1);
    let mut bytes = 0;
    let mut buffer = vec![0; 65_536];
    loop {
        let count = part.read(&mut buffer).map_err(|_| broken())?;
        if count == 0 {
            break;
        }
        bytes += count as u64;
        if is_shared || is_types {
            seen.write_all(&buffer[..count]).map_err(SheetFault::Unreadable)?;
        }
        check_ratio(bytes, packed_bytes, limits)?;
    }
    if bytes > bytes_max {
        return Err(too_large(limits));
    }
    if is_types && seen.is_found {
        return Err(SheetFault::Macros);
    }
    // The parser allocates memory for as many texts as the part claims; an entry takes five bytes at the least.
    if is_shared && seen.largest > bytes / 5 {
        return Err(SheetFault::BrokenWorkbook { detail: "its list of texts gives a wrong length".into() });
    }
    Ok(bytes)
}

/// Looks for a word in a stream, and for the largest number that follows it as in `word="12"`.
struct Scan {
    word: &'static [u8],
    /// How much of the word was matched last.
    matched: usize,
    /// The number that is being read after the word.
    number: Option<u64>,
    largest: u64,
    is_found: bool,
}

impl Scan {
    fn new(word: &'static [u8]) -> Self {
        Self { word, matched: 0, number: None, largest: 0, is_found: false }
    }

    fn take(&mut self, byte: u8) {
        if let Some(number) = self.number {
            match byte {
                b'0'..=b'9' => {
                    let next = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                    self.largest = self.largest.max(next);
                    self.number = Some(next);
                }
                b'=' | b'"' | b'\'' | b'+' | b' ' | b'\t' | b'\r' | b'\n' if number == 0 => {}
                _ => self.number = None,
            }
        }
        // Neither word begins again inside itself.
        self.matched = match byte {
            _ if byte == self.word[self.matched] => self.matched + 1,
            _ => usize::from(byte == self.word[0]),
        };
        if self.matched == self.word.len() {
            self.matched = 0;
            self.is_found = true;
            self.number = Some(0);
        }
    }
}

impl Write for Scan {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.take(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
