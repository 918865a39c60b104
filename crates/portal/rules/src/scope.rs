//! Whose stock somebody may see. Part of every query's type, so that no query can forget it.
//!
//! Invariant: scope fails closed. Nobody chosen is nothing, never everything; stock without a customer is seen by those
//! who see everything only.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::customer::Customer;

/// Most customers of the ERP that one account may be given by name or key. More is a case for [`Scope::All`].
pub const CUSTOMERS_MAX: usize = 500;

/// What the earlier portal wrote for everything.
const ALL: &str = "All";

/// Whose stock somebody may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Nothing.
    #[default]
    Nothing,
    /// Everybody's, and stock without a customer. It is a choice of its own, not a name.
    All,
    /// That of these customers.
    Customers(BTreeSet<Customer>),
}

/// Why a choice of customers is no scope.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ScopeFault {
    /// Nobody was chosen.
    #[error("no customer is chosen")]
    Empty,
    /// More than [`CUSTOMERS_MAX`].
    #[error("more than {CUSTOMERS_MAX} customers are chosen")]
    TooMany,
    /// A customer without a name.
    #[error("a customer has no name")]
    Nameless,
}

impl Scope {
    /// What was chosen in a form: all, or at least one customer. All overrules the rest.
    pub fn chosen(all: bool, customers: impl IntoIterator<Item = Customer>) -> Result<Self, ScopeFault> {
        if all {
            return Ok(Self::All);
        }
        let customers: BTreeSet<Customer> = customers.into_iter().collect();
        match customers.len() {
            0 => Err(ScopeFault::Empty),
            n if n > CUSTOMERS_MAX => Err(ScopeFault::TooMany),
            _ if customers.iter().any(|customer| customer.name.trim().is_empty()) => Err(ScopeFault::Nameless),
            _ => Ok(Self::Customers(customers)),
        }
    }

    /// Reads what the earlier portal kept: `All`, one name, or several joined by a vertical bar. Names are taken as they
    /// stand. Empty pieces mean nobody.
    ///
    /// `known` are the ERP's customers: a text that is the whole name of one of them is that one, even with a bar in it.
    pub fn of_old_text(text: &str, known: &[Customer]) -> Self {
        if text == ALL {
            return Self::All;
        }
        let whole = Customer::named(text);
        let names: Vec<&str> =
            if known.iter().any(|customer| whole.means(customer)) { vec![text] } else { text.split('|').collect() };
        let names = names.into_iter().filter(|name| !name.trim().is_empty());
        let customers: BTreeSet<Customer> = names.map(Customer::named).collect();
        if customers.is_empty() { Self::Nothing } else { Self::Customers(customers) }
    }

    /// True if stock of `customer` may be seen.
    pub fn covers(&self, customer: Option<&Customer>) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Customers(chosen) => {
                customer.is_some_and(|found| chosen.iter().any(|customer| customer.means(found)))
            }
        }
    }

    /// The chosen customers whom the ERP does not have, or no longer has.
    pub fn missing<'s>(&'s self, known: &[Customer]) -> Vec<&'s Customer> {
        let Self::Customers(chosen) = self else { return Vec::new() };
        chosen.iter().filter(|customer| !known.iter().any(|found| customer.means(found))).collect()
    }

    /// In one line, for the trail and for lists of staff: `All`, or the names with a bar between them.
    pub fn words(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::All => ALL.to_owned(),
            Self::Customers(chosen) => {
                let names: Vec<&str> = chosen.iter().map(|customer| customer.name.as_str()).collect();
                names.join("|")
            }
        }
    }

    /// True if rows may be of more than one customer, so that a grid shows whose they are.
    pub fn is_of_several(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Customers(chosen) => chosen.len() > 1,
        }
    }
}
