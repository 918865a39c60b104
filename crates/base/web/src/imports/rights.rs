//! Who may bring files in, and whose imports they see.
//!
//! Invariant: a kind of file names the permission that its rows need. Who brings in kinds of their own alone sees no other
//! kind, and no import of anybody else: what they may not see reads as if it were not there.

use base_core::account::Person;
use base_core::file::FileKind;
use base_core::permission::{IMPORT_OWN, IMPORT_RUN};
use base_records::import::{Import, SeenBy};

use crate::app::App;
use crate::error::Problem;
use crate::session::Caller;

/// True for somebody who brings files in at all.
pub fn may_import(person: &Person) -> bool {
    person.may(IMPORT_RUN) || person.may(IMPORT_OWN)
}

/// Refuses everybody else.
pub fn must_import(caller: &Caller) -> Result<(), Problem> {
    if may_import(&caller.person) { Ok(()) } else { caller.must(IMPORT_OWN) }
}

/// The kinds of files that somebody may bring in.
pub fn kinds_of(app: &App, person: &Person) -> Vec<&'static FileKind> {
    app.imports.kinds().into_iter().filter(|kind| person.may(kind.permission)).collect()
}

/// Which imports somebody sees.
pub fn seen_by(app: &App, person: &Person) -> SeenBy {
    let (all, own) = (app.imports.kinds(), kinds_of(app, person));
    let sees_others = person.may(IMPORT_RUN);
    SeenBy {
        account: (!sees_others).then_some(person.id),
        // An import of a kind that no wing of this site knows any more has no kind that could be asked for.
        kinds: (!sees_others || own.len() < all.len()).then(|| own.iter().map(|kind| kind.name).collect()),
    }
}

/// True if somebody sees this import.
pub fn sees(app: &App, person: &Person, import: &Import) -> bool {
    seen_by(app, person).sees(import)
}
