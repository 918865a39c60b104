//! What all wings together keep of a person.

use std::sync::Arc;

use base_core::account::AccountId;
use base_db::{Conn, StoreError};

use crate::person_data::{Kept, PersonData};

/// What one wing keeps.
#[derive(Clone)]
pub struct Keeper {
    /// The wing's name.
    pub wing: &'static str,
    /// What it keeps.
    pub data: Arc<dyn PersonData>,
}

/// What every wing keeps. Cheap to clone.
#[derive(Clone, Default)]
pub struct Keepers(Arc<[Keeper]>);

impl Keepers {
    /// Those of a list of wings.
    pub fn of(keepers: impl IntoIterator<Item = Keeper>) -> Self {
        Self(keepers.into_iter().collect())
    }

    /// Each of them, in the order of the wings.
    pub fn each(&self) -> impl Iterator<Item = &Keeper> {
        self.0.iter()
    }

    /// How much is kept, by wing and kind.
    pub async fn count(&self, mut conn: Conn<'_>, account: AccountId) -> Result<Vec<(&'static str, Kept)>, StoreError> {
        let mut all = Vec::new();
        for keeper in self.each() {
            let kept = keeper.data.count(conn.reborrow(), account).await?;
            all.extend(kept.into_iter().map(|kept| (keeper.wing, kept)));
        }
        Ok(all)
    }

    /// How much a person has begun and must finish before they may lose their role.
    pub async fn unfinished(&self, mut conn: Conn<'_>, account: AccountId) -> Result<i64, StoreError> {
        let mut n = 0;
        for keeper in self.each() {
            n += keeper.data.unfinished(conn.reborrow(), account).await?;
        }
        Ok(n)
    }

    /// Makes another person responsible for what this one was responsible for.
    pub async fn hand_over(&self, mut conn: Conn<'_>, from: AccountId, to: AccountId) -> Result<u64, StoreError> {
        let mut n = 0;
        for keeper in self.each() {
            n += keeper.data.hand_over(conn.reborrow(), from, to).await?;
        }
        Ok(n)
    }

    /// Forgets what is kept only for this person's own use.
    pub async fn erase(&self, mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
        let mut n = 0;
        for keeper in self.each() {
            n += keeper.data.erase(conn.reborrow(), account).await?;
        }
        Ok(n)
    }
}
