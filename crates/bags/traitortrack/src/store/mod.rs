//! Importing the rows of an earlier system. `traitortrack` reads them, the rules decide what becomes of each, and this
//! module writes.
//!
//! Invariants: a page of rows, what it makes of the counters, and how far it came are one transaction; so an import
//! that was interrupted continues where it was, a second run changes nothing, and from a database that has grown only
//! new rows are imported. What was here before, and what was done here since, is never overwritten.

mod bags;
mod bills;
mod compare;
mod import;
mod links;
mod people;
mod requests;
mod rows;
mod scans;
mod trail;
pub mod traitortrack;

use base_db::{Conn, StoreError};
pub use compare::{ComparedPage, Difference, different};
pub use import::{Brought, Encrypt, Identities, Import};
pub use rows::{BillBagRow, Kind, LinkRow, Page, Rows, ScanRow};

impl Import<'_> {
    /// Writes a page and marks it as imported. [`StoreError::Conflict`] when somebody else is working on the same rows:
    /// the page can be tried again in a new transaction.
    pub async fn bring(&self, mut conn: Conn<'_>, page: &Page) -> Result<Brought, StoreError> {
        const SET: &str = "insert into earlier_marks (source, kind, up_to) values ($1, $2, $3)
            on conflict (source, kind) do update set up_to = excluded.up_to";
        let brought = match &page.rows {
            Rows::Users(rows) => people::bring(conn.reborrow(), self, rows).await?,
            Rows::Bags(rows) => bags::bring(conn.reborrow(), self, rows).await?,
            Rows::Links(rows) => links::bring(conn.reborrow(), self, rows).await?,
            Rows::Bills(rows) => bills::bring(conn.reborrow(), self, rows).await?,
            Rows::BillBags(rows) => bills::bring_parents(conn.reborrow(), self, rows).await?,
            Rows::Scans(rows) => scans::bring(conn.reborrow(), self, rows).await?,
            Rows::Promotions(rows) => requests::bring_promotions(conn.reborrow(), self, rows).await?,
            Rows::Notifications(rows) => requests::bring_notifications(conn.reborrow(), self, rows).await?,
            Rows::Audit(rows) => trail::bring(conn.reborrow(), self, rows).await?,
        };
        execute!(conn, SET, &self.source, page.kind.name(), page.up_to);
        Ok(brought)
    }
}
