//! A file of bags, CSV or workbook, seen as rows. Invariant: the same file gives the same rows with the same numbers each
//! time it is read, or an import could not be carried on.

use std::fs::File;
use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

use super::{csv, xlsx};

const ZIP: &[u8] = b"PK\x03\x04";
const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0";
const BUFFER_BYTES: usize = 262_144;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'r> {
    /// Its number; the header is row 1. Sheets after the first count on.
    pub number: i64,
    /// `qr_id`
    pub code: &'r str,
    /// `type`
    pub kind: &'r str,
    /// `parent_qr_id`
    pub parent: &'r str,
}

impl Row<'_> {
    /// True for a row that says nothing at all.
    pub fn is_blank(&self) -> bool {
        [self.code, self.kind, self.parent].iter().all(|cell| cell.trim().is_empty())
    }
}

/// In which columns the three names stand, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// `qr_id`
    pub code: usize,
    /// `type`
    pub kind: usize,
    /// `parent_qr_id`
    pub parent: usize,
}

impl Header {
    /// Finds the names in a header row, in either case and any order; other columns do not matter.
    pub fn find<S: AsRef<str>>(names: &[S]) -> anyhow::Result<Self> {
        let find = |wanted: &str| {
            let is = |name: &S| name.as_ref().trim().eq_ignore_ascii_case(wanted);
            let mut places = names.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at);
            let Some(place) = places.next() else {
                let shown: Vec<String> = names.iter().take(20).map(|name| shown(name.as_ref())).collect();
                bail!("has no column {wanted}; its first row is: {}", shown.join(", "));
            };
            ensure!(places.next().is_none(), "has the column {wanted} twice");
            Ok(place)
        };
        Ok(Self { code: find("qr_id")?, kind: find("type")?, parent: find("parent_qr_id")? })
    }
}

fn shown(name: &str) -> String {
    let clean = |sign: char| if sign.is_control() { '\u{fffd}' } else { sign };
    name.trim().chars().take(40).map(clean).collect()
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// How many rows the sheets before it have.
    pub before: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv(csv::Shape),
    Workbook,
}

/// A file of bags that was looked through once and can be read.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    kind: Kind,
    sheets: Vec<Sheet>,
    /// How many rows it has, without header and blank ones.
    pub rows: i64,
    /// SHA-256 over its content.
    pub digest: [u8; 32],
}

impl Table {
    /// Looks the whole file through, so that nothing is written when its end cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let name = || path.display().to_string();
        Self::look_through(path).with_context(name)
    }

    fn look_through(path: &Path) -> anyhow::Result<Self> {
        let mut file = File::open(path).context("cannot be opened")?;
        ensure!(file.metadata()?.is_file(), "is no file");
        let digest = digest(&mut file)?;
        file.rewind()?;
        let mut magic = Vec::new();
        (&file).take(4).read_to_end(&mut magic)?;
        file.rewind()?;
        let kind = match magic.as_slice() {
            ZIP => {
                xlsx::check_size(path, xlsx::UNZIPPED_BYTES_MAX)?;
                Kind::Workbook
            }
            OLD_EXCEL => bail!("is an old Excel file (.xls); save it as .xlsx or CSV"),
            _ => Kind::Csv(csv::Shape::of_file(&mut file)?),
        };
        let mut table = Self { path: path.to_owned(), kind, sheets: Vec::new(), rows: 0, digest };
        let mut rows = 0;
        table.sheets = table.read(&mut |_| {
            rows += 1;
            ControlFlow::Continue(())
        })?;
        ensure!(rows > 0, "has a header and no rows");
        table.rows = rows;
        Ok(table)
    }

    /// Hands every row to `each`, until it breaks off.
    pub fn each_row(&self, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<()> {
        self.read(each).with_context(|| self.path.display().to_string()).map(drop)
    }

    /// Where a row stands, for people: its number, with the sheet when it is not the first.
    pub fn place(&self, number: i64) -> String {
        let sheet = self.sheets.iter().skip(1).rev().find(|sheet| number > sheet.before);
        match sheet {
            Some(sheet) => format!("{}!{}", sheet.name, number - sheet.before),
            None => number.to_string(),
        }
    }

    fn read(&self, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<Vec<Sheet>> {
        match self.kind {
            Kind::Csv(shape) => csv::rows(&self.path, shape, each).map(|()| Vec::new()),
            Kind::Workbook => xlsx::rows(&self.path, each),
        }
    }
}

fn digest(file: &mut File) -> anyhow::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            n => hash.update(&buffer[..n]),
        }
    }
}
