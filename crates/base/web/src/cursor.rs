//! Where a page begins, as it goes out and comes back. A list that looks at many and shows few ends where the looking
//! ended, which may be at a code of another area.
//!
//! Invariant: who does not see all areas gets every cursor sealed, and none but a sealed one is taken from him.

use base_core::area::Scope;

use crate::app::App;
use crate::session::Caller;

const PURPOSE: &str = "cursor";

/// A cursor for the caller.
pub fn write(app: &App, caller: &Caller, cursor: &str) -> String {
    match caller.scope() {
        Scope::All => cursor.to_owned(),
        _ => app.settings.sealer.seal(PURPOSE, cursor, &*app.entropy),
    }
}

/// The cursor that the caller got; `None` when it is none of ours.
pub fn read(app: &App, caller: &Caller, text: &str) -> Option<String> {
    match caller.scope() {
        Scope::All => Some(text.to_owned()),
        _ => app.settings.sealer.open(PURPOSE, text),
    }
}
