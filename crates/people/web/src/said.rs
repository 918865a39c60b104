//! What a page tells that has a list and, beside it, a form which makes one more row.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base_web::error::Problem;
use base_web::view::{Frame, Said, render};
use serde::Deserialize;

/// What the address says about the last action.
#[derive(Default, Deserialize)]
pub struct SaidQuery {
    /// What was done, in one word.
    #[serde(default)]
    pub said: String,
}

/// What became of the last action, and what was typed where it was refused.
#[derive(Default)]
pub struct Told {
    /// The name that was typed.
    pub name: String,
    /// What is wrong with the form; empty if nothing is.
    pub fault: String,
    /// What was done to a row.
    pub said: Option<Said>,
}

impl Told {
    /// What was revoked: `revoked` and `gone` are the two ends of it, each with the key of its words.
    pub fn of_revoked(frame: &Frame, asked: &SaidQuery, revoked: &str, gone: &str) -> Self {
        let said = match asked.said.as_str() {
            "revoked" => Some(Said::yes(frame.t(revoked))),
            "gone" => Some(Said::no(frame.t(gone))),
            _ => None,
        };
        Self { said, ..Self::default() }
    }

    /// What is wrong with a form: the words of `wrong-{field}` after `kind`. Any other problem is given back.
    pub fn of_fault(frame: &Frame, problem: Problem, kind: &str, name: String) -> Result<Self, Problem> {
        let Some(field) = problem.field_name() else { return Err(problem) };
        Ok(Self { fault: frame.t(&format!("{kind}-wrong-{field}")), name, said: None })
    }

    /// True when a form was refused.
    pub fn is_wrong(&self) -> bool {
        !self.fault.is_empty()
    }
}

/// The page, with the status of a form that was refused where it was.
pub fn answer(page: &impl Template, is_wrong: bool) -> Response {
    let mut response = render(page);
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}
