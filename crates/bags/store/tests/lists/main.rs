//! Lists of bags and scans compared with a plain look at everything, on both databases.

mod bags;
mod plans;
mod scans;
mod search;
mod site;
