//! What a customer has chosen to see: a search, filters, an order and columns.
//!
//! The browser applies it to the rows that it has; an export, a saved view and a mail are made from the same choice here.
//! Invariant: a view chooses among rows that its reader may see, and can never add one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::column::{Cell, Column, Kind};
use crate::fold::{compare, fold};
use crate::format::Format;
use crate::stock::Stock;

/// Longest search or filter, in characters.
pub const TEXT_CHARS_MAX: usize = 200;

/// A column by which rows can be filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Whose it is.
    Customer,
    /// The part's number.
    Part,
    /// The place.
    Bin,
    /// The state.
    Status,
}

/// A direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest, earliest or first in the alphabet at the top.
    #[default]
    Ascending,
    /// The other way round.
    Descending,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By this column.
    pub column: Column,
    /// In this direction.
    #[serde(default)]
    pub direction: Direction,
}

/// What a customer has chosen to see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct View {
    /// A text that one of the columns shows, regardless of case. It is taken as it stands: `%`, `*` and `.` are nothing
    /// special.
    pub search: String,
    /// What a column must be, exactly.
    pub filters: BTreeMap<Filter, String>,
    /// The order.
    pub sort: Sort,
    /// The columns, in their order; none: those that are shown unless somebody chooses.
    pub columns: Vec<Column>,
}

/// One choice of a filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// How many rows have it, as far as search and the other filters leave them.
    pub rows: usize,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: Column::Part, direction: Direction::Ascending }
    }
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Part, Self::Bin, Self::Status];

    /// The column that is compared.
    pub fn column(self) -> Column {
        match self {
            Self::Customer => Column::Customer,
            Self::Part => Column::Part,
            Self::Bin => Column::Bin,
            Self::Status => Column::Status,
        }
    }
}

/// A view made ready to look at many rows.
struct Matcher<'v> {
    needle: String,
    columns: &'v [Column],
    filters: &'v BTreeMap<Filter, String>,
    format: Format,
}

impl View {
    /// True if no text is longer than [`TEXT_CHARS_MAX`] and no column comes twice.
    pub fn is_sound(&self) -> bool {
        let is_short = |text: &String| text.chars().count() <= TEXT_CHARS_MAX;
        let mut columns = self.columns.clone();
        columns.sort_unstable();
        columns.dedup();
        is_short(&self.search) && self.filters.values().all(is_short) && columns.len() == self.columns.len()
    }

    /// The columns that are shown.
    pub fn columns(&self, is_of_several: bool) -> Vec<Column> {
        if self.columns.is_empty() { Column::shown(is_of_several) } else { self.columns.clone() }
    }

    /// The rows that are shown, in their order. Rows that are equal there stay as they were.
    pub fn apply<'r>(&self, rows: &'r [Stock], format: Format) -> Vec<&'r Stock> {
        let matcher = self.matcher(format);
        let mut shown: Vec<&Stock> = rows.iter().filter(|row| matcher.matches(row, None)).collect();
        self.sort.sort(&mut shown);
        shown
    }

    /// What can be chosen for one filter: the values of the rows that match the search and the other filters, in their
    /// order. What is chosen stays among them, with no rows if need be, so that nobody looks at rows that are filtered
    /// by something which is not shown.
    pub fn choices(&self, rows: &[Stock], filter: Filter, format: Format) -> Vec<Choice> {
        let matcher = self.matcher(format);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| matcher.matches(row, Some(filter))) {
            if let Cell::Text(value) = filter.column().cell(row) {
                *counts.entry(value).or_default() += 1;
            }
        }
        if let Some(chosen) = self.filters.get(&filter) {
            counts.entry(chosen).or_default();
        }
        let mut choices: Vec<Choice> =
            counts.into_iter().map(|(value, rows)| Choice { value: value.to_owned(), rows }).collect();
        choices.sort_by(|one, other| compare(&one.value, &other.value));
        choices
    }

    fn matcher(&self, format: Format) -> Matcher<'_> {
        Matcher { needle: fold(self.search.trim()), columns: &Column::ALL, filters: &self.filters, format }
    }
}

impl Matcher<'_> {
    fn matches(&self, row: &Stock, except: Option<Filter>) -> bool {
        let is_filtered = |(filter, value): (&Filter, &String)| {
            Some(*filter) == except || filter.column().cell(row) == Cell::Text(value)
        };
        self.filters.iter().all(is_filtered) && self.is_found(row)
    }

    /// True if a column shows the text that is looked for. It is looked for in every column, shown or not: a hidden
    /// column is opened with the row's details.
    fn is_found(&self, row: &Stock) -> bool {
        self.needle.is_empty()
            || self.columns.iter().any(|column| {
                let cell = column.cell(row);
                // Every number and every date that is shown has digits and marks only: writing them is left out where the
                // text has a letter.
                let may_hold = column.kind() == Kind::Text || !self.needle.chars().any(char::is_alphabetic);
                may_hold && fold(&cell.shown(self.format)).contains(&self.needle)
            })
    }
}

impl Sort {
    /// Puts rows in this order; rows that are equal in it stay as they were.
    pub fn sort(self, rows: &mut [&Stock]) {
        rows.sort_by(|one, other| {
            let order = self.column.cell(one).order(self.column.cell(other));
            if self.direction == Direction::Ascending { order } else { order.reverse() }
        });
    }
}

/// Puts rows in the order in which the ERP gives them: by customer where there may be several, then by part and lot. What
/// is equal in these is ordered by the rest, so that two reads of the same stock show the same.
pub fn put_in_order(rows: &mut [Stock]) {
    rows.sort_by(|one, other| {
        let by = |column: Column| column.cell(one).order(column.cell(other));
        by(Column::Customer).then_with(|| by(Column::Part)).then_with(|| by(Column::Lot)).then_with(|| one.cmp(other))
    });
}
