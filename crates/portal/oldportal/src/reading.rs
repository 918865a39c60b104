//! What came out of reading: accounts, entries, what was refused and what is odd.

use std::collections::{BTreeMap, BTreeSet};

use crate::cells::{Cells, Fault, Table};
use crate::customer::OldCustomer;
use crate::entry::OldEntry;
use crate::options::{Options, Warning};

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
