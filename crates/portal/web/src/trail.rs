//! What customers did, and what was done with them: on the page of each, and as a view of the one audit trail.

use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::AUDIT_READ;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, TIME};
use portal_rules::permission::CUSTOMER_READ;
use portal_store::usage::EntryLine;
use serde_json::{Map, Value};

use crate::state::Portal;

/// The view of customers in the audit trail.
const VIEW: &str = "/admin/audit?view=customers";

/// Where the caller reads about customers in the audit trail. Who may read nothing else needs no view.
pub(crate) fn address(caller: &Caller) -> &'static str {
    if caller.person.may(AUDIT_READ) { VIEW } else { "/admin/audit" }
}

/// `GET /admin/customers/trail`: an address of earlier versions.
pub async fn moved(caller: Caller) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    Ok(Redirect::to(address(&caller)).into_response())
}

/// An entry as pages show it.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) by: String,
    pub(crate) details: String,
    pub(crate) address: String,
}

/// An entry in words. Of an entry that came over from elsewhere, it says itself who did it.
pub(crate) fn line_of(entry: &EntryLine, frame: &Frame, portal: &Portal) -> Line {
    let read = |text: &Option<String>| -> Map<String, Value> {
        text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    let (before, mut after) = (read(&entry.before), read(&entry.after));
    let named = after.remove("by").and_then(|by| by.as_str().map(str::to_owned));
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let details = after.iter().map(|(field, to)| match before.get(field) {
        Some(from) => format!("{field}: {} → {}", shown(Some(from)), shown(Some(to))),
        None => format!("{field}: {}", shown(Some(to))),
    });
    Line {
        at: Moment(entry.at).display(&portal.settings.zone, TIME),
        action: frame.words_for("action", &entry.action),
        by: entry
            .actor
            .as_deref()
            .map(|name| frame.called(name))
            .or(named)
            .unwrap_or_else(|| frame.t("customer-system")),
        details: details.collect::<Vec<_>>().join("; "),
        address: entry.address.clone(),
    }
}
