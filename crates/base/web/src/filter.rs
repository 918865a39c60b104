//! The filter form above a list, and what is wrong with it.

use crate::error::Problem;
use crate::view::{Frame, grouped};

/// The filter form above a list: it shows again what was asked for, and what is wrong beside each field.
pub trait FilterForm {
    /// The field that is wrong, and what is wrong with it.
    fn wrong(&self) -> Option<&(String, String)>;

    /// True for the option that was chosen.
    fn is(&self, given: Option<&str>, value: &str) -> bool {
        given.unwrap_or_default() == value
    }

    /// What was typed.
    fn text<'a>(&self, given: Option<&'a str>) -> &'a str {
        given.unwrap_or_default()
    }

    /// A figure as people read it.
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }

    /// What is wrong with a field; empty if nothing is.
    fn fault(&self, field: &str) -> &str {
        self.wrong().filter(|(name, _)| name == field).map_or("", |(_, fault)| fault.as_str())
    }
}

/// The filter that is wrong, and what is wrong with it in the person's language. Any other problem is given back.
pub fn wrong_filter(frame: &Frame, problem: Problem) -> Result<(String, String), Problem> {
    let Some(field) = problem.field_name().filter(|field| *field != "cursor") else { return Err(problem) };
    let key = match field {
        "from" => "wrong-from",
        "to" => "wrong-to",
        "q" => "wrong-text",
        "limit" => "wrong-limit",
        "sort" => "wrong-sort",
        "person" if problem.code() == Problem::NOBODY => "report-wrong-person",
        "person" => "wrong-person",
        _ => "wrong-choice",
    };
    Ok((field.to_owned(), frame.t(key)))
}
