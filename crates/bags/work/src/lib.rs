//! Bags as a domain of the desk: their rules, rows and words, and the larger work that goes through the desk in steps.

mod bags;
pub mod checks;
mod command;
mod domain;
pub mod eod;
pub mod export;
pub mod figures;
mod import;
mod import_files;
pub mod jobs;
mod loaded;
mod mailing;
pub mod mails;
pub mod person_data;
mod rows;
mod step;
mod take_back;

use std::sync::Arc;

pub use bags::{Bags, Phrase};
use bags_rules::rules::Rules;
use base_core::time::Clock;
use base_db::Db;
pub use base_desk::DeskTasks;
use base_desk::Parts;
pub use import::{ImportRow, ImportStep, note_of};
pub use import_files::{import_kinds, import_runner, import_work};
pub use mailing::Mailing;
pub use step::Step;
pub use take_back::{TakeBackStep, with_figures};

/// The desk of bags.
pub type Desk = base_desk::Desk<Bags>;

/// The parts of the desk of bags.
#[derive(Clone)]
pub struct DeskParts {
    /// The database.
    pub db: Db,
    /// The site's settings for the rules.
    pub rules: Arc<Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The words of refusals.
    pub phrase: Phrase,
    /// How many groups may be under way at once. SQLite has one writer and gains nothing from a second.
    pub lanes: usize,
    /// How the desk writes to people; `None` where the site has no mail.
    pub mailing: Option<Mailing>,
}

/// Opens the desk of bags.
pub fn open(parts: &DeskParts) -> (Desk, DeskTasks) {
    let DeskParts { db, rules, clock, phrase, lanes, mailing } = parts.clone();
    Desk::open(&Parts { db, clock, lanes }, Bags { rules, phrase, mailing })
}
