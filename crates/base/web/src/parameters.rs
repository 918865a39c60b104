//! Reading the parameters of an address. An error names the parameter that is wrong.

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Problem;

/// The parameters of an address.
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(&parts.uri).map(Self)
    }
}

/// Reads the parameters of an address.
pub fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::try_from_uri(uri).map(|Query(read)| read).map_err(|error| wrong(&error.body_text()))
}

/// The reader's words end with `limit: invalid digit found in string`, or with `unknown field …, expected one of …`
/// where ticks stand around the names.
fn wrong(text: &str) -> Problem {
    let fault = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text);
    let between_ticks = |text: &str| text.split('`').nth(1).map(ToOwned::to_owned);
    if let Some((_, rest)) = fault.split_once("unknown field ") {
        let (unknown, known) = rest.split_once(", expected").unwrap_or((rest, ""));
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let unknown = between_ticks(unknown).unwrap_or_default();
        let detail = format!("There is no parameter {unknown:?} here, only: {}.", known.join(", "));
        return Problem::field(unknown, detail);
    }
    if let Some((_, rest)) = fault.split_once("missing field ") {
        let field = between_ticks(rest).unwrap_or_default();
        return Problem::field(field.clone(), format!("The parameter {field:?} is missing."));
    }
    match fault.split_once(": ") {
        Some((field, fault)) => Problem::field(field, format!("This is not valid: {fault}.")),
        None => Problem::field("query", format!("This is not valid: {fault}.")),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        limit: u32,
        #[serde(rename = "q")]
        _text: Option<String>,
    }

    fn fault(address: &'static str) -> (String, String) {
        let problem = read::<Asked>(&Uri::from_static(address)).expect_err("no parameters of ours");
        (problem.field_name().unwrap_or_default().to_owned(), problem.detail().to_owned())
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(read::<Asked>(&Uri::from_static("/?limit=7&q=KID")).expect("fits").limit, 7);
        let fault_of = |address, field: &str, detail: &str| {
            assert_eq!(fault(address), (field.to_owned(), detail.to_owned()), "{address}");
        };
        fault_of("/?limit=7&foo=1", "foo", "There is no parameter \"foo\" here, only: limit, q.");
        fault_of("/?limit=x", "limit", "This is not valid: invalid digit found in string.");
        fault_of("/", "limit", "The parameter \"limit\" is missing.");
    }
}
