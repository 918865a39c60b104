//! Which passes of an event are asked for, as an address says it. Page and files read the same words, and those of E-Pass.

use base_core::time::Moment;
use base_web::cursor::{self, Given};
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::pass::{PassKind, PaymentMode};
use passes_store::pass::{Page, PassCursor, PassFilter, PassLine};
use serde::Deserialize;

use crate::state::Passes;

/// Longest text that is searched for, in characters.
pub(crate) const TEXT_LENGTH_MAX: usize = 100;

/// Passes on a page.
pub const LIMIT: u32 = 50;
/// Passes on a page of E-Pass.
const LIMIT_OF_EPASS: u32 = 20;
/// The last page of E-Pass that is looked for.
const PAGE_MAX: u32 = 100_000;

/// Which passes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PassesQuery {
    /// Where the page begins.
    pub cursor: Option<String>,
    /// The number of a page, as E-Pass had it.
    pub page: Option<String>,
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

    /// Which page: the one after `cursor`, or one of E-Pass by its number. What is no number is the first, as it was there.
    pub fn page<'c>(&self, cursor: Option<&'c PassCursor>) -> Page<'c> {
        let first = Page { after: cursor, skipped: 0, limit: LIMIT };
        let (None, Some(text)) = (cursor, given(self.page.as_deref())) else { return first };
        let before = text.parse::<u32>().unwrap_or(1).clamp(1, PAGE_MAX) - 1;
        Page { skipped: before * LIMIT_OF_EPASS, limit: LIMIT_OF_EPASS, ..first }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_e_pass_is_found_by_its_number_and_what_is_no_number_is_the_first() {
        let of = |page: &str| {
            let page = PassesQuery { page: Some(page.to_owned()), ..PassesQuery::default() }.page(None);
            (page.skipped, page.limit)
        };
        assert_eq!(["1", "3", "0", "-2", "x"].map(of), [(0, 20), (40, 20), (0, 20), (0, 20), (0, 20)]);
        assert_eq!(of("4294967295").0, (PAGE_MAX - 1) * LIMIT_OF_EPASS);
        assert_eq!(of(""), (0, LIMIT), "without one, the pages are those of today");
    }
}
