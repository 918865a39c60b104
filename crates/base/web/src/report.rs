//! What all reports share: one `Report` value that a page shows and a file holds, and the words that fill it.
//!
//! Invariant: a page and its files are made of the same value, so they say the same.

pub mod download;
pub mod picture;
pub mod range;

use base_core::area::Area;
use base_core::report::date_text;
use base_core::time::Moment;
use base_sheet::report::{Bar, Bars, Figure, Number, Table};
use base_sheet::{Cell, Column, Kind};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::App;
use crate::locale;
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

    /// A text with two values.
    pub fn t2(self, key: &str, first: (&str, &str), second: (&str, &str)) -> String {
        locale::text(self.frame.locale, key, &[first, second])
    }

    /// A key figure that counts.
    pub fn figure(self, key: &str, n: i64) -> Figure {
        let number = Some(Number { value: float(n), unit: String::new() });
        Figure { label: self.t(key), value: grouped(n), number, ..Figure::default() }
    }

    /// A key figure in kilograms.
    pub fn kilograms(self, key: &str, weight_kg: i64) -> Figure {
        let unit = self.frame.kg("").trim().to_owned();
        let number = Some(Number { value: float(weight_kg), unit });
        Figure { label: self.t(key), value: self.frame.kg(grouped(weight_kg)), number, ..Figure::default() }
    }

    /// A column.
    pub fn column(self, key: &str, kind: Kind) -> Column {
        let width = match kind {
            Kind::Text => 18,
            Kind::Time => 15,
            Kind::Int | Kind::Kilograms | Kind::Percent | Kind::Decimal | Kind::Date => 12,
        };
        Column::new(self.t(key), kind, width)
    }

    /// A table, with a row of sums at its foot where it has more than one row.
    pub fn table(self, title: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Cell<'static>>>) -> Table {
        let columns = columns.iter().map(|(key, kind)| self.column(key, *kind)).collect();
        let name = title.trim_start_matches("report-").to_owned();
        Table { name, title: self.t(title), columns, rows, ..Table::default() }.summed(self.t("total"))
    }

    /// A picture of whole numbers, each with its name.
    pub fn bars(self, title: &str, bars: impl IntoIterator<Item = (String, i64)>) -> Bars {
        self.picture(title, "chart-most", bars)
    }

    /// A picture of the hours of a day, by their number.
    pub fn hours(self, title: &str, hours: impl IntoIterator<Item = (String, i64)>) -> Bars {
        self.picture(title, "chart-most-hour", hours)
    }

    fn picture(self, title: &str, most: &str, bars: impl IntoIterator<Item = (String, i64)>) -> Bars {
        let bar = |(label, n): (String, i64)| Bar { label, value: float(n), shown: grouped(n) };
        let bars = bars.into_iter().map(bar).collect();
        let mut picture = Bars { title: self.t(title), bars, empty: self.t("chart-empty"), ..Bars::default() };
        if let Some(top) = picture.top() {
            let bar = &picture.bars[top];
            picture.words.push(self.t2(most, ("label", &bar.label), ("value", &bar.shown)));
        }
        picture
    }

    /// A picture whose last bar is today, which is not over.
    pub fn until_today(self, mut picture: Bars) -> Bars {
        if let Some(last) = picture.bars.last().filter(|_| picture.top().is_some()) {
            let words = self.frame.t1("chart-today", "value", &last.shown);
            picture.words.push(words);
        }
        picture
    }

    /// How a script goes on with a picture: the sentence about the highest bar, with `{label}` and `{value}` in it.
    pub fn most_of(self, is_by_hour: bool) -> String {
        let key = if is_by_hour { "chart-most-hour" } else { "chart-most" };
        self.t2(key, ("label", "{label}"), ("value", "{value}"))
    }

    /// The words that paper needs.
    pub fn on_paper(self) -> base_sheet::report::Words {
        base_sheet::report::Words {
            page: self.t2("page-of", ("page", "{page}"), ("pages", "{pages}")).into(),
            unprintable: self.frame.t1("letters-missing", "mark", "{mark}").into(),
        }
    }

    /// A moment as a cell, in the time zone of the site.
    pub fn time(self, at: Moment) -> Cell<'static> {
        if !at.is_known() {
            return Cell::text(self.t("not-known"));
        }
        let stamp = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX);
        Cell::Time(stamp.to_zoned(self.app.as_ref().settings.zone.clone()).datetime())
    }

    /// A person, or that none is known. Somebody who was removed is called that.
    pub fn person(self, name: Option<String>) -> Cell<'static> {
        Cell::text(name.map_or_else(|| self.t("not-known"), |name| self.frame.called(&name)))
    }

    /// An area, or that there is none.
    pub fn area(self, area: Option<&Area>) -> Cell<'static> {
        Cell::text(area.map_or_else(|| self.t("no-area"), Area::title))
    }

    /// The line that says when the report was generated, and in which zone all its times are.
    pub fn made(self) -> String {
        let zone = self.app.as_ref().settings.zone.iana_name().unwrap_or("UTC").replace('_', " ");
        crate::locale::text(self.frame.locale, "report-made", &[("time", &self.now()), ("zone", &zone)])
    }

    /// This moment, as people read it.
    pub fn now(self) -> String {
        // Names of months are English.
        let format = if self.frame.locale == "en" { "%-d %b %Y %H:%M" } else { "%d/%m/%Y %H:%M" };
        self.app.as_ref().clock.now().display(&self.app.as_ref().settings.zone, format)
    }

    /// Days, as the line under a title tells them.
    pub fn days(self, from: Date, to: Date) -> String {
        if from == to { date_text(from) } else { format!("{} – {}", date_text(from), date_text(to)) }
    }
}

/// Counts are far below what a float holds exactly.
fn float(n: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts and kilograms stay below 2^53")]
    let exact = n as f64;
    exact
}
