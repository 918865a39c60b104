//! How a page of bills is read: along which index, from where to where, and what is skipped on the way.

use bags_rules::bill::BillStatus;
use base_core::area::Area;
use base_core::time::Moment;
use base_db::query::{Query, Value};

use super::filter::{BillCursor, BillFilter, BillOrder, StatusFilter};
use super::text::Text;
use crate::search;
use crate::search::LAST;

// The bounds of a walk, always the same four values: where it ends (inclusive), where it begins (exclusive).
macro_rules! newest {
    ($key:literal) => {
        concat!(
            " and (created_at, ",
            $key,
            ") >= (?, ?) and (created_at, ",
            $key,
            ") < (?, ?) order by created_at desc, ",
            $key,
            " desc limit ?"
        )
    };
}
macro_rules! oldest {
    ($key:literal) => {
        concat!(
            " and (created_at, ",
            $key,
            ") <= (?, ?) and (created_at, ",
            $key,
            ") > (?, ?) order by created_at, ",
            $key,
            " limit ?"
        )
    };
}

/// One walk along an index.
pub(super) struct Walk<'w> {
    filter: &'w BillFilter,
    text: Option<&'w Text>,
    cursor: Option<&'w BillCursor>,
}

/// The index along which it goes.
enum Along<'w> {
    /// A few bills, by their numbers.
    Keys(&'w [String]),
    Number,
    Area(&'w Area),
    Person(i64),
    /// Whose bills, or everybody's.
    Status(Option<i64>, BillStatus),
    Open(Option<i64>),
    Age,
}

impl<'w> Walk<'w> {
    pub fn new(filter: &'w BillFilter, text: Option<&'w Text>, cursor: Option<&'w BillCursor>) -> Self {
        Self { filter, text, cursor }
    }

    fn along(&self) -> Along<'w> {
        let filter = self.filter;
        match (self.text, &filter.area, filter.created_by, filter.status) {
            (Some(Text::Only(keys)), ..) => Along::Keys(keys),
            _ if filter.order == BillOrder::Number => Along::Number,
            (_, Some(area), ..) => Along::Area(area),
            (_, None, person, Some(StatusFilter::Open)) => Along::Open(person),
            (_, None, person, Some(StatusFilter::One(status))) => Along::Status(person, status),
            (_, None, Some(person), None) => Along::Person(person),
            (_, None, None, None) => Along::Age,
        }
    }

    /// True when bills on the way may not match, so that the walk needs a limit.
    pub fn leaves_out(&self) -> bool {
        let filter = self.filter;
        let has_days = filter.from.is_some() || filter.until.is_some();
        let is_common = matches!(self.text, Some(Text::Anywhere(_) | Text::Beginning(_)));
        let is_anywhere = matches!(self.text, Some(Text::Anywhere(_)));
        match self.along() {
            Along::Keys(_) => false,
            Along::Number => {
                is_anywhere
                    || has_days
                    || filter.status.is_some()
                    || filter.created_by.is_some()
                    || filter.area.is_some()
            }
            Along::Area(_) => is_common || filter.status.is_some() || filter.created_by.is_some(),
            Along::Person(_) | Along::Open(_) | Along::Status(..) | Along::Age => is_common,
        }
    }

    /// The bill number `steps` on this walk, when it is that long.
    pub fn end_of(&self, steps: u32) -> Query {
        let mut query = Query::new("select key, created_at from (");
        self.push_source(&mut query, None, steps.into());
        query.push(") s").push(self.sorted("s"));
        query.bind(" limit 1 offset ?", [i64::from(steps - 1).into()]);
        query
    }

    /// The matching bills, up to `end` and up to `limit` of them.
    pub fn page(&self, end: Option<&BillCursor>, limit: u32) -> Query {
        // A few bills are all looked at; many only as far as `end`.
        let looks_at_all = self.leaves_out() || matches!(self.along(), Along::Keys(_));
        let steps = if looks_at_all { i64::MAX } else { i64::from(limit) };
        let mut query = Query::new(
            "select x.key, x.bill, x.description, x.destination, x.vehicle_number, x.capacity, x.status, x.parents,
                x.children, x.created_at,
                x.completed_at, a.called as creator, c.called as completer
             from (select i.* from (",
        );
        self.push_source(&mut query, end, steps);
        query.push(") s cross join bills i where i.key = s.key");
        self.push_left_out(&mut query);
        query.push(self.sorted("s"));
        query.bind(
            " limit ?) x left join accounts a on a.id = x.created_by left join accounts c on c.id = x.completed_by",
            [i64::from(limit).into()],
        );
        query.push(self.sorted("x")).bind(" limit ?", [i64::from(limit).into()]);
        query
    }

    fn sorted(&self, of: &str) -> &'static str {
        match (self.filter.order, of) {
            (BillOrder::Newest, "s") => " order by s.created_at desc, s.key desc",
            (BillOrder::Oldest, "s") => " order by s.created_at, s.key",
            (BillOrder::Number, "s") => " order by s.key",
            (BillOrder::Newest, _) => " order by x.created_at desc, x.key desc",
            (BillOrder::Oldest, _) => " order by x.created_at, x.key",
            (BillOrder::Number, _) => " order by x.key",
        }
    }

    fn push_source(&self, query: &mut Query, end: Option<&BillCursor>, steps: i64) {
        match self.along() {
            Along::Keys(keys) => {
                // Read separately: PostgreSQL would otherwise walk all bills in order until it found these few.
                query.push("select key, created_at from (select key, created_at from bills where key in (");
                // Padded to a power of two, so that few texts are prepared.
                let all = keys.iter().chain(keys.last().into_iter().cycle());
                for (at, key) in all.take(keys.len().next_power_of_two()).enumerate() {
                    query.bind(if at == 0 { "?" } else { ", ?" }, [key.as_str().into()]);
                }
                query.bind(") limit ?) w where 1 = 1", [i64::try_from(keys.len()).unwrap_or(i64::MAX).into()]);
                self.push_bounds(query, end, steps);
            }
            Along::Area(area) => {
                query.bind("select bill as key, created_at from bill_areas where area = ?", [area.as_str().into()]);
                let bounds = self.bounds(end, steps);
                match self.filter.order {
                    BillOrder::Oldest => query.bind(oldest!("bill"), bounds),
                    _ => query.bind(newest!("bill"), bounds),
                };
            }
            Along::Person(person) => {
                query.bind("select key, created_at from bills where created_by = ?", [person.into()]);
                self.push_bounds(query, end, steps);
            }
            Along::Status(person, status) => self.push_status(query, (person, status), end, steps),
            Along::Open(person) => {
                query.push("select key, created_at from (select * from (");
                self.push_status(query, (person, BillStatus::New), end, steps);
                query.push(") fresh union all select * from (");
                self.push_status(query, (person, BillStatus::Processing), end, steps);
                query.push(") going) s").push(self.sorted("s")).bind(" limit ?", [steps.into()]);
            }
            Along::Number | Along::Age => {
                query.push("select key, created_at from bills where 1 = 1");
                self.push_bounds(query, end, steps);
            }
        }
    }

    fn push_status(
        &self,
        query: &mut Query,
        (person, status): (Option<i64>, BillStatus),
        end: Option<&BillCursor>,
        steps: i64,
    ) {
        query.bind("select key, created_at from bills where status = ?", [status.name().into()]);
        if let Some(person) = person {
            query.bind(" and created_by = ?", [person.into()]);
        }
        self.push_bounds(query, end, steps);
    }

    fn push_bounds(&self, query: &mut Query, end: Option<&BillCursor>, steps: i64) {
        match self.filter.order {
            BillOrder::Newest => query.bind(newest!("key"), self.bounds(end, steps)),
            BillOrder::Oldest => query.bind(oldest!("key"), self.bounds(end, steps)),
            BillOrder::Number => {
                let (first, last) = match self.text {
                    Some(Text::Beginning(beginning)) => (beginning.as_str(), search::end_of(beginning)),
                    _ => ("", LAST.to_owned()),
                };
                let last = end.map_or(last, |end| end.key.as_str().to_owned());
                let after = self.cursor.map_or("", |cursor| cursor.key.as_str());
                let values = [first.into(), after.into(), last.as_str().into(), steps.into()];
                query.bind(" and key >= ? and key > ? and key <= ? order by key limit ?", values)
            }
        };
    }

    /// Where the walk ends, where it begins, and after how many steps.
    fn bounds(&self, end: Option<&BillCursor>, steps: i64) -> [Value; 5] {
        let (from, until) = (self.filter.from.unwrap_or(Moment(0)), self.filter.until.unwrap_or(Moment(i64::MAX)));
        let (last, first) = if self.filter.order == BillOrder::Oldest { (until, from) } else { (from, until) };
        let (last, first) = (place(end, last), place(self.cursor, first));
        [last.0.into(), last.1.into(), first.0.into(), first.1.into(), steps.into()]
    }

    /// The conditions that the index does not cover.
    fn push_left_out(&self, query: &mut Query) {
        let (filter, along) = (self.filter, self.along());
        let by_key = matches!(along, Along::Keys(_) | Along::Number);
        if let Some(area) = filter.area.as_ref().filter(|_| by_key) {
            query.bind(
                " and exists (select 1 from bill_areas o where o.area = ? and o.created_at = i.created_at and o.bill = i.key)",
                [area.as_str().into()],
            );
        }
        if filter.order == BillOrder::Number && (filter.from.is_some() || filter.until.is_some()) {
            let (from, until) = (filter.from.unwrap_or(Moment(0)), filter.until.unwrap_or(Moment(i64::MAX)));
            query.bind(" and i.created_at >= ? and i.created_at < ?", [from.0.into(), until.0.into()]);
        }
        match filter.status {
            Some(StatusFilter::Open) if !matches!(along, Along::Open(_)) => {
                query.push(" and i.status <> 'completed'");
            }
            Some(StatusFilter::One(status)) if !matches!(along, Along::Status(..)) => {
                query.bind(" and i.status = ?", [status.name().into()]);
            }
            _ => {}
        }
        let by_person = matches!(along, Along::Person(_) | Along::Open(Some(_)) | Along::Status(Some(_), _));
        if let Some(person) = filter.created_by.filter(|_| !by_person) {
            query.bind(" and i.created_by = ?", [person.into()]);
        }
        match self.text {
            Some(Text::Anywhere(pattern)) => {
                query.bind(" and i.key like ? escape '\\'", [pattern.as_str().into()]);
            }
            Some(Text::Beginning(beginning)) if !matches!(along, Along::Number) => {
                let end = search::end_of(beginning);
                query.bind(" and i.key >= ? and i.key < ?", [beginning.as_str().into(), end.as_str().into()]);
            }
            _ => {}
        }
    }
}

/// After a bill, or at the boundary of a day.
fn place(at: Option<&BillCursor>, day: Moment) -> (i64, &str) {
    at.map_or((day.0, ""), |cursor| (cursor.created_at.0, cursor.key.as_str()))
}
