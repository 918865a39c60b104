//! Lists of bags and scans against a naive look at everything there is, on both databases.

mod bags;
mod house;
mod plans;
mod scans;
mod search;
