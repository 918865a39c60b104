//! What a column takes of a cell: a code as a person sees it, a figure, or words; and when the cell is not what belongs
//! there.

use base_core::file::Holds;

use super::row::Row;
use super::value::{Form, Look, Unfit};
use crate::guard::{Written, text_formula, without_guard, written};

/// A figure that is shown as another one: 5 by the format `"1"0` is shown as 15.
fn is_shown_as_other(text: &str, shown: &str) -> bool {
    let plain: String = shown.chars().filter(|one| *one != ',' && !one.is_whitespace()).collect();
    match (text.parse::<f64>(), plain.parse::<f64>()) {
        (Ok(number), Ok(seen)) => (number - seen).abs() > 1e-9 && number.fract() == 0.0,
        _ => false,
    }
}

/// The text of a cell of a file without types. What a spreadsheet has made of a value is no value, unless the text has the
/// mark that says that it is meant. A formula that is a text is that text, as it is shown.
fn of_csv(text: &str, holds: Holds) -> Result<&str, Unfit> {
    if let Some(plain) = without_guard(text) {
        return Ok(plain);
    }
    match written(text.trim()) {
        Some(Written::Error) => Err(Unfit::Error),
        Some(Written::Formula) => match text_formula(text.trim()) {
            Some(plain) => Ok(plain),
            None if holds == Holds::Words => Ok(text),
            None => Err(Unfit::NoValue),
        },
        Some(Written::Bool) if holds != Holds::Words => Err(Unfit::Bool),
        Some(Written::Power) if holds != Holds::Words => Err(Unfit::Number),
        _ => Ok(text),
    }
}

impl<'r> Row<'r> {
    /// The text of a cell as a column that holds this takes it, or why it cannot.
    #[expect(clippy::match_same_arms, reason = "the lines are the rule, in their order")]
    pub fn read(&self, column: usize, holds: Holds) -> Result<&'r str, Unfit> {
        let (text, form) = (self.cell(column), self.form(column));
        match (holds, form) {
            (Holds::Passed, _) => Ok(text),
            (_, Form::Text) if !self.is_typed() => of_csv(text, holds),
            // A file of ours may have been saved again as a workbook.
            (_, Form::Text) => Ok(without_guard(text).unwrap_or(text)),
            (_, Form::Unseen) => Err(Unfit::Unseen),
            (Holds::Figure, Form::ShownText) => Ok(text),
            (_, Form::ShownText) => Ok(self.shown(column)),
            (_, Form::Error) => Err(Unfit::Error),
            (_, Form::NoValue) => Err(Unfit::NoValue),
            (Holds::Words, Form::Number(_)) => Ok(self.shown(column)),
            (Holds::Words, _) => Ok(text),
            (_, Form::Date) => Err(Unfit::Date),
            (_, Form::Bool) => Err(Unfit::Bool),
            (_, Form::Number(Look::TooLong)) => Err(Unfit::TooLong),
            (Holds::Code, Form::Number(Look::Plain)) => Ok(text),
            (Holds::Code, Form::Number(Look::Code)) => Ok(self.shown(column)),
            (Holds::Code, Form::Number(_)) | (Holds::Figure, Form::Number(Look::Scaled)) => Err(Unfit::Number),
            (Holds::Figure, Form::Number(_)) if is_shown_as_other(text, self.shown(column)) => Err(Unfit::Number),
            (Holds::Figure, Form::Number(_)) => Ok(text),
        }
    }
}
