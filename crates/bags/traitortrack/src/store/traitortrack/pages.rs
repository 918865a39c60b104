//! One page of rows of each kind, by number. Each row comes with what refers to it: codes instead of numbers, and the
//! scan, link or bill of the same moment.

use base_core::time::Moment;
use base_db::StoreError;
use serde::de::DeserializeOwned;

use super::Source;
use crate::rules::{EarlierScan, SAME_ACT_US_MAX};
use crate::store::rows::{BillBagRow, Kind, LinkRow, Page, Rows, ScanRow};

/// Rows in one page.
const ROWS: i64 = 1000;

/// A time in UTC microseconds; null where there is none, or it is infinite.
macro_rules! micros {
    ($time:literal) => {
        concat!("case when isfinite(", $time, ") then cast(extract(epoch from ", $time, ") * 1000000 as bigint) end")
    };
}

/// A condition that two times belong to one act; `$3` is the most that they may be apart, in microseconds.
macro_rules! same_act {
    ($one:literal, $other:literal) => {
        concat!(
            $one,
            " between ",
            $other,
            " - cast($3 as bigint) * interval '1 microsecond' and ",
            $other,
            " + cast($3 as bigint) * interval '1 microsecond'"
        )
    };
}

/// Rows as JSON, so that columns which an old database lacks are simply not there.
macro_rules! whole_rows {
    ($table:literal) => {
        concat!(
            "select cast(id as bigint), cast(to_jsonb(t) as text) from ",
            $table,
            " t where id > $1 order by id limit $2"
        )
    };
}

const AUDIT: &str = "select cast(t.id as bigint), cast(to_jsonb(t) || jsonb_build_object('entity_name',
            case lower(t.entity_type)
                when 'user' then (select username from \"user\" where id = t.entity_id)
                when 'bag' then (select qr_id from bag where id = t.entity_id)
                when 'bill' then (select bill_id from bill where id = t.entity_id) end) as text)
        from (select * from audit_log where id > $1 order by id limit $2) t order by t.id";

