//! Passes as a domain of the desk: what is scanned at gates is decided there, once.

pub mod checks;
mod command;
mod domain;
pub mod figures;
pub mod file;
mod guest_rows;
mod import_files;
pub mod jobs;
mod loaded;
pub mod mails;
pub mod office;
pub mod person_data;

use std::sync::Arc;

use base_core::time::Clock;
use base_db::Db;
pub use base_desk::DeskTasks;
use base_desk::Parts;
pub use command::{GateScan, Shown};
pub use domain::Gates;
pub use import_files::{import_kinds, import_work};
use passes_rules::payload::Keyring;

/// The desk of gates.
pub type Desk = base_desk::Desk<Gates>;

/// Opens the desk of gates. Codes are checked with these keys.
pub fn open(db: &Db, clock: Arc<dyn Clock>, keys: Arc<Keyring>) -> (Desk, DeskTasks) {
    Desk::open(&Parts { db: db.clone(), clock, lanes: db.lanes() }, Gates { keys })
}
