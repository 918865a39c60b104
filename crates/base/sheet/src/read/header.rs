//! Where the headings of a sheet are: under titles, lists of what was filtered, and the like. They are found by what they
//! say, and a person may choose another row.

use std::ops::ControlFlow;

use super::book::{Book, or_stopped};
use super::columns::Fit;
use super::lines::Form;
use super::row::{Row, SEPARATORS};
use crate::fault::SheetFault;

/// A row that names fewer of the wanted columns is not taken for headings: a row of values may say "parent", too.
const NAMES_MIN: usize = 2;
/// A row that names all that is needed and more than one column is no title that happens to be the name of a column.
const SURE: Fit = Fit::Whole(2);

/// A row that may be the headings.
struct Candidate {
    header: Vec<String>,
    number: i64,
    fit: Fit,
}

impl Book {
    /// Takes the first row of each sheet that is not blank as its headings.
    pub(super) fn find_first_rows(&mut self) -> Result<(), SheetFault> {
        let mut opened = self.form.open(&self.content)?;
        for place in 0..self.sheets.len() {
            let first = opened.first_row(&self.form, &self.content, place)?;
            let sheet = &mut self.sheets[place];
            (sheet.header, sheet.hidden_columns) = (first.header, first.hidden_columns);
            (sheet.header_row, sheet.first_row) = (first.number, first.number);
        }
        Ok(())
    }

    /// What separates the columns of a CSV file, where its first lines do not tell.
    pub fn found_separator(&self) -> Option<char> {
        match self.form {
            Form::Csv(shape) => shape.found().map(char::from),
            _ => None,
        }
    }

    /// Reads a CSV file with this separator.
    pub fn use_separator(&mut self, separator: char) {
        let known = SEPARATORS.into_iter().find(|known| char::from(*known) == separator);
        if let (Form::Csv(shape), Some(separator)) = (&mut self.form, known) {
            *shape = shape.with(separator);
        }
    }

    /// Looks for the headings of a sheet among its first rows, by how well each would do. Of those that name all that is
    /// needed, that with most names is taken: a title may be the name of a column, too. Where no row names all, that with
    /// most names is taken, and the first row where none has any. A CSV file is looked at with each separator, too: titles
    /// may have others than the table.
    pub fn find_header(&mut self, sheet: usize, fit: &dyn Fn(&[String]) -> Fit) -> Result<(), SheetFault> {
        let mut best = self.best_header(sheet, fit)?;
        if let Form::Csv(shape) = self.form
            && best.as_ref().is_none_or(|best| best.fit < SURE)
        {
            for other in shape.others() {
                let read = Self { form: Form::Csv(other), ..self.clone() };
                // What cannot be read this way was not written this way.
                let Ok(Some(found)) = read.best_header(sheet, fit) else { continue };
                let is_better = best.as_ref().is_none_or(|best| found.fit > best.fit);
                if is_better && found.fit >= Fit::Whole(0) {
                    (self.form, best) = (read.form, Some(found));
                }
            }
        }
        if let Some(Candidate { header, number, fit }) = best
            && fit >= Fit::Names(NAMES_MIN)
        {
            self.set_header(sheet, header, number);
        }
        Ok(())
    }

    fn best_header(&self, sheet: usize, fit: &dyn Fn(&[String]) -> Fit) -> Result<Option<Candidate>, SheetFault> {
        let mut best: Option<Candidate> = None;
        self.reader()?.each_top_row(sheet, &mut |row| {
            let header = headings_of(row);
            let found = fit(&header);
            if best.as_ref().is_none_or(|best| found > best.fit) {
                best = Some(Candidate { header, number: row.number, fit: found });
            }
            ControlFlow::Continue(())
        })?;
        Ok(best)
    }

    /// Takes the row with this number as the headings of a sheet. A CSV file is then read with the separator that gives
    /// this row most cells, where no other was said.
    pub fn choose_header(&mut self, sheet: usize, number: i64, any_separator: bool) -> Result<(), SheetFault> {
        self.header(sheet)?;
        let mut header = self.headings_in(sheet, number)?;
        if let (Form::Csv(shape), true) = (self.form.clone(), any_separator) {
            for other in shape.others() {
                let read = Self { form: Form::Csv(other), ..self.clone() };
                let Ok(Some(found)) = read.headings_in(sheet, number) else { continue };
                if found.len() > header.as_ref().map_or(0, Vec::len) {
                    (self.form, header) = (read.form, Some(found));
                }
            }
        }
        let header = header.ok_or(SheetFault::NoHeaderRow { row: number })?;
        self.set_header(sheet, header, number);
        Ok(())
    }

    fn headings_in(&self, sheet: usize, number: i64) -> Result<Option<Vec<String>>, SheetFault> {
        let mut found = None;
        let mut take = |row: Row<'_>| {
            if row.number < number {
                return ControlFlow::Continue(());
            }
            if row.number == number && !row.is_empty() {
                found = Some(headings_of(row));
            }
            ControlFlow::Break(())
        };
        let walked = self.form.open(&self.content)?.walk(&self.form, &self.content, (sheet, &mut take));
        walked.map_err(|fault| or_stopped(&self.content.stop, fault))?;
        Ok(found)
    }

    fn set_header(&mut self, place: usize, header: Vec<String>, number: i64) {
        let sheet = &mut self.sheets[place];
        (sheet.header, sheet.header_row) = (header, number);
    }
}

fn headings_of(row: Row<'_>) -> Vec<String> {
    row.iter().take(row.used()).map(str::to_owned).collect()
}
