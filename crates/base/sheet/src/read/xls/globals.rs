//! What belongs to all sheets of an old workbook: their names and places, texts and styles.

use std::collections::HashMap;

use super::super::format::Format;
use super::super::xml::broken;
use super::container::{u16_at, u32_at};
use super::records::{BOF, EOF, Records};
use super::texts::{Pieces, Texts, short_text};
use crate::fault::SheetFault;

const PASSWORD: u16 = 0x2f;
const DATE_MODE: u16 = 0x22;
const SHEET: u16 = 0x85;
const TEXTS: u16 = 0xfc;
const FORMAT: u16 = 0x41e;
const STYLE: u16 = 0xe0;
/// Written by Excel alone, with the version that computed the formulas.
const COMPUTED_BY: u16 = 0x1c1;
/// The version of the records that are read: Excel 97 to 2003.
const VERSION: u16 = 0x600;

/// A sheet and where it begins.
#[derive(Clone, Debug)]
pub struct SheetPart {
    /// Its name.
    pub name: String,
    /// Where its records begin in the stream.
    pub begin: usize,
    /// Where those of the sheet after it begin, at the latest.
    pub end: usize,
    /// Nobody who opens the file sees it.
    pub is_hidden: bool,
}

/// See the module's head.
#[derive(Debug)]
pub struct Globals {
    /// The records.
    pub(super) stream: Vec<u8>,
    /// The worksheets, in order.
    pub sheets: Vec<SheetPart>,
    pub(super) texts: Texts,
    formats: HashMap<u16, Format>,
    of_styles: Vec<u16>,
    pub(super) is_1904: bool,
    /// A formula whose value is an empty text was really computed.
    pub(super) is_computed: bool,
}

impl Globals {
    /// Reads them.
    pub fn read(stream: Vec<u8>) -> Result<Self, SheetFault> {
        let mut globals = Self {
            sheets: Vec::new(),
            texts: Texts::default(),
            formats: HashMap::new(),
            of_styles: Vec::new(),
            is_1904: false,
            is_computed: false,
            stream: Vec::new(),
        };
        let mut records = Records::from(&stream, 0);
        match records.next()? {
            Some(first) if first.kind == BOF && u16_at(first.bytes(), 0) == VERSION => {}
            Some(first) if first.kind & 0xff == BOF & 0xff => return Err(SheetFault::OldExcel),
            _ => return Err(broken("it does not begin as a workbook")),
        }
        let mut codes: HashMap<u16, String> = HashMap::new();
        while let Some(record) = records.next()? {
            let bytes = record.bytes();
            match record.kind {
                EOF => break,
                PASSWORD => return Err(SheetFault::Password),
                DATE_MODE => globals.is_1904 = u16_at(bytes, 0) == 1,
                COMPUTED_BY => globals.is_computed = true,
                // Of the kinds of sheets, 0 are those with cells.
                SHEET if bytes.get(5).is_some_and(|kind| *kind == 0) => globals.sheets.push(SheetPart {
                    begin: u32_at(bytes, 0) as usize,
                    end: stream.len(),
                    is_hidden: bytes.get(4).is_some_and(|state| state & 3 != 0),
                    name: short_text(bytes.get(6..).unwrap_or_default()),
                }),
                TEXTS => globals.texts = Texts::read(&record.pieces)?,
                FORMAT => {
                    let mut code = String::new();
                    Pieces::from(&record.pieces, 2).text(&mut code)?;
                    codes.insert(u16_at(bytes, 0), code);
                }
                STYLE => globals.of_styles.push(u16_at(bytes, 2)),
                _ => {}
            }
        }
        for id in &globals.of_styles {
            let format = || codes.get(id).map_or_else(|| Format::built_in(u32::from(*id)), |code| Format::of(code));
            globals.formats.entry(*id).or_insert_with(format);
        }
        globals.stream = stream;
        globals.part_sheets()?;
        Ok(globals)
    }

    /// Each sheet has records of its own, and none of another's: otherwise a small file could have the same ones read
    /// thousands of times.
    fn part_sheets(&mut self) -> Result<(), SheetFault> {
        let mut begins: Vec<usize> = self.sheets.iter().map(|sheet| sheet.begin).collect();
        begins.sort_unstable();
        if begins.windows(2).any(|two| two[0] == two[1]) {
            return Err(broken("two of its sheets are the same part"));
        }
        for sheet in &mut self.sheets {
            let next = begins.partition_point(|begin| *begin <= sheet.begin);
            sheet.end = begins.get(next).copied().unwrap_or(self.stream.len()).min(self.stream.len());
        }
        Ok(())
    }

    /// How the numbers of a style are shown.
    pub(super) fn format(&self, style: u16) -> Option<&Format> {
        self.formats.get(self.of_styles.get(usize::from(style))?)
    }
}
