//! What passes keep of a person of the staff: their scans, the passes that they sold, and where they work. Guests are no
//! accounts: what is kept of them belongs to their pass.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_db::{Conn, StoreError};
use base_seams::{Kept, Page, PersonData};
use passes_store::person_data as store;

/// Rows of one page of an export.
const PAGE_ROWS: u32 = 500;

/// What this wing keeps of a person.
pub struct OfPerson;

#[async_trait]
impl PersonData for OfPerson {
    async fn count(&self, mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Kept>, StoreError> {
        let mut kept = Vec::with_capacity(store::Kind::ALL.len());
        for kind in store::Kind::ALL {
            kept.push(Kept { what: kind.name(), n: store::count(conn.reborrow(), kind, account).await? });
        }
        Ok(kept)
    }

    async fn export(
        &self,
        conn: Conn<'_>,
        account: AccountId,
        what: &str,
        after: Option<&str>,
    ) -> Result<Page, StoreError> {
        let Some(kind) = store::Kind::ALL.into_iter().find(|kind| kind.name() == what) else {
            return Ok(Page { rows: Vec::new(), next: None });
        };
        let (rows, next) = store::page(conn, kind, account, after, PAGE_ROWS).await?;
        Ok(Page { rows, next })
    }

    async fn hand_over(&self, conn: Conn<'_>, from: AccountId, to: AccountId) -> Result<u64, StoreError> {
        store::hand_over(conn, from, to).await
    }

    async fn erase(&self, conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
        store::forget(conn, account).await
    }
}
