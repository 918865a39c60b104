//! Bags at work: what their rules, their rows and their words are to the desk, and the larger work that goes through it.

pub mod checks;
mod command;
mod domain;
pub mod eod;
pub mod export;
mod import;
mod import_files;
pub mod jobs;
mod loaded;
mod mailing;
pub mod mails;
pub mod person_data;
mod step;
mod take_back;

use std::sync::Arc;

use bags_rules::outcome::Answer;
use bags_rules::rules::Rules;
use base_core::time::Clock;
use base_db::Db;
pub use base_desk::DeskTasks;
use base_desk::Parts;
pub use command::{Read, fingerprint};
pub use domain::Bags;
pub use import::{ImportRow, ImportStep, note_of};
pub use import_files::{import_kinds, import_runner, import_work};
pub use loaded::Loaded;
pub use mailing::{Mailing, NewBillWords};
pub use step::Step;
pub use take_back::{TAKEN_AT_ONCE, TakeBackStep, with_figures};

/// The desk of bags.
pub type Desk = base_desk::Desk<Bags>;

/// Gives the words for people that go with an answer.
pub type Phrase = Arc<dyn Fn(&Answer) -> Option<String> + Send + Sync>;

/// What the desk of bags is made of.
#[derive(Clone)]
pub struct DeskParts {
    /// Where everything is kept.
    pub db: Db,
    /// The site's settings for the rules.
    pub rules: Arc<Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The words of refusals.
    pub phrase: Phrase,
    /// How many groups may be under way at once. SQLite has one writer and gains nothing from a second.
    pub lanes: usize,
    /// How it writes to people; `None` where the site has no mail.
    pub mailing: Option<Mailing>,
}

/// Opens the desk of bags.
pub fn open(parts: &DeskParts) -> (Desk, DeskTasks) {
    let DeskParts { db, rules, clock, phrase, lanes, mailing } = parts.clone();
    Desk::open(&Parts { db, clock, lanes }, Bags { rules, phrase, mailing })
}
