//! Brings a database of E-Pass over: its admins become organisers, its passes those of one event.
//!
//! Invariants: nothing is ever written to the earlier database; what is brought over a second time changes nothing; a row
//! that cannot be kept as it is, is told of.

#[macro_use(on, execute)]
extern crate base_db;

mod bring;
mod rules;
mod source;

pub use bring::{Brought, Target, bring_over};
pub use rules::Finding;
pub use source::{Source, SourceError};
