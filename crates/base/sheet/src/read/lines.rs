//! The forms that a file can have, and a walk over the rows of a sheet, whichever form it has.

use std::ops::ControlFlow;
use std::sync::Arc;

use encoding_rs::Encoding;

use super::archive::{self, Holding, Limits};
use super::content::Content;
use super::csv::Shape;
use super::kind::Likely;
use super::row::{Each, Row, Sheet};
use super::xml::Archive;
use super::{csv, ods, xls, xlsx, xml};
use crate::fault::SheetFault;

/// How a file that can be read is written.
#[derive(Clone, Debug)]
pub enum Form {
    /// Lines with separators.
    Csv(Shape),
    /// A workbook (.xlsx).
    Workbook(Arc<xlsx::Parts>),
    /// A spreadsheet of OpenDocument (.ods).
    OpenDocument,
    /// An old workbook (.xls).
    OldWorkbook(Arc<xls::Globals>),
}

/// What is open of a file while it is read.
pub struct Opened {
    archive: Option<Archive>,
}

fn sheet(name: String, is_hidden: bool) -> Sheet {
    Sheet { name, header: Vec::new(), header_row: 0, first_row: 0, is_hidden, hidden_columns: Vec::new() }
}

impl Form {
    /// Recognises a file, and its sheets without their headings.
    pub fn recognise(
        content: &Content,
        likely: Likely,
        limits: &Limits,
        encoding: &'static Encoding,
    ) -> Result<(Self, Vec<Sheet>), SheetFault> {
        Ok(match likely {
            Likely::Csv => (Self::Csv(Shape::of(content, encoding)?), vec![sheet(String::new(), false)]),
            Likely::OldOffice => {
                let globals = xls::Globals::read(xls::stream(content, limits)?)?;
                let sheets = globals.sheets.iter().map(|found| sheet(found.name.clone(), found.is_hidden)).collect();
                (Self::OldWorkbook(Arc::new(globals)), sheets)
            }
            Likely::Archive => match archive::check(content, limits)? {
                Holding::Workbook => {
                    let parts = xlsx::Parts::read(content)?;
                    let sheets = parts.sheets.iter().map(|found| sheet(found.name.clone(), found.is_hidden)).collect();
                    (Self::Workbook(Arc::new(parts)), sheets)
                }
                Holding::OpenDocument => {
                    let sheets = ods::sheets(content)?;
                    let sheets = sheets.into_iter().map(|found| sheet(found.name, found.is_hidden)).collect();
                    (Self::OpenDocument, sheets)
                }
            },
        })
    }

    /// Opens the file.
    pub fn open(&self, content: &Content) -> Result<Opened, SheetFault> {
        let is_archive = matches!(self, Self::Workbook(_) | Self::OpenDocument);
        Ok(Opened { archive: if is_archive { Some(xml::archive(content)?) } else { None } })
    }
}

/// Hands rows on until somebody breaks off.
macro_rules! each {
    ($lines:expr, $each:expr) => {{
        let lines = &mut $lines;
        while let Some(row) = lines.next()? {
            if $each(row).is_break() {
                break;
            }
        }
    }};
}

/// The first row of a sheet that is not blank.
pub struct First {
    /// Its texts.
    pub header: Vec<String>,
    /// Its number; 0 where there is none.
    pub number: i64,
    /// Columns of the sheet that nobody sees, from 0.
    pub hidden_columns: Vec<usize>,
}

impl Opened {
    /// Calls `each` with every row of a sheet, headings and blank rows among them, until it breaks.
    pub fn walk(
        &mut self,
        form: &Form,
        content: &Content,
        (sheet, each): (usize, &mut Each<'_>),
    ) -> Result<(), SheetFault> {
        match (form, &mut self.archive) {
            (Form::Csv(shape), _) => each!(csv::Lines::open(content, *shape)?, each),
            (Form::OldWorkbook(globals), _) => each!(xls::Lines::open(globals, sheet)?, each),
            (Form::Workbook(parts), Some(archive)) => {
                each!(xlsx::Lines::open(archive, &parts.sheets[sheet], parts)?, each);
            }
            (Form::OpenDocument, Some(archive)) => each!(ods::Lines::open(archive, sheet)?, each),
            (Form::Workbook(_) | Form::OpenDocument, None) => unreachable!("an archive is opened with its reader"),
        }
        Ok(())
    }

    /// The first row of a sheet that is not blank.
    pub fn first_row(&mut self, form: &Form, content: &Content, sheet: usize) -> Result<First, SheetFault> {
        let mut first = First { header: Vec::new(), number: 0, hidden_columns: Vec::new() };
        let mut take = |row: Row<'_>| {
            let used = row.used();
            if used == 0 {
                return ControlFlow::Continue(());
            }
            (first.header, first.number) = (row.iter().take(used).map(str::to_owned).collect(), row.number);
            ControlFlow::Break(())
        };
        first.hidden_columns = match (form, &mut self.archive) {
            (Form::Workbook(parts), Some(archive)) => {
                let mut lines = xlsx::Lines::open(archive, &parts.sheets[sheet], parts)?;
                each!(lines, take);
                lines.hidden_columns
            }
            (Form::OpenDocument, Some(archive)) => {
                let mut lines = ods::Lines::open(archive, sheet)?;
                each!(lines, take);
                lines.hidden_columns
            }
            (Form::OldWorkbook(globals), _) => {
                let mut lines = xls::Lines::open(globals, sheet)?;
                each!(lines, take);
                lines.hidden_columns
            }
            _ => {
                self.walk(form, content, (sheet, &mut take))?;
                Vec::new()
            }
        };
        Ok(first)
    }
}
