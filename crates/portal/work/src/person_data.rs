//! What the portal keeps of a customer. Staff have none of it.
//!
//! Invariant: nothing of it passes to somebody else: whose stock an account sees is given to it and to nobody who takes over
//! its work.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_db::{Conn, StoreError};
use base_seams::{Kept, Page, PersonData};
use portal_store::person_data as store;

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
        _after: Option<&str>,
    ) -> Result<Page, StoreError> {
        let rows = match store::Kind::ALL.into_iter().find(|kind| kind.name() == what) {
            Some(kind) => store::rows(conn, kind, account).await?,
            None => Vec::new(),
        };
        Ok(Page { rows, next: None })
    }

    async fn hand_over(&self, _conn: Conn<'_>, _from: AccountId, _to: AccountId) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn erase(&self, conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
        store::forget(conn, account).await
    }
}
