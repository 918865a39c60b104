//! The keys of stored secrets: they follow from the configuration, and must read what the database holds.
//!
//! Invariant: every command that uses stored secrets, and the server, calls [`must_read`] first; with a key that cannot
//! read them nothing starts, so that nobody finds out at their next sign-in.

use anyhow::bail;
use base_db::{Db, StoreError};
use base_records::secrets;
use base_records::secrets::StoredSecret;
use base_secret::{KeyId, SECOND_FACTOR, SecretError, SecretKeys};

use crate::config::{Secret, Session};

/// The keys that follow from the configuration; `None` where no secret is set.
pub fn of(session: &Session) -> Option<SecretKeys> {
    let secret = session.secret.as_ref()?;
    let previous = session.secret_previous.as_ref().map(Secret::expose);
    Some(SecretKeys::new(secret.expose(), previous))
}

/// Whether the keys can read what is stored.
#[derive(Debug, PartialEq, Eq)]
pub enum Readable {
    /// Nothing is stored, or everything can be read with the present key.
    All,
    /// Everything can be read, some of it with the previous key alone.
    WithPrevious,
    /// Some cannot be read, and why.
    Not(String),
}

/// Checks whether the keys can read what is stored, with one secret for each key that was ever used.
pub async fn look(db: &Db, keys: Option<&SecretKeys>) -> Result<Readable, StoreError> {
    let mut found = Readable::All;
    for stored in secrets::one_of_each_key(db, KeyId::PREFIX_LENGTH).await? {
        let Some(keys) = keys else { return Ok(Readable::Not(without_key(&stored))) };
        match keys.decrypt(SECOND_FACTOR, &stored.encrypted) {
            Ok(_) if KeyId::of(&stored.encrypted) != Some(keys.id()) => found = Readable::WithPrevious,
            Ok(_) => {}
            // The key is right: only this text is damaged, and its owner has to set up the second factor again.
            Err(error @ SecretError::Changed) => {
                tracing::warn!(account = stored.account, %error, "a stored second factor cannot be read");
            }
            Err(error) => {
                let (account, present) = (stored.account, keys.id());
                return Ok(Readable::Not(format!(
                    "the stored second factor of account {account} cannot be read: {error}. The present SESSION_SECRET \
                     gives the key {present}. Set SESSION_SECRET to what it was, or SESSION_SECRET_PREVIOUS to what it \
                     was before"
                )));
            }
        }
    }
    Ok(found)
}

fn without_key(stored: &StoredSecret) -> String {
    let key = KeyId::of(&stored.encrypted).map(|id| format!(" with the key {id}")).unwrap_or_default();
    format!(
        "the database holds second factors that are encrypted{key}, and SESSION_SECRET is not set: set it to what it was \
         when they were stored"
    )
}

/// Refuses keys that cannot read what is stored.
pub async fn must_read(db: &Db, keys: Option<&SecretKeys>) -> anyhow::Result<()> {
    match look(db, keys).await? {
        Readable::All => {}
        Readable::WithPrevious => {
            tracing::info!(
                "some secrets need SESSION_SECRET_PREVIOUS still; `tallyhouse secret rotate` encrypts them anew"
            );
        }
        Readable::Not(why) => bail!(why),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base_core::permission::Role;
    use base_db::scratch;
    use tallyhouse_support::{create_account, each_database};

    use super::*;
    use crate::system::SystemEntropy;

    #[tokio::test(flavor = "multi_thread")]
    async fn stored_secrets_demand_a_key_that_reads_them() {
        let keys = SecretKeys::new("the secret of this site", None);
        let other = SecretKeys::new("another secret", None);
        let both = SecretKeys::new("another secret", Some("the secret of this site"));
        for test in each_database().await {
            for keys in [None, Some(&keys), Some(&other)] {
                assert_eq!(look(&test.db, keys).await.unwrap(), Readable::All, "there is nothing to read");
            }
            let account = create_account(&test.db, "meera", Role::Biller, None, "no password").await;
            let encrypted = keys.encrypt(SECOND_FACTOR, "JBSWY3DPEHPK3PXP", &SystemEntropy);
            scratch::keep_second_factor(&test.db, account, &encrypted).await.unwrap();
            assert_eq!(look(&test.db, Some(&keys)).await.unwrap(), Readable::All);
            assert_eq!(look(&test.db, Some(&both)).await.unwrap(), Readable::WithPrevious);
            must_read(&test.db, Some(&both)).await.unwrap();

            let refusal = must_read(&test.db, None).await.unwrap_err().to_string();
            assert!(refusal.contains("SESSION_SECRET is not set"), "{refusal}");
            let refusal = must_read(&test.db, Some(&other)).await.unwrap_err().to_string();
            assert!(refusal.contains(&format!("needs the key {}", keys.id())), "{refusal}");
            assert!(refusal.contains(&format!("gives the key {}", other.id())), "{refusal}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_broken_secret_keeps_nobody_else_out() {
        let keys = SecretKeys::new("the secret of this site", None);
        for test in each_database().await {
            let account = create_account(&test.db, "meera", Role::Biller, None, "no password").await;
            let mut encrypted = keys.encrypt(SECOND_FACTOR, "JBSWY3DPEHPK3PXP", &SystemEntropy);
            encrypted.truncate(encrypted.len() - 2);
            scratch::keep_second_factor(&test.db, account, &encrypted).await.unwrap();
            must_read(&test.db, Some(&keys)).await.unwrap();
        }
    }
}
