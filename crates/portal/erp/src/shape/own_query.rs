//! A query of the administrator's own, with its columns mapped to ours.
//!
//! The query brings the stock of all customers; whose rows are wanted is added here, around it, so that it cannot be
//! forgotten. Invariant: the text of the query is the administrator's, and no text of a visitor becomes part of it.

use std::collections::BTreeMap;

use super::{Wanted, one_of};
use crate::dialect::Dialect;
use crate::error::ErpError;
use crate::field::Field;

/// A query and what its columns are.
#[derive(Clone, Debug)]
pub struct OwnQuery {
    stock: String,
    customers: Option<String>,
    columns: BTreeMap<Field, String>,
}

impl OwnQuery {
    /// Takes the query for the stock of all customers, and which of its columns is which field. `customers` is a query
    /// for all customers, with the same names of columns; without it, customers are those who have stock.
    ///
    /// Needed are `customer`, `part`, `on_hand`, and `status` or both `segment` and `quality`.
    pub fn new(stock: &str, customers: Option<&str>, columns: BTreeMap<Field, String>) -> Result<Self, ErpError> {
        let has = |field: Field| columns.contains_key(&field);
        for field in [Field::Customer, Field::Part, Field::OnHand] {
            if !has(field) {
                return Err(ErpError::Settings(format!("the query has no column for `{}`", field.key())));
            }
        }
        let tells_state = has(Field::Status) || (has(Field::Segment) && has(Field::Quality));
        if !tells_state {
            let text = "the query has no column for `status`, and not both of `segment` and `quality`";
            return Err(ErpError::Settings(text.into()));
        }
        if let Some((field, _)) = columns.iter().find(|(_, name)| name.trim().is_empty()) {
            return Err(ErpError::Settings(format!("the column for `{}` has no name", field.key())));
        }
        Ok(Self { stock: only_select(stock)?, customers: customers.map(only_select).transpose()?, columns })
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        self.columns.keys().copied().collect()
    }

    pub(crate) fn is_by_key(&self) -> bool {
        self.columns.contains_key(&Field::CustomerKey)
    }

    pub(crate) fn customers(&self, dialect: Dialect, rows_max: usize) -> String {
        let name = dialect.text(&self.column(dialect, Field::Customer));
        let key = if self.is_by_key() { self.column(dialect, Field::CustomerKey) } else { "null".to_owned() };
        let key = dialect.text(&key);
        let query = self.customers.as_ref().unwrap_or(&self.stock);
        let (top, limit) = dialect.limit(rows_max);
        format!(
            "select {top}c.customer_key, c.customer from (\nselect distinct {key} as customer_key, {name} as customer \
             from (\n{query}\n) q) c\nwhere rtrim(c.customer) <> ''\norder by c.customer{limit}"
        )
    }

    pub(crate) fn stock(&self, dialect: Dialect, wanted: Wanted) -> String {
        let columns: Vec<String> = self.columns.keys().map(|field| self.typed_column(dialect, *field)).collect();
        let whose = if self.is_by_key() { Field::CustomerKey } else { Field::Customer };
        let scope = one_of(dialect, &self.column(dialect, whose), wanted.chosen);
        let scope = scope.map(|condition| format!("\nwhere {condition}")).unwrap_or_default();
        let (top, limit) = dialect.limit(wanted.rows_max);
        let order = [Field::Customer, Field::Part].map(|field| self.column(dialect, field)).join(", ");
        let (columns, query) = (columns.join(", "), &self.stock);
        format!("select {top}{columns}\nfrom (\n{query}\n) q{scope}\norder by {order}{limit}")
    }

    fn column(&self, dialect: Dialect, field: Field) -> String {
        let name = self.columns.get(&field).map(String::as_str).unwrap_or_default();
        format!("q.{}", dialect.quoted(name))
    }

    fn typed_column(&self, dialect: Dialect, field: Field) -> String {
        let column = self.column(dialect, field);
        match field {
            Field::OnHand => dialect.number(&column),
            day if day.is_date() => dialect.date(&column),
            _ => dialect.text(&column),
        }
    }
}

/// The text of a query without blanks and a semicolon at its end, if it is one `select`.
fn only_select(text: &str) -> Result<String, ErpError> {
    let text = text.trim().trim_end_matches(';').trim_end();
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    if !["select", "with"].contains(&word.to_ascii_lowercase().as_str()) {
        return Err(ErpError::Settings("the query does not begin with `select`".into()));
    }
    if text.contains(';') {
        return Err(ErpError::Settings("the query is more than one statement: leave out the semicolon".into()));
    }
    Ok(text.to_owned())
}
