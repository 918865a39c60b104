//! The scans of a span of time, by hour, area and person.

use tallyhouse_core::area::{Area, Scope};
use tallyhouse_core::report::ScanCounts;
use tallyhouse_core::time::{HOUR_US, Moment};

use crate::db::Conn;
use crate::error::StoreError;
use crate::query::Query;

/// Most people of one day that are read; a house has some hundred.
pub const PEOPLE_MAX: u32 = 1000;

#[derive(sqlx::FromRow)]
struct CountRow {
    parents: i64,
    children: i64,
    bills: i64,
    others: i64,
    refused: i64,
}

#[derive(sqlx::FromRow)]
struct HourRow {
    hour: i64,
    #[sqlx(flatten)]
    counts: CountRow,
}

#[derive(sqlx::FromRow)]
struct AreaRow {
    area: String,
    #[sqlx(flatten)]
    counts: CountRow,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    person: Option<String>,
    #[sqlx(flatten)]
    counts: CountRow,
}

impl CountRow {
    fn counts(&self) -> ScanCounts {
        let Self { parents, children, bills, others, refused } = *self;
        ScanCounts { parents, children, bills, others, refused }
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

fn counted(mut query: Query, scope: &Scope, (from, until): (Moment, Moment)) -> Query {
    query.push(SIDE_BY_SIDE).bind(" and quarter >= ? and quarter < ?", [from.0.into(), until.0.into()]);
    if let Scope::Area(area) = scope {
        query.bind(" and area = ?", [area.as_str().into()]);
    }
    query.push(" group by 1 order by 1");
    query
}

fn by_hour(scope: &Scope, span: (Moment, Moment)) -> Query {
    // Counted from the beginning of the span: a day begins with a quarter of an hour in every zone, not with an hour.
    let mut query = Query::default();
    query.bind("select (quarter - ?) / 3600000000 as hour", [span.0.0.into()]);
    counted(query, scope, span)
}

fn by_person(scope: &Scope, (from, until): (Moment, Moment)) -> Query {
    let mut query = Query::new(
        "select a.username as person, p.parents, p.children, p.bills, p.others, p.refused from (
            select account_id, cast(sum(parents) as bigint) as parents, cast(sum(children) as bigint) as children,
                cast(sum(bills) as bigint) as bills, cast(sum(others) as bigint) as others,
                cast(sum(refused) as bigint) as refused
            from person_scans",
    );
    query.bind(" where quarter >= ? and quarter < ?", [from.0.into(), until.0.into()]);
    query.push(" group by account_id) p left join accounts a on a.id = p.account_id");
    if let Scope::Area(area) = scope {
        query.bind(" where a.area = ?", [area.as_str().into()]);
    }
    query.bind(
        " order by p.parents + p.children + p.bills + p.others desc, a.username limit ?",
        [i64::from(PEOPLE_MAX).into()],
    );
    query
}

/// Scans by hour: the first moment of each hour that has any.
pub async fn hours(
    mut conn: Conn<'_>,
    scope: &Scope,
    span: (Moment, Moment),
) -> Result<Vec<(Moment, ScanCounts)>, StoreError> {
    if *scope == Scope::Nothing {
        return Ok(Vec::new());
    }
    let rows = select_query!(conn, by_hour(scope, span), HourRow);
    Ok(rows.iter().map(|row| (span.0.plus_us(row.hour * HOUR_US), row.counts.counts())).collect())
}

/// Scans by area; `None` is no area.
pub async fn areas(
    mut conn: Conn<'_>,
    scope: &Scope,
    span: (Moment, Moment),
) -> Result<Vec<(Option<Area>, ScanCounts)>, StoreError> {
    if *scope == Scope::Nothing {
        return Ok(Vec::new());
    }
    let rows = select_query!(conn, counted(Query::new("select area"), scope, span), AreaRow);
    let area = |text: &str| (!text.is_empty()).then(|| Area::new(text));
    Ok(rows.iter().map(|row| (area(&row.area), row.counts.counts())).collect())
}

/// Scans by person, the busiest first. In an area: the people who belong to it, as a scan is not kept by person and area.
pub async fn people(
    mut conn: Conn<'_>,
    scope: &Scope,
    span: (Moment, Moment),
) -> Result<Vec<(Option<String>, ScanCounts)>, StoreError> {
    if *scope == Scope::Nothing {
        return Ok(Vec::new());
    }
    let rows = select_query!(conn, by_person(scope, span), PersonRow);
    Ok(rows.into_iter().map(|row| (row.person, row.counts.counts())).collect())
}

/// Every text of this file, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    let (span, area) = ((Moment(0), Moment(9)), Scope::Area(Area::new("lucknow")));
    let of =
        |scope: &Scope| [by_hour(scope, span), counted(Query::new("select area"), scope, span), by_person(scope, span)];
    of(&Scope::All).into_iter().chain(of(&area)).map(|query| query.text().to_owned()).collect()
}
