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
    /// As it stands there, without its password.
    pub cells: Vec<Option<String>>,
}

/// A column that nobody here knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strange {
    /// How many rows have something in it.
    pub filled: u64,
    /// What they have in it, by the number of the row; nothing where the name says that it is a secret.
    pub values: Vec<(String, String)>,
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
    /// Columns that nobody here knows, by table and name.
    pub strange: BTreeMap<(&'static str, String), Strange>,
    /// Tables that nobody here knows, and how many rows they have.
    pub strange_tables: BTreeMap<String, i64>,
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
            Err(fault) => self.refused.push(Refused { table: cells.table, row, fault, cells: cells.kept() }),
        }
    }

    /// Takes what stands in a column that nobody here knows.
    pub(crate) fn take_strange(&mut self, table: Table, column: &str, id: &str, value: &str) {
        /// Names with these words are of secrets.
        const SECRET: [&str; 4] = ["password", "token", "secret", "hash"];
        if value.is_empty() {
            return;
        }
        let strange = self.strange.entry((table.name(), column.to_owned())).or_default();
        strange.filled += 1;
        let name = column.to_lowercase();
        if !SECRET.iter().any(|word| name.contains(word)) {
            strange.values.push((id.to_owned(), value.to_owned()));
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