const LINKS: &str = concat!(
    "select cast(t.id as bigint), p.qr_id, c.qr_id, ",
    micros!("coalesce(t.created_at, c.created_at)"),
    ", cast(s.id as bigint), ",
    micros!("s.\"timestamp\""),
    ", cast(s.user_id as bigint)
    from (select * from link where id > $1 order by id limit $2) t
    left join bag p on p.id = t.parent_bag_id
    left join bag c on c.id = t.child_bag_id
    left join lateral (select * from scan where child_bag_id = t.child_bag_id and ",
    same_act!("\"timestamp\"", "t.created_at"),
    " order by abs(extract(epoch from \"timestamp\" - t.created_at)), id limit 1) s on true
    order by t.id"
);

const BILL_BAGS: &str = concat!(
    "select cast(t.id as bigint), cast(t.bill_id as bigint), p.qr_id, ",
    micros!("coalesce(t.created_at, p.created_at)"),
    " from (select * from bill_bag where id > $1 order by id limit $2) t
    left join bag p on p.id = t.bag_id order by t.id"
);

// A scan that created its parent chose it, even when the parent was put on a bill in the same moment.
const SCANS: &str = concat!(
    "select cast(t.id as bigint), ",
    micros!("coalesce(t.\"timestamp\", c.created_at, p.created_at)"),
    ", cast(t.user_id as bigint), p.qr_id, c.qr_id, l.qr_id, n.qr_id, cast(b.bill_id as bigint)
    from (select * from scan where id > $1 order by id limit $2) t
    left join bag p on p.id = t.parent_bag_id
    left join bag c on c.id = t.child_bag_id
    left join lateral (select g.qr_id from link k join bag g on g.id = k.parent_bag_id
        where t.parent_bag_id is null and k.child_bag_id = t.child_bag_id and ",
    same_act!("k.created_at", "t.\"timestamp\""),
    " order by abs(extract(epoch from k.created_at - t.\"timestamp\")), k.id limit 1) l on true
    left join lateral (select g.qr_id from bag g
        where t.parent_bag_id is null and t.child_bag_id is null and g.type = 'parent' and g.user_id = t.user_id and ",
    same_act!("g.created_at", "t.\"timestamp\""),
    " order by abs(extract(epoch from g.created_at - t.\"timestamp\")), g.id limit 1) n on true
    left join lateral (select k.bill_id from bill_bag k
        where t.child_bag_id is null and k.bag_id = t.parent_bag_id and ",
    same_act!("k.created_at", "t.\"timestamp\""),
    " and (p.created_at is null or not (",
    same_act!("p.created_at", "t.\"timestamp\""),
    ")) order by abs(extract(epoch from k.created_at - t.\"timestamp\")), k.id limit 1) b on true
    order by t.id"
);

type LinkColumns = (i64, Option<String>, Option<String>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
type ScanColumns =
    (i64, Option<i64>, Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>, Option<i64>);

impl Source {
    /// The rows of a kind after a number; `None` when there are none.
    pub async fn page(&mut self, kind: Kind, after: i64) -> Result<Option<Page>, StoreError> {
        if !self.has(kind) {
            return Ok(None);
        }
        let (up_to, rows) = match kind {
            Kind::User => self.whole(whole_rows!("\"user\""), after, Rows::Users).await?,
            Kind::Bag => self.whole(whole_rows!("bag"), after, Rows::Bags).await?,
            Kind::Bill => self.whole(whole_rows!("bill"), after, Rows::Bills).await?,
            Kind::Promotion => self.whole(whole_rows!("promotionrequest"), after, Rows::Promotions).await?,
            Kind::Notification => self.whole(whole_rows!("notification"), after, Rows::Notifications).await?,
            Kind::Audit => self.whole(AUDIT, after, Rows::Audit).await?,
            Kind::Link => self.links(after).await?,
            Kind::BillBag => self.bill_bags(after).await?,
            Kind::Scan => self.scans(after).await?,
        };
        Ok((up_to > after).then_some(Page { kind, up_to, rows }))
    }

    async fn whole<T: DeserializeOwned>(
        &mut self,
        text: &'static str,
        after: i64,
        wrap: fn(Vec<T>) -> Rows,
    ) -> Result<(i64, Rows), StoreError> {
        let found: Vec<(i64, String)> =
            sqlx::query_as(text).bind(after).bind(ROWS).fetch_all(&mut self.connection).await?;
        let up_to = found.last().map_or(after, |(id, _)| *id);
        let read = |(id, text): (i64, String)| {
            serde_json::from_str(&text).map_err(|_| StoreError::Unreadable {
                what: "row of the earlier system",
                value: format!("number {id}"),
            })
        };
        Ok((up_to, wrap(found.into_iter().map(read).collect::<Result<_, _>>()?)))
    }

    async fn links(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<LinkColumns> =
            sqlx::query_as(LINKS).bind(after).bind(ROWS).bind(SAME_ACT_US_MAX).fetch_all(&mut self.connection).await?;
        let row = |(id, parent, child, linked_at, scan, scanned_at, user_id): LinkColumns| LinkRow {
            id,
            parent,
            child,
            linked_at: linked_at.map(Moment),
            scan: scan.zip(scanned_at).map(|(scan, at)| (scan, Moment(at))),
            user_id,
        };
        let up_to = found.last().map_or(after, |row| row.0);
        Ok((up_to, Rows::Links(found.into_iter().map(row).collect())))
    }

    async fn bill_bags(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<(i64, i64, Option<String>, Option<i64>)> =
            sqlx::query_as(BILL_BAGS).bind(after).bind(ROWS).fetch_all(&mut self.connection).await?;
        let up_to = found.last().map_or(after, |row| row.0);
        let rows = found.into_iter().map(|(id, bill_id, parent, linked_at)| BillBagRow {
            id,
            bill_id,
            parent,
            linked_at: linked_at.map(Moment),
        });
        Ok((up_to, Rows::BillBags(rows.collect())))
    }

    async fn scans(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<ScanColumns> =
            sqlx::query_as(SCANS).bind(after).bind(ROWS).bind(SAME_ACT_US_MAX).fetch_all(&mut self.connection).await?;
        let up_to = found.last().map_or(after, |row| row.0);
        let row = |(id, at, user_id, parent, child, linked_parent, new_parent, bill_id): ScanColumns| ScanRow {
            scan: EarlierScan {
                id,
                at: at.filter(|at| *at >= 0).map(Moment),
                user_id,
                parent,
                child,
                linked_parent,
                new_parent,
                bill: None,
            },
            bill_id,
        };
        Ok((up_to, Rows::Scans(found.into_iter().map(row).collect())))
    }
}
