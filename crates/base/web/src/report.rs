//! What all reports share: one `Report` value that a page shows and a file holds, and the words that fill it.
//!
//! Invariant: a page and its files are made of the same value, so they say the same.

pub mod download;
pub mod picture;
pub mod range;

use base_core::area::Area;
use base_core::report::date_text;
use base_core::time::Moment;
use base_sheet::report::{Bar, Bars, Figure, Table};
use base_sheet::{Cell, Column, Kind};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::App;
use crate::view::{Frame, grouped};

/// The words of one reader at one site. `A` is the state of the wing that reports.
pub struct Words<'w, A = App> {
    /// The site.
    pub app: &'w A,
    /// Who reads.
    pub frame: &'w Frame,
}

impl<A> Clone for Words<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Words<'_, A> {}

impl<A: AsRef<App>> Words<'_, A> {
    /// A text.
    pub fn t(self, key: &str) -> String {
        self.frame.t(key)
    }

    /// A key figure that counts.
    pub fn figure(self, key: &str, n: i64) -> Figure {
        Figure { label: self.t(key), value: grouped(n) }
    }

    /// A key figure in kilograms.
    pub fn kilograms(self, key: &str, weight_kg: i64) -> Figure {
        Figure { label: self.t(key), value: self.frame.kg(grouped(weight_kg)) }
    }

    /// A column.
    pub fn column(self, key: &str, kind: Kind) -> Column {
        let width = match kind {
            Kind::Text => 18,
            Kind::Time => 15,
            Kind::Int | Kind::Kilograms => 12,
        };
        Column::new(self.t(key), kind, width)
    }

    /// A table.
    pub fn table(self, title: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Cell<'static>>>) -> Table {
        let columns = columns.iter().map(|(key, kind)| self.column(key, *kind)).collect();
        Table { title: self.t(title), columns, rows }
    }

    /// A picture of whole numbers.
    pub fn bars(self, title: &str, bars: impl IntoIterator<Item = (String, i64)>) -> Bars {
        // Counts of a day or a year are far below what a float holds exactly.
        let value = |n: i64| f64::from(i32::try_from(n).unwrap_or(i32::MAX));
        let bar = |(label, n): (String, i64)| Bar { label, value: value(n), shown: grouped(n) };
        Bars { title: self.t(title), bars: bars.into_iter().map(bar).collect(), target: None }
    }

    /// A moment as a cell, in the time zone of the site.
    pub fn time(self, at: Moment) -> Cell<'static> {
        let stamp = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX);
        Cell::Time(stamp.to_zoned(self.app.as_ref().settings.zone.clone()).datetime())
    }

    /// A person, or that the account was removed.
    pub fn person(self, name: Option<String>) -> Cell<'static> {
        Cell::text(name.unwrap_or_else(|| self.t("report-account-removed")))
    }

    /// An area, or that there is none.
    pub fn area(self, area: Option<&Area>) -> Cell<'static> {
        Cell::text(area.map_or_else(|| self.t("no-area"), Area::title))
    }

    /// The line that says when the report was generated, and in which zone all its times are.
    pub fn made(self) -> String {
        // Names of months are English.
        let format = if self.frame.locale == "en" { "%-d %b %Y %H:%M" } else { "%d/%m/%Y %H:%M" };
        let now = self.app.as_ref().clock.now().display(&self.app.as_ref().settings.zone, format);
        let zone = self.app.as_ref().settings.zone.iana_name().unwrap_or("UTC").replace('_', " ");
        crate::locale::text(self.frame.locale, "report-made", &[("time", &now), ("zone", &zone)])
    }

    /// Days, as the line under a title tells them.
    pub fn days(self, from: Date, to: Date) -> String {
        if from == to { date_text(from) } else { format!("{} – {}", date_text(from), date_text(to)) }
    }
}
