//! Which passes of an event are asked for, as an address says it. Page and files read the same words, and those of E-Pass.

use base_core::time::Moment;
use base_web::cursor::{self, Given};
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::pass::{PassKind, PaymentMode};
use passes_store::pass::{PassCursor, PassFilter, PassLine};
use serde::Deserialize;

use crate::state::Passes;

/// Longest text that is searched for, in characters.
pub(crate) const TEXT_LENGTH_MAX: usize = 100;

/// Which passes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PassesQuery {
    /// Where the page begins.
    pub cursor: Option<String>,
    /// A piece of a name or a phone number.
    #[serde(alias = "search")]
    pub q: Option<String>,
    /// `scanned`, `unscanned` or `cancelled`.
    #[serde(alias = "scanned")]
    pub status: Option<String>,
    /// `SINGLE` or `COUPLE`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `CASH` or `ONLINE`.
    pub mode: Option<String>,
    /// What was done a moment ago.
    pub said: Option<String>,
    /// `csv` or `xlsx`, for files.
    pub format: Option<String>,
}

/// A filter with a value.
pub fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

impl PassesQuery {
    /// What the query asks the store for.
    pub fn filter(&self) -> Result<PassFilter, Problem> {
        let text = given(self.q.as_deref());
        if text.is_some_and(|text| text.chars().count() > TEXT_LENGTH_MAX || text.chars().any(char::is_control)) {
            return Err(Problem::field("q", format!("Search for at most {TEXT_LENGTH_MAX} plain characters.")));
        }
        let (scanned, cancelled) = match given(self.status.as_deref()) {
            None => (None, None),
            Some("scanned") => (Some(true), Some(false)),
            Some("unscanned") => (Some(false), Some(false)),
            Some("cancelled") => (None, Some(true)),
            Some(_) => {
                return Err(Problem::field("status", "The status must be `scanned`, `unscanned` or `cancelled`."));
            }
        };
        let wrong_kind = || Problem::field("type", "The type must be `SINGLE` or `COUPLE`.");
        let wrong_mode = || Problem::field("mode", "The mode must be `CASH` or `ONLINE`.");
        let kind = given(self.kind.as_deref()).map(|name| PassKind::parse(name).ok_or_else(wrong_kind)).transpose()?;
        let mode =
            given(self.mode.as_deref()).map(|name| PaymentMode::parse(name).ok_or_else(wrong_mode)).transpose()?;
        Ok(PassFilter { text: text.map(ToOwned::to_owned), scanned, kind, mode, cancelled })
    }

    /// Where the page begins.
    pub fn cursor(&self, app: &Passes, caller: &Caller) -> Result<Option<PassCursor>, Problem> {
        cursor::read(app, caller, Given::of(self.cursor.as_deref()), |text| {
            let (at, id) = text.split_once('.')?;
            Some(PassCursor { created_at: Moment(at.parse().ok()?), id: id.to_owned() })
        })
    }
}

/// Where the page after this pass begins.
pub fn after(line: &PassLine) -> PassCursor {
    PassCursor { created_at: line.created_at, id: line.id.clone() }
}

/// Writes a cursor for the caller.
pub fn write_cursor(app: &Passes, caller: &Caller, next: &PassCursor) -> String {
    cursor::write(app, caller, &format!("{}.{}", next.created_at.0, next.id))
}
