//! A report as a value: the same one is shown on a page, and written as CSV, workbook and PDF.
//!
//! Its words are already in the reader's language; no writer adds a word of its own.

use std::borrow::Cow;

use crate::axis::Axis;
use crate::cell::{Cell, Column};

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its name.
    pub title: String,
    /// Lines under the name: for whom, from when to when.
    pub lines: Vec<String>,
    /// When it was made.
    pub made: String,
    /// Key figures.
    pub figures: Vec<Figure>,
    /// The one chart.
    pub bars: Option<Bars>,
    /// The tables, in order. The last is the one that is meant when none is named.
    pub tables: Vec<Table>,
    /// What is shown instead of rows when a table has none.
    pub no_data: Cow<'static, str>,
    /// What makes its PDF a paper that goes with the goods.
    pub slip: Option<Slip>,
    /// Words of the writers.
    pub words: Words,
}

/// The words that paper needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Which page it is, with `{page}` and `{pages}` in it.
    pub page: Cow<'static, str>,
    /// That letters are missing in the font, with `{mark}` where the mark for them goes.
    pub unprintable: Cow<'static, str>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            page: "Page {page} of {pages}".into(),
            unprintable: "Letters that could not be printed are shown as {mark}.".into(),
        }
    }
}

/// A key figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// What it counts.
    pub label: String,
    /// The figure as people read it, with its unit.
    pub value: String,
    /// A remark beside it; empty for none.
    pub note: String,
    /// The number itself, for workbooks; `None` when it is a word.
    pub number: Option<Number>,
}

/// A number with a unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Number {
    /// The number.
    pub value: f64,
    /// Its unit; empty for none.
    pub unit: String,
}

/// What makes a report the paper for the goods it tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slip {
    /// The number by which the goods are known: in large letters, and as a barcode where it can be one.
    pub number: String,
    /// Facts in a row below the figures; one without a value gets a line to write on.
    pub facts: Vec<Fact>,
    /// Lines to sign on, by who signs.
    pub signatures: Vec<String>,
}

/// A fact on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// The fact; empty where it is filled in by hand.
    pub value: String,
}

/// A chart of bars side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// What it shows, with the unit.
    pub title: String,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// A line to compare them with.
    pub target: Option<Target>,
    /// What there is to say about it: the largest, the latest.
    pub words: Vec<String>,
    /// What stands there instead when there is nothing to draw.
    pub empty: String,
}

impl Bars {
    /// Its scale; `None` when there is nothing to draw.
    pub fn axis(&self) -> Option<Axis> {
        let values = self.bars.iter().map(|bar| bar.value).filter(|value| value.is_finite());
        let most = values.clone().fold(0.0, f64::max);
        let target = self.target.as_ref().map_or(0.0, |target| target.value);
        if most > 0.0 { Axis::of(most.max(if target.is_finite() { target } else { 0.0 })) } else { None }
    }

    /// The first of the largest bars; `None` when there is nothing to draw.
    pub fn top(&self) -> Option<usize> {
        let most = self.bars.iter().map(|bar| bar.value).filter(|value| value.is_finite()).fold(0.0, f64::max);
        self.bars.iter().position(|bar| bar.value > 0.0 && bar.value >= most && bar.value.is_finite())
    }
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The label under it.
    pub label: String,
    /// Its height; below zero counts as zero.
    pub value: f64,
    /// The value as people read it.
    pub shown: String,
}

/// A line across the bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it means.
    pub label: String,
    /// Its height.
    pub value: f64,
}

/// A table of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// By which a file of this table alone is asked for.
    pub name: String,
    /// Its name; in a workbook the name of its sheet.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; a row may be shorter than the columns.
    pub rows: Vec<Vec<Cell<'static>>>,
    /// The row at its foot: sums where numbers add up; empty for none.
    pub total: Vec<Cell<'static>>,
    /// What belongs to each row and stands below it on paper, such as the codes in a parent; empty for none.
    pub below: Vec<Vec<String>>,
}

impl Table {
    /// Adds the row at the foot: the label in the first column, and the sum of each column whose numbers add up. A table
    /// with fewer than two rows needs none.
    #[must_use]
    pub fn summed(mut self, label: impl Into<String>) -> Self {
        let adds_up = self.columns.iter().skip(1).any(|column| column.kind.adds_up());
        if self.rows.len() < 2 || !adds_up {
            return self;
        }
        let sum = |(at, column): (usize, &Column)| {
            if !column.kind.adds_up() {
                return Cell::Empty;
            }
            let cells = || self.rows.iter().filter_map(|row| row.get(at));
            let weights =
                cells().filter_map(|cell| if let Cell::Kilograms(weight) = cell { Some(*weight) } else { None });
            let counts = cells().filter_map(|cell| if let Cell::Int(n) = cell { Some(*n) } else { None });
            match column.kind {
                crate::cell::Kind::Kilograms => Cell::Kilograms(weights.filter(|weight| weight.is_finite()).sum()),
                _ => Cell::Int(counts.fold(0, i64::saturating_add)),
            }
        };
        let sums = self.columns.iter().enumerate().skip(1).map(sum).collect::<Vec<_>>();
        self.total = std::iter::once(Cell::text(label.into())).chain(sums).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Kind;

    #[test]
    fn a_total_adds_up_counts_and_weights_and_nothing_else() {
        let kinds = [Kind::Text, Kind::Int, Kind::Kilograms, Kind::Percent, Kind::Time];
        let columns = kinds.map(|kind| Column::new("c", kind, 9)).to_vec();
        let row = |n: i64| vec![Cell::text("a"), Cell::Int(n), Cell::Kilograms(0.5), Cell::Percent(50)];
        let table = |rows| Table { columns: columns.clone(), rows, ..Table::default() };
        let total = table(vec![row(2), row(40), vec![]]).summed("Total").total;
        assert_eq!(total, [Cell::text("Total"), Cell::Int(42), Cell::Kilograms(1.0), Cell::Empty, Cell::Empty]);
        assert!(table(vec![row(2)]).summed("Total").total.is_empty());
    }
}
