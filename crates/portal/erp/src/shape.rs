//! What an ERP looks like: which statement brings its customers and which its stock.

pub(crate) mod deacom;
mod own_query;

pub use own_query::OwnQuery;

use crate::dialect::Dialect;
use crate::field::Field;

/// A shape.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// The tables of Deacom.
    Deacom,
    /// A query of the administrator's own.
    Own(OwnQuery),
}

/// What a statement for stock is to bring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// How many customers are asked for, each by a parameter; `None` asks for everything.
    pub chosen: Option<usize>,
    /// Most rows.
    pub rows_max: usize,
}

impl Shape {
    /// The statement for all customers: a key, or null, and a name.
    pub(crate) fn customers(&self, dialect: Dialect, rows_max: usize) -> String {
        match self {
            Self::Deacom => deacom::customers(dialect, rows_max),
            Self::Own(query) => query.customers(dialect, rows_max),
        }
    }

    /// The statement for stock, with a column for each of [`Shape::fields`].
    pub(crate) fn stock(&self, dialect: Dialect, wanted: Wanted) -> String {
        match self {
            Self::Deacom => deacom::stock(dialect, wanted),
            Self::Own(query) => query.stock(dialect, wanted),
        }
    }

    /// What each column of [`Shape::stock`] is.
    pub(crate) fn fields(&self) -> Vec<Field> {
        match self {
            Self::Deacom => deacom::FIELDS.to_vec(),
            Self::Own(query) => query.fields(),
        }
    }

    /// True if customers are asked for by their keys, not by their names.
    pub(crate) fn is_by_key(&self) -> bool {
        match self {
            Self::Deacom => true,
            Self::Own(query) => query.is_by_key(),
        }
    }
}

/// A condition that `column`, as a text without blanks at its end, is one of the parameters, or nothing to add when
/// everything is asked for.
pub(crate) fn one_of(dialect: Dialect, column: &str, chosen: Option<usize>) -> Option<String> {
    let places: Vec<String> = (1..=chosen?).map(|n| dialect.placeholder(n)).collect();
    // No parameter at all would be no condition at all: ask for nothing.
    Some(if places.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("rtrim({}) in ({})", dialect.text(column), places.join(", "))
    })
}
