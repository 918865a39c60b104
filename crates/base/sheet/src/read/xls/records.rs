//! The records of an old workbook, one after another.

use super::super::xml::broken;
use super::container::u16_at;
use crate::fault::SheetFault;

/// What follows a record that was too long for one.
pub const CONTINUE: u16 = 0x3c;
/// The beginning of a part of the workbook.
pub const BOF: u16 = 0x809;
/// Its end.
pub const EOF: u16 = 0x0a;

/// A record: its kind, and its content in the pieces in which it stands.
pub struct Record<'s> {
    /// What it is.
    pub kind: u16,
    /// Its content; most have one piece.
    pub pieces: Vec<&'s [u8]>,
}

impl Record<'_> {
    /// The content of the first piece.
    pub fn bytes(&self) -> &[u8] {
        self.pieces[0]
    }
}

/// Walks over records from a place on.
pub struct Records<'s> {
    stream: &'s [u8],
    /// Where the next record begins.
    pub at: usize,
}

impl<'s> Records<'s> {
    /// From a place on.
    pub fn from(stream: &'s [u8], at: usize) -> Self {
        Self { stream, at }
    }

    /// The next record; `None` at the end of the stream.
    pub fn next(&mut self) -> Result<Option<Record<'s>>, SheetFault> {
        let Some((kind, piece)) = self.one()? else { return Ok(None) };
        let mut pieces = vec![piece];
        while self.stream.len() >= self.at + 4 && u16_at(self.stream, self.at) == CONTINUE {
            match self.one()? {
                Some((_, piece)) => pieces.push(piece),
                None => break,
            }
        }
        Ok(Some(Record { kind, pieces }))
    }

    fn one(&mut self) -> Result<Option<(u16, &'s [u8])>, SheetFault> {
        if self.stream.len() < self.at + 4 {
            return Ok(None);
        }
        let (kind, length) = (u16_at(self.stream, self.at), usize::from(u16_at(self.stream, self.at + 2)));
        let begin = self.at + 4;
        let piece = self.stream.get(begin..begin + length).ok_or_else(|| broken("it ends within a record"))?;
        self.at = begin + length;
        Ok(Some((kind, piece)))
    }
}
