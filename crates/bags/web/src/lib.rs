//! Bags and bills for people and programs: stations, lists, reports, files, the JSON API.
//!
//! A request reaches the database in three hops (route, handler, store), a scan in four (the desk is between). One folder
//! for each noun; a page and its calls share that folder.

mod activity;
mod bags;
mod bills;
mod earlier;
mod exports;
mod facts;
mod filter;
mod gone;
mod history;
mod home;
mod memory;
mod picked;
mod reports;
mod resolve;
mod rights;
mod routes;
mod said;
mod scans;
mod search;
mod shown;
mod state;
mod station;
mod told;
pub mod wing;
mod words;

pub use gone::GONE;
pub use state::Bags;
pub use words::phrase;
