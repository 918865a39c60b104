//! Where a page of a list begins, as it is sent and comes back. A list that looks at many rows and shows few ends
//! at the last row it looked at, which may be a code of another area.
//!
//! Invariant: anybody who does not see all areas gets every cursor encrypted, and only an encrypted one is taken from
//! them.

use base_core::area::Scope;

use crate::app::App;
use crate::session::Caller;

/// A cursor for the caller.
pub fn write(app: &App, caller: &Caller, cursor: &str) -> String {
    match caller.scope() {
        Scope::All => cursor.to_owned(),
        _ => app.settings.cursor_key.encrypt(cursor, &*app.entropy),
    }
}

/// The cursor that the caller was given; `None` when it is not valid.
pub fn read(app: &App, caller: &Caller, text: &str) -> Option<String> {
    match caller.scope() {
        Scope::All => Some(text.to_owned()),
        _ => app.settings.cursor_key.decrypt(text),
    }
}
