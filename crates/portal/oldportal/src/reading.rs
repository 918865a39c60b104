//! What came out of reading: accounts, entries, what was refused and what is odd.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use portal_rules::customer::Customer;

use crate::cells::{Cells, Fault, Table};
use crate::customer::OldCustomer;
use crate::entry::OldEntry;

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

/// A row that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Of which table.
    pub table: Table,
    /// Which one, counted from 1 without headings.
    pub row: u64,
    /// Why.
    pub fault: Fault,
}

/// What came out of reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The accounts.
    pub customers: Vec<OldCustomer>,
    /// The entries of the log.
    pub entries: Vec<OldEntry>,
    /// What was not read.
    pub refused: Vec<Refused>,
    /// What is odd, with the numbers of the accounts and entries that it is said of.
    pub warnings: BTreeMap<Warning, Vec<i64>>,
    emails: BTreeSet<String>,
    customer_ids: BTreeSet<i64>,
    entry_ids: BTreeSet<i64>,
    rows: u64,
}

impl Reading {
    /// How many rows were seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes one row of a table.
    pub(crate) fn take(&mut self, row: u64, cells: &Cells<'_>, options: &Options) {
        self.rows += 1;
        let mut told = Vec::new();
        let mut warn = |warning| told.push(warning);
        let taken = match cells.table {
            Table::Customers => {
                OldCustomer::read(cells, options, &mut warn).and_then(|customer| self.take_customer(customer))
            }
            Table::AuditLog => OldEntry::read(cells, options, &mut warn).and_then(|entry| self.take_entry(entry)),
        };
        match taken {
            Ok(id) => told.into_iter().for_each(|warning| self.warnings.entry(warning).or_default().push(id)),
            Err(fault) => self.refused.push(Refused { table: cells.table, row, fault }),
        }
    }

    fn take_customer(&mut self, customer: OldCustomer) -> Result<i64, Fault> {
        if self.emails.contains(&customer.email) {
            return Err(Fault::SameEmail);
        }
        if !self.customer_ids.insert(customer.id) {
            return Err(Fault::SameId);
        }
        self.emails.insert(customer.email.clone());
        let id = customer.id;
        self.customers.push(customer);
        Ok(id)
    }

    fn take_entry(&mut self, entry: OldEntry) -> Result<i64, Fault> {
        if !self.entry_ids.insert(entry.id) {
            return Err(Fault::SameId);
        }
        let id = entry.id;
        self.entries.push(entry);
        Ok(id)
    }
}
