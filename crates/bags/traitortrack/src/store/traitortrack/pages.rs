//! One page of rows of each kind, by number, from a cursor that walks the whole table once.

use base_core::time::Moment;
use base_db::StoreError;
use serde::de::DeserializeOwned;
use sqlx::FromRow;
use sqlx::postgres::PgRow;

use super::{Source, texts};
use crate::rules::EarlierScan;
use crate::store::rows::{BillBagRow, Kind, LinkRow, Page, Rows, ScanRow};

/// Rows in one page.
const FETCH: &str = "fetch forward 1000 from earlier_rows";

type WholeColumns = (i64, String);
type PlaceColumns = (i64, Option<String>, Option<String>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
type BillBagColumns = (i64, i64, Option<String>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

#[derive(FromRow)]
struct ScanColumns(
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

impl Source {
    /// The rows of a kind after a number; `None` when there are none.
    pub async fn page(&mut self, kind: Kind, after: i64) -> Result<Option<Page>, StoreError> {
        if !self.has(kind) {
            return Ok(None);
        }
        self.walk(kind, after).await?;
        let (up_to, rows) = match kind {
            Kind::User => self.whole(after, Rows::Users).await?,
            Kind::Bag => self.whole(after, Rows::Bags).await?,
            Kind::Bill => self.whole(after, Rows::Bills).await?,
            Kind::Promotion => self.whole(after, Rows::Promotions).await?,
            Kind::Notification => self.whole(after, Rows::Notifications).await?,
            Kind::Audit => self.whole(after, Rows::Audit).await?,
            Kind::Link => self.links(after).await?,
            Kind::BillBag => self.bill_bags(after).await?,
            Kind::Scan => self.scans(after).await?,
        };
        self.walked = Some((kind, up_to));
        Ok((up_to > after).then_some(Page { kind, up_to, rows }))
    }

    /// Opens the cursor, unless it stands there already.
    async fn walk(&mut self, kind: Kind, after: i64) -> Result<(), StoreError> {
        if self.walked == Some((kind, after)) {
            return Ok(());
        }
        let text = texts::text(kind, after, &self.columns);
        self.begin(&text).await?;
        self.walked = Some((kind, after));
        Ok(())
    }

    pub(super) async fn fetch<T>(&mut self) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        // Not kept as a prepared statement: the next cursor of this name has other columns.
        Ok(sqlx::query_as(FETCH).persistent(false).fetch_all(&mut self.connection).await?)
    }

    async fn whole<T: DeserializeOwned>(
        &mut self,
        after: i64,
        wrap: fn(Vec<T>) -> Rows,
    ) -> Result<(i64, Rows), StoreError> {
        let found: Vec<WholeColumns> = self.fetch().await?;
        let up_to = found.last().map_or(after, |(id, _)| *id);
        let read = |(id, text): WholeColumns| {
            serde_json::from_str(&text).map_err(|_| StoreError::Unreadable {
                what: "row of the earlier system",
                value: format!("number {id}"),
            })
        };
        Ok((up_to, wrap(found.into_iter().map(read).collect::<Result<_, _>>()?)))
    }

    async fn links(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<PlaceColumns> = self.fetch().await?;
        let row = |(id, parent, child, linked_at, scan, scanned_at, user_id): PlaceColumns| LinkRow {
            id,
            parent,
            child,
            linked_at: known(linked_at),
            scan: scan.zip(scanned_at).map(|(scan, at)| (scan, Moment(at))),
            user_id,
        };
        let up_to = found.last().map_or(after, |row| row.0);
        Ok((up_to, Rows::Links(found.into_iter().map(row).collect())))
    }

    async fn bill_bags(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<BillBagColumns> = self.fetch().await?;
        let up_to = found.last().map_or(after, |row| row.0);
        let row = |(id, bill_id, parent, linked_at, scan, scanned_at, user_id): BillBagColumns| BillBagRow {
            id,
            bill_id,
            parent,
            linked_at: known(linked_at),
            scan: scan.zip(scanned_at).map(|(scan, at)| (scan, Moment(at))),
            user_id,
        };
        Ok((up_to, Rows::BillBags(found.into_iter().map(row).collect())))
    }

    async fn scans(&mut self, after: i64) -> Result<(i64, Rows), StoreError> {
        let found: Vec<ScanColumns> = self.fetch().await?;
        let up_to = found.last().map_or(after, |row| row.0);
        Ok((up_to, Rows::Scans(found.into_iter().map(ScanColumns::row).collect())))
    }
}

/// Times before 1970 are none.
fn known(at: Option<i64>) -> Option<Moment> {
    at.filter(|at| *at > 0).map(Moment)
}

impl ScanColumns {
    fn row(self) -> ScanRow {
        let Self(id, at, user_id, mut parent, mut child, oldest, oldest_kind, linked_parent, new_parent, bill_id) =
            self;
        if let Some(code) = oldest {
            let is_parent = oldest_kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("parent"));
            *(if is_parent { &mut parent } else { &mut child }) = Some(code);
        }
        let scan = EarlierScan { id, at: known(at), user_id, parent, child, linked_parent, new_parent, bill: None };
        ScanRow { scan, bill_id }
    }
}
