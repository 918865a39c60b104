//! Texts in records: characters of one or two bytes, which change where a record is continued.

use super::super::xml::broken;
use super::container::{u16_at, u32_at};
use crate::fault::SheetFault;

/// Walks over the pieces of a record.
pub struct Pieces<'p> {
    all: &'p [&'p [u8]],
    piece: usize,
    at: usize,
}

impl<'p> Pieces<'p> {
    /// From a place in the first piece on.
    pub fn from(pieces: &'p [&'p [u8]], at: usize) -> Self {
        Self { all: pieces, piece: 0, at }
    }

    fn left(&self) -> &'p [u8] {
        self.all.get(self.piece).and_then(|piece| piece.get(self.at..)).unwrap_or_default()
    }

    /// Goes to the next piece where this one is used up; false where there is none.
    fn turn(&mut self) -> bool {
        while self.left().is_empty() {
            if self.piece + 1 >= self.all.len() {
                return false;
            }
            (self.piece, self.at) = (self.piece + 1, 0);
        }
        true
    }

    /// The next bytes, wherever they stand.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SheetFault> {
        let mut found = [0; N];
        for byte in &mut found {
            if !self.turn() {
                return Err(broken("a text ends too early"));
            }
            *byte = self.left()[0];
            self.at += 1;
        }
        Ok(found)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), SheetFault> {
        while count > 0 {
            if !self.turn() {
                return Err(broken("a text ends too early"));
            }
            let step = count.min(self.left().len());
            self.at += step;
            count -= step;
        }
        Ok(())
    }

    /// A text with a length of two bytes before it, added to `text`.
    pub fn text(&mut self, text: &mut String) -> Result<(), SheetFault> {
        let head = self.take::<3>()?;
        let (mut left, flags) = (usize::from(u16_at(&head, 0)), head[2]);
        let mut is_wide = flags & 1 != 0;
        let runs = if flags & 8 != 0 { usize::from(u16_at(&self.take::<2>()?, 0)) } else { 0 };
        let more = if flags & 4 != 0 { u32_at(&self.take::<4>()?, 0) as usize } else { 0 };
        let mut units = Vec::new();
        while left > 0 {
            if self.left().is_empty() {
                if !self.turn() {
                    return Err(broken("a text ends too early"));
                }
                // The text goes on here, perhaps with wider characters.
                is_wide = self.left()[0] & 1 != 0;
                self.at += 1;
                continue;
            }
            let width = if is_wide { 2 } else { 1 };
            let count = left.min(self.left().len() / width);
            if count == 0 {
                return Err(broken("a text ends within a character"));
            }
            let bytes = &self.left()[..count * width];
            add_units(bytes, is_wide, &mut units);
            self.at += count * width;
            left -= count;
        }
        self.skip(runs * 4)?;
        self.skip(more)?;
        text.extend(char::decode_utf16(units).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(())
    }
}

fn add_units(bytes: &[u8], is_wide: bool, units: &mut Vec<u16>) {
    if is_wide {
        units.extend(bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])));
    } else {
        units.extend(bytes.iter().map(|byte| u16::from(*byte)));
    }
}

/// The name of a sheet: a length of one byte, then the characters.
pub fn short_text(bytes: &[u8]) -> String {
    let (count, flags) = match bytes {
        [count, flags, ..] => (usize::from(*count), *flags),
        _ => return String::new(),
    };
    let is_wide = flags & 1 != 0;
    let length = if is_wide { count * 2 } else { count };
    let mut units = Vec::new();
    add_units(bytes.get(2..2 + length).unwrap_or_default(), is_wide, &mut units);
    String::from_utf16_lossy(&units)
}

/// The texts that the sheets share, in one piece of memory.
#[derive(Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Reads them from their record; how many there should be is not believed.
    pub fn read(pieces: &[&[u8]]) -> Result<Self, SheetFault> {
        let count = pieces.first().map_or(0, |piece| u32_at(piece, 4));
        let mut texts = Self::default();
        let mut from = Pieces::from(pieces, 8);
        for _ in 0..count {
            from.text(&mut texts.all)?;
            texts.ends.push(texts.all.len());
        }
        Ok(texts)
    }

    /// The text with a number.
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let begin = if at == 0 { 0 } else { self.ends[at - 1] };
        self.all.get(begin..end)
    }
}
