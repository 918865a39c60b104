//! Text from outside, wherever it comes in: in an address, in a form, in a JSON body.
//!
//! Invariant: no handler gets a control character other than tabs and line ends. Whoever sends one is told in which
//! field, on either database; otherwise PostgreSQL would refuse a zero byte in the middle of a transaction.

use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base_core::text::is_plain;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::error::Problem;

/// The field of what stands in the path of an address.
const PATH: &str = "path";

/// The refusal of a text.
pub fn not_plain(field: impl Into<String>) -> Problem {
    Problem::field(field, "This has a control character, such as a zero byte. Send it without.")
}

/// What people type into the search of a list: the list itself says what is wrong with it, beside its field.
const SEARCHES: &[&str] = &["q", "search"];

/// The middleware that reads the address of every page before its handler does.
pub async fn plain_addresses_of_pages(request: Request, next: Next) -> Response {
    match check_address(request.uri(), SEARCHES) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Checks the path and the parameters of an address, but for those that their handler checks itself.
pub(crate) fn check_address(uri: &Uri, left_to_handler: &[&str]) -> Result<(), Problem> {
    match percent_decode_str(uri.path()).decode_utf8() {
        Ok(path) if is_plain(&path) => {}
        Ok(_) => return Err(not_plain(PATH)),
        Err(_) => return Err(Problem::field(PATH, "This is not UTF-8. Encode the address as UTF-8.")),
    }
    check_pairs(uri.query().unwrap_or_default().as_bytes(), left_to_handler)
}

/// Checks the fields of a form.
pub fn check_fields(encoded: &[u8]) -> Result<(), Problem> {
    check_pairs(encoded, &[])
}

fn check_pairs(encoded: &[u8], left_out: &[&str]) -> Result<(), Problem> {
    // Nearly all have neither an escape nor a control character.
    if !encoded.iter().any(|byte| *byte == b'%' || !(b' '..0x7f).contains(byte)) {
        return Ok(());
    }
    for (name, value) in form_urlencoded::parse(encoded) {
        if !is_plain(&name) {
            return Err(not_plain("form"));
        }
        if !is_plain(&value) && !left_out.contains(&&*name) {
            return Err(not_plain(name));
        }
    }
    Ok(())
}

/// Checks every text of a JSON body. What is no JSON is left to whoever reads it.
pub fn check_json(bytes: &[u8]) -> Result<(), Problem> {
    if !may_hold_controls(bytes) {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Ok(()) };
    match fault_in(&value) {
        Some(path) if path.is_empty() => Err(not_plain("body")),
        Some(path) => Err(not_plain(path)),
        None => Ok(()),
    }
}

/// JSON writes control characters as escapes, except those from U+007F to U+009F, which it may hold as they are.
fn may_hold_controls(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| match pair {
        [b'\\', b'u' | b'b' | b'f'] | [_, 0x7f] | [0x7f, _] => true,
        [0xc2, second] => *second < 0xa0,
        _ => false,
    })
}

/// Where the first text stands that is not plain, such as `scans[1].code`.
fn fault_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!is_plain(text)).then(String::new),
        Value::Array(values) => values.iter().enumerate().find_map(|(at, value)| {
            let rest = fault_in(value)?;
            Some(below(format!("[{at}]"), &rest))
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if !is_plain(name) {
                return Some(String::new());
            }
            let rest = fault_in(value)?;
            Some(below(name.clone(), &rest))
        }),
        _ => None,
    }
}

fn below(place: String, rest: &str) -> String {
    if rest.is_empty() || rest.starts_with('[') { place + rest } else { format!("{place}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(checked: Result<(), Problem>) -> Option<String> {
        checked.err().map(|problem| problem.field_name().expect("a field").to_owned())
    }

    #[test]
    fn a_control_character_in_an_address_is_refused_by_the_name_of_its_parameter() {
        let of = |address: &'static str| field(check_address(&Uri::from_static(address), &[]));
        assert_eq!(of("/bags?q=KID%20%C3%A9&note=a%0D%0Ab%09c&x=+"), None);
        assert_eq!(of("/bags/SB%0000001"), Some("path".into()));
        assert_eq!(of("/bags?limit=5&q=a%00"), Some("q".into()));
        assert_eq!(of("/bags?q=%1B"), Some("q".into()));
        assert_eq!(of("/bags?q=%C2%9B"), Some("q".into()));
        assert_eq!(of("/bags?q%00=1"), Some("form".into()));
        let of_page = |address: &'static str| field(check_address(&Uri::from_static(address), SEARCHES));
        assert_eq!((of_page("/bags?q=%00"), of_page("/bags?q=1&to=%00")), (None, Some("to".into())));
    }

    #[test]
    fn a_control_character_in_json_is_refused_by_the_path_of_its_field() {
        let of = |body: &str| field(check_json(body.as_bytes()));
        assert_eq!(of(r#"{"a":["x\ty\r\n","é"],"b":"\\u0000 \u00e9"}"#), None);
        assert_eq!(of(r#"{"a":"x\u0000"}"#), Some("a".into()));
        assert_eq!(of(r#"{"a":[1,{"b":["\b"]}]}"#), Some("a[1].b[0]".into()));
        assert_eq!(of("{\"a\":{\"b\":\"\u{7f}\"}}"), Some("a.b".into()));
        assert_eq!(of("{\"a\":\"\u{85}\"}"), Some("a".into()));
        assert_eq!(of(r#"{"\u0000":1}"#), Some("body".into()));
        assert_eq!(of(r#""\u0000""#), Some("body".into()));
        assert_eq!(of(r#"{"a":"\u0000"#), None, "whoever reads it says that it is no JSON");
    }
}
