//! Lists: one part for every page that shows rows. A page says which columns there are and what stands in each row; the
//! heads, the columns that a person has put away, the views they saved, picking rows and what is done with them come from
//! here.
//!
//! Invariant: a list works without script, and says the same with every column put away or shown: only the columns differ.

pub mod cell;
pub mod kept;
pub mod pages;
pub mod picked;

use std::collections::BTreeMap;

use askama::Template;
pub use cell::{Button, Cell, Row, Tone};
pub use kept::{Kept, SavedView};
pub use picked::Picked;

pub use crate::columns::{Column, ListKind, Shown};
use crate::error::Problem;
use crate::filter::FilterBar;
use crate::view::{Fragment, Frame};

/// How a column sorts its list.
struct Sort {
    /// As `aria-sort` says it.
    order: &'static str,
    /// The list sorted by it.
    address: String,
}

/// A part of a list that has a link of its own above it.
pub struct View {
    /// What it is called.
    pub words: String,
    /// How many rows it has, where that is known.
    pub count: Option<i64>,
    /// Its address.
    pub address: String,
    /// True for the one that is shown.
    pub is_shown: bool,
}

/// What can be done with rows that were picked.
pub struct Bulk {
    /// Where the picked rows are sent, as `pick`.
    pub address: String,
    /// The buttons.
    pub acts: Vec<Act>,
}

/// A button for the rows that were picked.
pub struct Act {
    /// What is sent as `act`.
    pub name: &'static str,
    /// What stands on it.
    pub words: String,
    /// True when it removes something.
    pub removes: bool,
}

/// A list with its rows.
#[derive(Template)]
#[template(path = "kit/list.html")]
pub struct List {
    frame: Frame,
    kind: &'static ListKind,
    kept: Kept,
    sorts: BTreeMap<&'static str, Sort>,
    rows: Vec<Row>,
    bulk: Option<Bulk>,
}

impl List {
    /// A list of these rows.
    pub fn new(frame: &Frame, kind: &'static ListKind, kept: &Kept, rows: Vec<Row>) -> Self {
        Self { frame: frame.clone(), kind, kept: kept.clone(), sorts: BTreeMap::new(), rows, bulk: None }
    }

    /// With a column that sorts the list. `order` is as `aria-sort` says it.
    #[must_use]
    pub fn sorted(mut self, column: &'static str, order: &'static str, address: String) -> Self {
        self.sorts.insert(column, Sort { order, address });
        self
    }

    /// With something that can be done with rows that are picked.
    #[must_use]
    pub fn bulk(self, bulk: Option<Bulk>) -> Self {
        Self { bulk: bulk.filter(|bulk| !bulk.acts.is_empty()), ..self }
    }

    /// The list as a part of a page; nothing where it has no rows.
    pub fn shown(&self) -> Result<Fragment, Problem> {
        if self.rows.is_empty() { Ok(Fragment::default()) } else { Fragment::of(self) }
    }

    fn columns(&self) -> Vec<&'static Column> {
        self.kind.columns.iter().filter(|column| self.kept.shows(column)).collect()
    }

    fn sort(&self, column: &Column) -> Option<&Sort> {
        self.sorts.get(column.name)
    }
}

/// What stands above a list: its views, and after the filters the choice of columns and of views.
#[derive(Template)]
#[template(path = "kit/list_views.html")]
struct ViewsPart {
    views: Vec<View>,
    label: String,
}

#[derive(Template)]
#[template(path = "kit/list_tools.html")]
struct ToolsPart<'p> {
    frame: &'p Frame,
    kind: &'static ListKind,
    kept: &'p Kept,
    /// What is shown now, as the query of an address.
    query: String,
    /// The saved view that is shown now.
    shown: Option<&'p SavedView>,
    /// False for a list without filters, of which there is nothing to save.
    has_views: bool,
    /// The address of the list, where it is one of many of its kind.
    at: &'p str,
}

impl ToolsPart<'_> {
    fn optional(&self) -> Vec<&'static Column> {
        self.kind.columns.iter().filter(|column| column.is_optional()).collect()
    }
}

/// The parts of a page above its list.
#[derive(Default)]
pub struct Above {
    /// The views, first on the page.
    pub views: Fragment,
    /// The choice of columns and of views, after the filters.
    pub tools: Fragment,
}

/// What stands above a list. `views` are the page's own, to which those are added that the person saved.
pub fn above(
    frame: &Frame,
    kind: &'static ListKind,
    kept: &Kept,
    bar: &FilterBar,
    mut views: Vec<View>,
) -> Result<Above, Problem> {
    let query = bar.query();
    let shown = kept.views.iter().find(|view| view.query == query);
    if shown.is_some() {
        for view in &mut views {
            view.is_shown = false;
        }
    }
    views.extend(kept.views.iter().map(|view| View {
        words: view.name.clone(),
        count: None,
        address: format!("{}?{}", kind.path, view.query),
        is_shown: shown == Some(view),
    }));
    let tools = Fragment::of(&ToolsPart { frame, kind, kept, query, shown, has_views: true, at: "" })?;
    let views = if views.is_empty() {
        Fragment::default()
    } else {
        Fragment::of(&ViewsPart { views, label: frame.t("views") })?
    };
    Ok(Above { views, tools })
}

/// The choice of columns of a list that is a part of a page at this address, and has no filters.
pub fn columns_of(frame: &Frame, kind: &'static ListKind, kept: &Kept, at: &str) -> Result<Fragment, Problem> {
    Fragment::of(&ToolsPart { frame, kind, kept, query: String::new(), shown: None, has_views: false, at })
}
