//! What is read of each table: one statement for each kind, which a cursor walks once. Each row comes with what refers
//! to it: codes instead of numbers, and the scan, link or bill of the same moment.
//!
//! Invariant: each statement reads its tables a fixed number of times, whatever indexes there are and however many
//! rows. Every join is one of equal values, so that it can be hashed; nothing is looked up row by row.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::SAME_ACT_US_MAX;
use crate::store::rows::Kind;

/// A time in UTC microseconds; null where there is none, or it is infinite.
macro_rules! micros {
    ($time:literal) => {
        concat!("case when isfinite(", $time, ") then cast(extract(epoch from ", $time, ") * 1000000 as bigint) end")
    };
}

/// A condition that two times belong to one act.
macro_rules! same_act {
    ($one:literal, $other:literal) => {
        concat!(
            $one,
            " between ",
            $other,
            " - {span} * interval '1 microsecond' and ",
            $other,
            " + {span} * interval '1 microsecond'"
        )
    };
}

/// Rows as JSON, so that columns which an old database lacks are simply not there.
macro_rules! whole_rows {
    ($table:literal) => {
        concat!(
            "select cast(t.id as bigint), cast(to_jsonb(t) as text) from ",
            $table,
            " t where t.id > {after} order by t.id"
        )
    };
}

/// Which scan put which parent on which bill. A plain scan did only where a place on a bill is waiting for it: in the
/// same moment, by somebody who may, and once: each is the nearest of the other. A scan that created its parent chose
/// it, even when the parent was put on a bill in the same moment.
macro_rules! pairs {
    () => {
        concat!(
            "candidates as materialized (select k.id as place, s.id as scan, k.bill_id, s.user_id,
                    abs(extract(epoch from k.created_at - s.\"timestamp\")) as apart
                from bill_bag k
                join scan s on {scan_parent} = k.bag_id and s.child_bag_id is null
                join \"user\" u on u.id = s.user_id and lower(trim(u.role)) in ('admin', 'biller')
                left join bag p on p.id = k.bag_id
                where ",
            same_act!("k.created_at", "s.\"timestamp\""),
            " and (p.created_at is null or not (",
            same_act!("p.created_at", "s.\"timestamp\""),
            "))),
            nearest as materialized (
                select distinct on (place) place, scan, bill_id, user_id, apart from candidates
                order by place, apart, scan),
            pairs as materialized (
                select distinct on (scan) place, scan, bill_id, user_id from nearest order by scan, apart, place)"
        )
    };
}

const AUDIT: &str = "select cast(t.id as bigint), cast(to_jsonb(t) || jsonb_build_object('entity_name',
            coalesce(u.username, b.qr_id, i.bill_id)) as text)
        from audit_log t
        left join \"user\" u on u.id = case when lower(trim(t.entity_type)) = 'user' then t.entity_id end
        left join bag b on b.id = case when lower(trim(t.entity_type)) = 'bag' then t.entity_id end
        left join bill i on i.id = case when lower(trim(t.entity_type)) = 'bill' then t.entity_id end
        where t.id > {after} order by t.id";

const LINKS: &str = concat!(
    "with near as materialized (
        select distinct on (k.id) k.id, s.id as scan, s.\"timestamp\" as at, s.user_id
        from link k join scan s on {scan_child} = k.child_bag_id
        where k.id > {after} and ",
    same_act!("s.\"timestamp\"", "k.created_at"),
    " order by k.id, abs(extract(epoch from s.\"timestamp\" - k.created_at)), s.id)
    select cast(t.id as bigint), p.qr_id, c.qr_id, ",
    micros!("t.created_at"),
    ", cast(s.scan as bigint), ",
    micros!("s.at"),
    ", cast(s.user_id as bigint)
    from link t
    left join bag p on p.id = t.parent_bag_id
    left join bag c on c.id = t.child_bag_id
    left join near s on s.id = t.id
    where t.id > {after} order by t.id"
);

