//! Where a page of a list begins, as it is sent and comes back. A list that looks at many rows and shows few ends
//! at the last row it looked at, which may be a code of another area.
//!
//! Invariant: anybody who does not see all areas gets every cursor encrypted, and only one that was encrypted for them is
//! taken from them.

use base_core::area::Scope;

use crate::app::App;
use crate::error::Problem;
use crate::session::Caller;

/// A cursor that came back, in a field of a request.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The name of the field.
    pub field: &'static str,
    /// What it holds, if it was sent.
    pub text: Option<&'a str>,
}

impl<'a> Given<'a> {
    /// In the field of that name which nearly all lists have.
    pub fn of(text: Option<&'a str>) -> Self {
        Self { field: "cursor", text }
    }
}

/// A cursor for the caller.
pub fn write(app: &App, caller: &Caller, cursor: &str) -> String {
    match caller.scope() {
        Scope::All => cursor.to_owned(),
        _ => app.settings.cursor_key.encrypt(&reader(caller), cursor, &*app.entropy),
    }
}

/// The cursor that the caller was given, as `parse` reads it; `None` where the list is asked for from its beginning.
///
/// # Errors
/// A problem of the field, where this is no cursor of theirs.
pub fn read<T>(
    app: &App,
    caller: &Caller,
    given: Given<'_>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(text) = given.text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let opened = match caller.scope() {
        Scope::All => Some(text.to_owned()),
        _ => app.settings.cursor_key.decrypt(&reader(caller), text),
    };
    let opened = opened.filter(|text| !text.chars().any(char::is_control));
    let wrong = || Problem::field(given.field, "This cursor is not valid. Start again without one.");
    opened.as_deref().and_then(parse).map(Some).ok_or_else(wrong)
}

/// Whose cursors they are.
fn reader(caller: &Caller) -> String {
    format!("{} {}", caller.person.realm.name(), caller.person.id)
}
