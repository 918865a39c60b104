//! What is kept of certificates, in the site's database: the account at the authority, the certificate with its key, the answers
//! to questions of the authority, and how often it failed.
//!
//! Invariant: keys are encrypted with the key that follows from `SESSION_SECRET`. What it cannot read counts as not there: then
//! an account and a certificate are asked for anew.

use std::collections::BTreeMap;

use base_core::entropy::Entropy;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use base_records::site_key;
use base_secret::{KeyId, SecretKeys};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::pace::Failures;

/// For what keys are encrypted.
const PURPOSE: &str = "acme";
const ACCOUNT: &str = "acme_account";
const CERTIFICATE: &str = "acme_certificate";
const ANSWERS: &str = "acme_answers";
const FAILURES: &str = "acme_failures";

/// The account of the site at an authority.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    /// The authority.
    pub directory: String,
    /// Whom it writes to.
    pub contact: String,
    /// What signs in there.
    pub credentials: serde_json::Value,
}

/// A certificate with its key, both in PEM.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The certificate and those above it.
    pub chain: String,
    /// Its private key.
    pub key: String,
    /// The authority that gave it.
    pub directory: String,
}

/// Answers to questions of the authority, by token. They are no secret.
pub type Answers = BTreeMap<String, String>;

/// Where things are kept.
#[derive(Clone, Copy)]
pub struct Store<'s> {
    /// The site's database.
    pub db: &'s Db,
    /// What opens keys.
    pub keys: &'s SecretKeys,
}

impl Store<'_> {
    /// The certificate, where there is one that can be read.
    pub async fn certificate(&self) -> Result<Option<Kept>, StoreError> {
        let stored = site_key::find(self.db, CERTIFICATE).await?;
        Ok(stored.and_then(|stored| self.opened(&stored)))
    }

    /// The account, where there is one that can be read.
    pub async fn account(&self) -> Result<Option<Account>, StoreError> {
        let stored = site_key::find(self.db, ACCOUNT).await?;
        Ok(stored.and_then(|stored| self.opened(&stored)))
    }

    /// Keeps the account.
    pub async fn keep_account(&self, account: &Account, chance: &dyn Entropy) -> Result<(), StoreError> {
        self.put(ACCOUNT, &self.closed(account, chance)).await
    }

    /// Forgets the account, so that another one is made.
    pub async fn forget_account(&self) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        site_key::remove(tx.conn(), &[ACCOUNT]).await?;
        tx.commit().await
    }

    /// Keeps a certificate, in the transaction that writes it down in the trail.
    pub async fn keep_certificate(&self, conn: Conn<'_>, kept: &Kept, chance: &dyn Entropy) -> Result<(), StoreError> {
        site_key::put(conn, CERTIFICATE, &self.closed(kept, chance)).await
    }

    /// Makes the answers known to all nodes; an empty list takes them back.
    pub async fn publish(&self, answers: &Answers) -> Result<(), StoreError> {
        self.put(ANSWERS, &text(answers)).await
    }

    /// How often in a row it failed.
    pub async fn failures(&self) -> Result<Failures, StoreError> {
        let stored = site_key::find(self.db, FAILURES).await?;
        Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default())
    }

    /// Keeps how often it failed.
    pub async fn keep_failures(&self, failures: &Failures) -> Result<(), StoreError> {
        self.put(FAILURES, &text(failures)).await
    }

    /// Encrypts what is kept with the present key, where it has another one.
    pub async fn rotate(&self, chance: &dyn Entropy) -> Result<(), StoreError> {
        for name in [ACCOUNT, CERTIFICATE] {
            let Some(stored) = site_key::find(self.db, name).await? else { continue };
            if KeyId::of(&stored) == Some(self.keys.id()) {
                continue;
            }
            let Ok(plain) = self.keys.decrypt(PURPOSE, &stored) else { continue };
            let mut tx = self.db.write().await?;
            site_key::replace(tx.conn(), name, &stored, &self.keys.encrypt(PURPOSE, &plain, chance)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The text of the certificate as it is stored: another one means another certificate.
    pub(super) async fn stored(&self) -> Result<Option<String>, StoreError> {
        site_key::find(self.db, CERTIFICATE).await
    }

    /// What a stored text holds, where it can be read.
    pub(super) fn opened<T: DeserializeOwned>(&self, stored: &str) -> Option<T> {
        match self.keys.decrypt(PURPOSE, stored) {
            Ok(plain) => serde_json::from_str(&plain).ok(),
            Err(error) => {
                tracing::warn!(%error, "what is kept of the certificate cannot be read; it is asked for anew");
                None
            }
        }
    }

    fn closed(&self, value: &impl Serialize, chance: &dyn Entropy) -> String {
        self.keys.encrypt(PURPOSE, &text(value), chance)
    }

    async fn put(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        site_key::put(tx.conn(), name, value).await?;
        tx.commit().await
    }
}

/// The answers as every node finds them.
pub async fn answers(db: &Db) -> Result<Answers, StoreError> {
    let stored = site_key::find(db, ANSWERS).await?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default())
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers are always JSON")
}

/// The failures after one more.
pub fn failed(before: &Failures, now: Moment, why: String) -> Failures {
    Failures { count: before.count.saturating_add(1), at: now.0, why }
}
