//! How the earlier portal is read, and what is told of rows that are odd.

use jiff::tz::TimeZone;
use portal_rules::customer::Customer;

/// How it is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of the old server's clock.
    pub zone: TimeZone,
    /// The customers of the ERP. None: nothing is said of names that it does not have.
    pub known: Vec<Customer>,
    /// What stands in a CSV file for null, beside an empty cell where a column may be empty.
    pub null: String,
}

/// What is odd about a row that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// The clock showed this time twice; the first was taken.
    Ambiguous,
    /// The password cannot be checked any more: the account needs a new one.
    ResetNeeded,
    /// The account sees nothing.
    NoScope,
    /// `All` stands among names: it is taken for a customer of that name, not for everything.
    AllAmongNames,
    /// More customers than an account may have today.
    ManyNames,
    /// The ERP has no customer of this name.
    NotInErp(String),
}