const BILL_BAGS: &str = concat!(
    "with ",
    pairs!(),
    " select cast(t.id as bigint), cast(t.bill_id as bigint), p.qr_id, ",
    micros!("t.created_at"),
    ", cast(s.id as bigint), ",
    micros!("s.\"timestamp\""),
    ", cast(s.user_id as bigint)
    from bill_bag t
    left join bag p on p.id = t.bag_id
    left join pairs x on x.place = t.id
    left join scan s on s.id = x.scan
    where t.id > {after} order by t.id"
);

// A scan without a bag is that of a parent that the same person created in the same moment. Moments are compared by
// steps of five seconds and the steps beside them, so that people with many bags cost no more than others.
const SCANS: &str = concat!(
    "with ",
    pairs!(),
    ", linked as materialized (
        select distinct on (s.id) s.id, g.qr_id from scan s
        join link k on k.child_bag_id = {scan_child} join bag g on g.id = k.parent_bag_id
        where s.id > {after} and s.parent_bag_id is null and ",
    same_act!("k.created_at", "s.\"timestamp\""),
    " order by s.id, abs(extract(epoch from k.created_at - s.\"timestamp\")), k.id),
    bare as materialized (
        select s.id, s.user_id, s.\"timestamp\", floor(extract(epoch from s.\"timestamp\") / 5) + n.n as step
        from scan s, (values (-1), (0), (1)) n (n)
        where s.id > {after} and s.parent_bag_id is null and s.child_bag_id is null and {oldest} is null
            and isfinite(s.\"timestamp\")),
    fresh as materialized (
        select distinct on (s.id) s.id, g.qr_id from bare s
        join bag g on g.user_id = s.user_id and g.type = 'parent' and isfinite(g.created_at)
            and floor(extract(epoch from g.created_at) / 5) = s.step
        where ",
    same_act!("g.created_at", "s.\"timestamp\""),
    " order by s.id, abs(extract(epoch from g.created_at - s.\"timestamp\")), g.id)
    select cast(t.id as bigint), ",
    micros!("t.\"timestamp\""),
    ", cast(t.user_id as bigint), p.qr_id, c.qr_id, o.qr_id, o.type, l.qr_id, n.qr_id, cast(b.bill_id as bigint)
    from (select s.*, {oldest} as oldest_bag from scan s where s.id > {after}) t
    left join bag p on p.id = t.parent_bag_id
    left join bag c on c.id = t.child_bag_id
    left join bag o on o.id = case when t.parent_bag_id is null and t.child_bag_id is null then t.oldest_bag end
    left join linked l on l.id = t.id
    left join fresh n on n.id = t.id
    left join pairs b on b.scan = t.id
    order by t.id"
);

/// The statement for the rows of a kind after a number.
pub(super) fn text(kind: Kind, after: i64, columns: &BTreeMap<String, BTreeSet<String>>) -> String {
    let text = match kind {
        Kind::User => whole_rows!("\"user\""),
        Kind::Bag => whole_rows!("bag"),
        Kind::Bill => whole_rows!("bill"),
        Kind::Promotion => whole_rows!("promotionrequest"),
        Kind::Notification => whole_rows!("notification"),
        Kind::Audit => AUDIT,
        Kind::Link => LINKS,
        Kind::BillBag => BILL_BAGS,
        Kind::Scan => SCANS,
    };
    // The oldest databases name the bag of a scan, whatever its kind, in one column.
    let has_oldest = columns.get("scan").is_some_and(|of_scan| of_scan.contains("bag_id"));
    let (oldest, parent, child) = if has_oldest {
        let either = |column: &str| format!("coalesce(s.{column}, case when {OTHER} is null then s.bag_id end)");
        ("s.bag_id".to_owned(), either("parent_bag_id").replace(OTHER, "s.child_bag_id"), {
            either("child_bag_id").replace(OTHER, "s.parent_bag_id")
        })
    } else {
        ("cast(null as integer)".to_owned(), "s.parent_bag_id".to_owned(), "s.child_bag_id".to_owned())
    };
    text.replace("{after}", &after.to_string())
        .replace("{span}", &SAME_ACT_US_MAX.to_string())
        .replace("{oldest}", &oldest)
        .replace("{scan_parent}", &parent)
        .replace("{scan_child}", &child)
}

const OTHER: &str = "{other}";
