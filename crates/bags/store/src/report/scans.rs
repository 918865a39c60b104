//! The scans of a span of time, by hour, area and person.

use bags_rules::report::{HourOfArea, ScanCounts};
use base_core::area::{Area, Scope};
use base_core::time::{HOUR_US, Moment};
use base_db::query::Query;
use base_db::{Conn, StoreError};

/// Most people of one day that are read; a site has a few hundred.
pub const PEOPLE_MAX: u32 = 1000;

packed_row! {
    struct HourRow {
        area: String,
        hour: i64,
        parents: i64,
        children: i64,
        bills: i64,
        others: i64,
        refused: i64,
    }
}

packed_row! {
    struct PersonRow {
        person: Option<String>,
        parents: i64,
        children: i64,
        bills: i64,
        others: i64,
        refused: i64,
    }
}

/// The five counters of scans side by side.
const SIDE_BY_SIDE: &str = ", cast(sum(case when name = 'scans_parent' then n else 0 end) as bigint) as parents,
        cast(sum(case when name = 'scans_child' then n else 0 end) as bigint) as children,
        cast(sum(case when name = 'scans_bill' then n else 0 end) as bigint) as bills,
        cast(sum(case when name = 'scans_other' then n else 0 end) as bigint) as others,
        cast(sum(case when name = 'scans_refused' then n else 0 end) as bigint) as refused
    from counters
    where name in ('scans_parent', 'scans_child', 'scans_bill', 'scans_other', 'scans_refused')";

/// Hours are counted from the beginning of the span: a day begins with a quarter of an hour in every zone, not with an
/// hour.
fn by_hour(scope: &Scope, (from, until): (Moment, Moment)) -> Query {
    let mut query = Query::default();
    query.bind("select area, (quarter - ?) / 3600000000 as hour", [from.0.into()]);
    query.push(SIDE_BY_SIDE).bind(" and quarter >= ? and quarter < ?", [from.0.into(), until.0.into()]);
    if let Scope::Area(area) = scope {
        query.bind(" and area = ?", [area.as_str().into()]);
    }
    query.push(" group by 1, 2");
    query
}

/// The quarters of one person are adjacent, so they are read person by person. `cross` makes SQLite keep that order.
fn by_person(scope: &Scope, (from, until): (Moment, Moment)) -> Query {
    let mut query = Query::new(
        "select a.username as person, p.parents, p.children, p.bills, p.others, p.refused from (
            select t.account_id, cast(sum(q.parents) as bigint) as parents, cast(sum(q.children) as bigint) as children,
                cast(sum(q.bills) as bigint) as bills, cast(sum(q.others) as bigint) as others,
                cast(sum(q.refused) as bigint) as refused
            from person_totals t cross join person_scans q",
    );
    query.bind(
        " where q.account_id = t.account_id and q.quarter >= ? and q.quarter < ? and t.last_at >= ?",
        [from.0.into(), until.0.into(), from.0.into()],
    );
    query.push(" group by t.account_id) p left join accounts a on a.id = p.account_id");
    if let Scope::Area(area) = scope {
        query.bind(" where a.area = ?", [area.as_str().into()]);
    }
    query.bind(
        " order by p.parents + p.children + p.bills + p.others desc, a.username limit ?",
        [i64::from(PEOPLE_MAX).into()],
    );
    query
}

/// Scans by area and hour, without empty hours, in no particular order.
pub async fn hours(mut conn: Conn<'_>, scope: &Scope, span: (Moment, Moment)) -> Result<Vec<HourOfArea>, StoreError> {
    if *scope == Scope::Nothing {
        return Ok(Vec::new());
    }
    let rows = select_packed!(conn, by_hour(scope, span), HourRow);
    let hour = |row: HourRow| {
        let HourRow { area, hour, parents, children, bills, others, refused } = row;
        let counts = ScanCounts { parents, children, bills, others, refused };
        HourOfArea { area: (!area.is_empty()).then(|| Area::new(&area)), from: span.0.plus_us(hour * HOUR_US), counts }
    };
    Ok(rows.into_iter().map(hour).collect())
}

/// Scans by person, the busiest first. In an area: the people who belong to it, because scans are not counted by person
/// and area.
pub async fn people(
    mut conn: Conn<'_>,
    scope: &Scope,
    span: (Moment, Moment),
) -> Result<Vec<(Option<String>, ScanCounts)>, StoreError> {
    if *scope == Scope::Nothing {
        return Ok(Vec::new());
    }
    let rows = select_packed!(conn, by_person(scope, span), PersonRow);
    let line = |row: PersonRow| {
        let PersonRow { person, parents, children, bills, others, refused } = row;
        (person, ScanCounts { parents, children, bills, others, refused })
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The statements of this file, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    let (span, area) = ((Moment(0), Moment(9)), Scope::Area(Area::new("lucknow")));
    let of = |scope: &Scope| [by_hour(scope, span), by_person(scope, span)];
    of(&Scope::All).into_iter().chain(of(&area)).map(|query| query.text().to_owned()).collect()
}
