//! The desk's answer to one change, for routes that make one change at a time: there a refusal becomes a problem with
//! its facts.

use std::sync::Arc;

use axum::http::StatusCode;
use bags_rules::outcome::Outcome;
use base_web::error::Problem;
use serde_json::Value;

/// The answer of the desk.
pub struct Told {
    /// The answer as it is stored.
    pub text: Arc<str>,
    /// The same, parsed.
    pub answer: Value,
    /// What became of it.
    pub outcome: Outcome,
}

impl Told {
    /// Reads an answer of the desk.
    pub fn of(text: Arc<str>) -> Self {
        let answer: Value = serde_json::from_str(&text).expect("the desk writes JSON");
        let outcome = answer["outcome"].as_str().and_then(Outcome::parse).expect("every answer has an outcome");
        Self { text, answer, outcome }
    }

    /// The id under which the answer is stored.
    pub fn id(&self) -> &str {
        self.answer["id"].as_str().unwrap_or_default()
    }
}

/// A refusal as a problem, with its facts.
pub fn refused(told: Told, status: StatusCode, is_about_bag: bool) -> Problem {
    let detail = told.answer["message"].as_str().unwrap_or_default().to_owned();
    let mut facts = match told.answer {
        Value::Object(facts) => facts,
        _ => serde_json::Map::new(),
    };
    for name in ["outcome", "message", "clock_off_s"] {
        facts.remove(name);
    }
    // These names have another meaning in a problem.
    let (code, status_of_bag) = (facts.remove("code"), facts.remove("status"));
    facts.extend(code.filter(|_| is_about_bag).map(|code| ("bag".to_owned(), code)));
    facts.extend(status_of_bag.map(|status| ("bag_status".to_owned(), status)));
    Problem::refused(status, told.outcome.code(), detail, facts)
}
