//! The container of old Office files: sectors, chained by a table, and a directory of streams.

use std::io::Read;

use super::super::archive::Limits;
use super::super::content::Content;
use super::super::xml::broken;
use crate::fault::SheetFault;

/// The end of a chain, and what is above it, names no sector.
const LAST_SECTOR: u32 = 0xffff_fffa;
/// Places of the table's own sectors that stand in the header.
const IN_HEADER: usize = 109;
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// So much of the directory tells whether the file has a password.
const DIRECTORY_BYTES: usize = 8192;

/// A number of two bytes; 0 beyond the end.
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

/// A number of four bytes; 0 beyond the end.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

struct Container {
    bytes: Vec<u8>,
    sector_bytes: usize,
    next: Vec<u32>,
}

impl Container {
    /// The content of a sector.
    fn sector(&self, at: u32) -> Result<&[u8], SheetFault> {
        let begin = (at as usize + 1).checked_mul(self.sector_bytes).filter(|begin| *begin < self.bytes.len());
        let begin = begin.ok_or_else(|| broken("its container ends too early"))?;
        Ok(&self.bytes[begin..self.bytes.len().min(begin + self.sector_bytes)])
    }

    /// All that is chained from a sector on. A chain is no longer than the file.
    fn chain(&self, first: u32) -> Result<Vec<u8>, SheetFault> {
        let mut found = Vec::new();
        let (mut at, mut left) = (first, self.next.len());
        while at < LAST_SECTOR {
            left = left.checked_sub(1).ok_or_else(|| broken("its container goes in circles"))?;
            found.extend_from_slice(self.sector(at)?);
            at = *self.next.get(at as usize).ok_or_else(|| broken("its container ends too early"))?;
        }
        Ok(found)
    }
}

/// The stream that holds the workbook.
pub fn stream(content: &Content, limits: &Limits) -> Result<Vec<u8>, SheetFault> {
    let bytes_max = limits.unzipped_bytes_max;
    let mut bytes = Vec::new();
    content.open()?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(SheetFault::Unreadable)?;
    if bytes.len() as u64 > bytes_max {
        return Err(SheetFault::TooLarge { bytes_max });
    }
    let shift = u16_at(&bytes, 30);
    if bytes.len() < HEADER_BYTES || !matches!(shift, 9 | 12) {
        return Err(SheetFault::OldExcelOrPassword);
    }
    if is_encrypted(&bytes, shift) {
        return Err(SheetFault::Password);
    }
    let mut container = Container { sector_bytes: 1 << shift, next: Vec::new(), bytes };
    container.next = table(&container)?;
    let directory = container.chain(u32_at(&container.bytes, 48))?;
    let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY_BYTES).collect();
    let named = |name: &str| entries.iter().find(|entry| name_of(entry).eq_ignore_ascii_case(name)).copied();
    let Some(entry) = named("Workbook") else {
        return Err(if named("Book").is_some() { SheetFault::OldExcel } else { SheetFault::OldExcelOrPassword });
    };
    let (first, size) = (u32_at(entry, 116), u32_at(entry, 120) as usize);
    let mut stream = if size >= u32_at(&container.bytes, 56) as usize {
        container.chain(first)?
    } else {
        small(&container, entries.first().copied().unwrap_or_default(), first)?
    };
    stream.truncate(size);
    Ok(stream)
}

/// A workbook with a password is in the same container; the beginning of its directory tells, even of a broken one.
fn is_encrypted(bytes: &[u8], shift: u16) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let begin = (u32_at(bytes, 48) as usize + 1) << shift;
    let directory = bytes.get(begin..bytes.len().min(begin + DIRECTORY_BYTES)).unwrap_or_default();
    directory.windows(name.len()).any(|window| window == name)
}

/// The table that chains sectors.
fn table(container: &Container) -> Result<Vec<u32>, SheetFault> {
    let numbers = |bytes: &[u8]| -> Vec<u32> { (0..bytes.len() / 4).map(|at| u32_at(bytes, at * 4)).collect() };
    let mut places: Vec<u32> = (0..IN_HEADER).map(|at| u32_at(&container.bytes, 76 + at * 4)).collect();
    let sectors = container.bytes.len() / container.sector_bytes + 1;
    let (mut more, mut left) = (u32_at(&container.bytes, 68), sectors);
    while more < LAST_SECTOR {
        left = left.checked_sub(1).ok_or_else(|| broken("its container goes in circles"))?;
        let mut list = numbers(container.sector(more)?);
        more = list.pop().unwrap_or(LAST_SECTOR);
        places.extend(list);
    }
    let mut table = Vec::new();
    for place in places.into_iter().filter(|place| *place < LAST_SECTOR) {
        if table.len() > sectors + container.sector_bytes / 4 {
            return Err(broken("its container goes in circles"));
        }
        table.extend(numbers(container.sector(place)?));
    }
    Ok(table)
}

/// A short stream, which is kept in pieces of 64 bytes inside another.
fn small(container: &Container, root: &[u8], first: u32) -> Result<Vec<u8>, SheetFault> {
    let all = container.chain(u32_at(root, 116))?;
    let next = container.chain(u32_at(&container.bytes, 60))?;
    let piece_bytes = 1_usize << u16_at(&container.bytes, 32).min(12);
    let mut found = Vec::new();
    let (mut at, mut left) = (first, next.len() / 4 + 1);
    while at < LAST_SECTOR {
        left = left.checked_sub(1).ok_or_else(|| broken("its container goes in circles"))?;
        let begin = (at as usize).saturating_mul(piece_bytes);
        let piece = all.get(begin..all.len().min(begin.saturating_add(piece_bytes)));
        found.extend_from_slice(piece.ok_or_else(|| broken("its container ends too early"))?);
        at = if (at as usize + 1) * 4 <= next.len() { u32_at(&next, at as usize * 4) } else { LAST_SECTOR };
    }
    Ok(found)
}

fn name_of(entry: &[u8]) -> String {
    let length = usize::from(u16_at(entry, 64)).saturating_sub(2).min(62);
    let units: Vec<u16> = (0..length / 2).map(|at| u16_at(entry, at * 2)).collect();
    String::from_utf16_lossy(&units)
}
