//! Dispatch areas: what is there now, and what happened in a span of time.

use std::collections::BTreeMap;

use bags_rules::report::{AreaLine, ScanCounts};
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::{Conn, StoreError};

const NOW: &str = "select area,
        cast(sum(case when name in ('parents_pending', 'parents_in_progress', 'parents_completed') then n else 0 end)
            as bigint) as parents,
        cast(sum(case when name = 'children' then n else 0 end) as bigint) as children,
        cast(sum(case when name = 'links' then n else 0 end) as bigint) as linked,
        cast(sum(case when name = 'parents_billed' then n else 0 end) as bigint) as billed
    from counters
    where name in ('parents_pending', 'parents_in_progress', 'parents_completed', 'children', 'links', 'parents_billed')
        and quarter = 0
    group by area order by area";
/// Each figure of one area over its own index. `cross` makes SQLite go from bills to bags: the other way round, it
/// would read every bag of the area.
const OF_SPAN: &str = "select
        (select count(*) from bags where area = $1 and kind = 'parent' and placed in (0, 1)
            and created_at >= $2 and created_at < $3) as parents_created,
        (select count(*) from accounts a join account_roles r on r.account_id = a.id and r.role = 'dispatcher'
            where a.realm = 'staff' and a.area = $1 and exists (select 1 from person_scans p
                where p.account_id = a.id and p.quarter >= $2 and p.quarter < $3)) as dispatchers,
        (select count(*) from bill_areas where area = $1 and created_at >= $2 and created_at < $3) as bills,
        (select cast(coalesce(sum(parents), 0) as bigint) from bill_areas
            where area = $1 and created_at >= $2 and created_at < $3) as bill_parents,
        (select cast(coalesce(sum(b.children), 0) as bigint) from bill_areas i cross join bill_parents p cross join bags b
            where i.area = $1 and i.created_at >= $2 and i.created_at < $3 and p.bill = i.bill and b.code = p.parent
                and b.area = $1) as bill_children";

/// The same of bags without an area, which `bill_areas` does not know and nobody belongs to: from the bills of the span.
const OF_SPAN_NOWHERE: &str = "select
        (select count(*) from bags where area is null and kind = 'parent' and placed in (0, 1)
            and created_at >= $1 and created_at < $2) as parents_created,
        cast(0 as bigint) as dispatchers, count(distinct i.key) as bills, count(*) as bill_parents,
        cast(coalesce(sum(b.children), 0) as bigint) as bill_children
    from bills i cross join bill_parents p cross join bags b
    where i.created_at >= $1 and i.created_at < $2 and p.bill = i.key and b.code = p.parent and b.area is null";

#[derive(sqlx::FromRow)]
struct NowRow {
    area: String,
    parents: i64,
    children: i64,
    linked: i64,
    billed: i64,
}

#[derive(sqlx::FromRow)]
struct SpanRow {
    parents_created: i64,
    dispatchers: i64,
    bills: i64,
    bill_parents: i64,
    bill_children: i64,
}

/// One line for each area of the site and for each other area with bags, as far as the scope covers them.
pub async fn lines(
    mut conn: Conn<'_>,
    scope: &Scope,
    site: &[Area],
    span: (Moment, Moment),
) -> Result<Vec<AreaLine>, StoreError> {
    let now: Vec<NowRow> = on!(conn, c => sqlx::query_as(NOW).fetch_all(&mut **c).await?);
    let mut lines: BTreeMap<Option<Area>, AreaLine> = site
        .iter()
        .map(|area| (Some(area.clone()), AreaLine { area: Some(area.clone()), ..AreaLine::default() }))
        .collect();
    for NowRow { area, parents, children, linked, billed } in now {
        let area = (!area.is_empty()).then(|| Area::new(&area));
        lines.insert(area.clone(), AreaLine { area, parents, children, linked, billed, ..AreaLine::default() });
    }
    // A line for bags without an area is left out when there are none.
    lines.retain(|area, line| scope.covers(area.as_ref()) && (area.is_some() || line.parents + line.children > 0));
    let mut scans: BTreeMap<Option<Area>, ScanCounts> = BTreeMap::new();
    for hour in super::scans::hours(conn.reborrow(), scope, span).await? {
        let of_area = scans.entry(hour.area).or_default();
        *of_area = of_area.plus(hour.counts);
    }
    for (area, line) in &mut lines {
        line.scans = scans.get(area).copied().unwrap_or_default();
        let row: SpanRow = match area {
            Some(area) => on!(conn, c => sqlx::query_as(OF_SPAN)
                .bind(area.as_str()).bind(span.0.0).bind(span.1.0).fetch_one(&mut **c).await?),
            None => on!(conn, c => sqlx::query_as(OF_SPAN_NOWHERE)
                .bind(span.0.0).bind(span.1.0).fetch_one(&mut **c).await?),
        };
        line.parents_created = row.parents_created;
        line.dispatchers = row.dispatchers;
        line.bills = row.bills;
        line.bill_parents = row.bill_parents;
        line.bill_children = row.bill_children;
    }
    Ok(lines.into_values().collect())
}

/// The statements of this file, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    [NOW, OF_SPAN, OF_SPAN_NOWHERE].map(str::to_owned).into()
}
