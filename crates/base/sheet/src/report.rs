//! A report as a value: the same one is shown on a page, and written as CSV, workbook and PDF.
//!
//! Its words are already in the reader's language; no writer adds a word of its own.

use std::borrow::Cow;

use crate::cell::{Cell, Column};

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its name.
    pub title: String,
    /// Lines under the name: for whom, from when to when.
    pub lines: Vec<String>,
    /// Key figures.
    pub figures: Vec<Figure>,
    /// The one chart.
    pub bars: Option<Bars>,
    /// The tables, in order.
    pub tables: Vec<Table>,
    /// What is shown instead of rows when a table has none.
    pub no_data: Cow<'static, str>,
}

/// A key figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub label: String,
    /// The figure as people read it, with its unit.
    pub value: String,
}

/// A chart of bars side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What it shows, with the unit.
    pub title: String,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// A line to compare them with.
    pub target: Option<Target>,
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
    /// Its name; in a workbook the name of its sheet.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; a row may be shorter than the columns.
    pub rows: Vec<Vec<Cell<'static>>>,
}
