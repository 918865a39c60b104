//! The key that signs checkpoints of the audit trail: made at the first start, encrypted with the key that follows from
//! `SESSION_SECRET`, like every secret that is read again.
//!
//! A site without `SESSION_SECRET` keeps it in the clear, as it keeps its other keys: then whoever can write to the database
//! can sign, too, and `tallyhouse audit verify` says so.

use anyhow::{Context, bail};
use base_core::audit::Entry;
use base_core::entropy;
use base_proof::note::{PublicKey, Signer};
use base_records::site_key;
use base_secret::{KeyId, SecretKeys};
use serde_json::json;

use crate::site::Site;

/// For what it is encrypted.
const PURPOSE: &str = "audit checkpoints";
/// Under which name the key is kept.
const SEED: &str = "audit_seed";
/// Under which name the public key is kept, for pages.
pub const PUBLIC: &str = "audit_public";
/// Under which name the name of the log is kept.
const NAME: &str = "audit_log";
/// What a key in the clear begins with.
const PLAIN: &str = "plain.";

/// The key of the site; it is made where there is none.
pub async fn of(site: &Site, keys: Option<&SecretKeys>) -> anyhow::Result<Signer> {
    let name = format!("tallyhouse/{}", hex::encode(entropy::bytes::<8>(&*site.entropy)));
    let name = site_key::of(&site.db, NAME, &name).await?;
    let fresh = format!("{PLAIN}{}", hex::encode(entropy::bytes::<32>(&*site.entropy)));
    let fresh = keys.map_or_else(|| fresh.clone(), |keys| keys.encrypt(PURPOSE, &fresh, &*site.entropy));
    let stored = site_key::of(&site.db, SEED, &fresh).await?;
    let plain = plain(&stored, keys)?;
    let seed = plain.strip_prefix(PLAIN).context("the key of the audit trail is not readable")?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(seed, &mut bytes).context("the key of the audit trail is not readable")?;
    let signer = Signer::new(&bytes, &name);
    let public = signer.public().to_string();
    site_key::of(&site.db, PUBLIC, &public).await?;
    if let (true, Some(keys)) = (stored.starts_with(PLAIN), keys) {
        replace(site, keys, &stored, &plain).await?;
    }
    Ok(signer)
}

fn plain(stored: &str, keys: Option<&SecretKeys>) -> anyhow::Result<String> {
    if stored.starts_with(PLAIN) {
        return Ok(stored.to_owned());
    }
    let Some(keys) = keys else {
        bail!("the key of the audit trail is encrypted, and SESSION_SECRET is not set: set it to what it was");
    };
    let read = keys.decrypt(PURPOSE, stored);
    read.map_err(|error| {
        anyhow::anyhow!(
            "the key of the audit trail cannot be read: {error}; `tallyhouse audit new-key` makes another one"
        )
    })
}

async fn replace(site: &Site, keys: &SecretKeys, was: &str, plain: &str) -> anyhow::Result<bool> {
    let mut tx = site.db.write().await?;
    let encrypted = keys.encrypt(PURPOSE, plain, &*site.entropy);
    let replaced = site_key::replace(tx.conn(), SEED, was, &encrypted).await?;
    tx.commit().await?;
    Ok(replaced)
}

/// The key for the jobs. Where it cannot be read the server runs all the same, and the log and `doctor` say so.
pub async fn for_jobs(site: &Site, keys: Option<&SecretKeys>) -> anyhow::Result<Option<std::sync::Arc<Signer>>> {
    match of(site, keys).await {
        Ok(signer) => Ok(Some(std::sync::Arc::new(signer))),
        Err(error) if error.is::<base_db::StoreError>() => Err(error),
        Err(error) => {
            tracing::error!(%error, "no checkpoints of the audit trail are made");
            Ok(None)
        }
    }
}

/// Encrypts the key again with the present `SESSION_SECRET`.
pub async fn rotate(site: &Site, keys: &SecretKeys) -> anyhow::Result<()> {
    let Some(stored) = site_key::find(&site.db, SEED).await? else { return Ok(()) };
    if KeyId::of(&stored) != Some(keys.id()) {
        let plain = plain(&stored, Some(keys))?;
        replace(site, keys, &stored, &plain).await?;
    }
    Ok(())
}

/// The public key, as far as it can be known: from the key itself where that can be read, else what the database says.
pub struct Known {
    /// The public key.
    pub public: PublicKey,
    /// Whether only the database says so.
    pub is_from_database: bool,
}

/// The public key of the site.
pub async fn public(site: &Site, keys: Option<&SecretKeys>) -> anyhow::Result<Known> {
    if let Some(stored) = site_key::find(&site.db, SEED).await?.filter(|stored| !stored.starts_with(PLAIN))
        && plain(&stored, keys).is_ok()
    {
        return Ok(Known { public: of(site, keys).await?.public(), is_from_database: false });
    }
    let public = site_key::find(&site.db, PUBLIC).await?.context("there is no key yet: start the server once")?;
    Ok(Known { public: PublicKey::parse(&public)?, is_from_database: true })
}

/// Makes another key, where the old one cannot be read any more. Checkpoints so far are no longer verified by this program.
pub async fn renew(site: &Site, keys: Option<&SecretKeys>) -> anyhow::Result<PublicKey> {
    let old = site_key::find(&site.db, PUBLIC).await?;
    let mut tx = site.db.write().await?;
    site_key::remove(tx.conn(), &[SEED, PUBLIC, NAME]).await?;
    base_records::audit::prove::forget_checkpoints(tx.conn()).await?;
    let entry = Entry::new("audit_key_renewed", "key", "audit").with_before(&json!({ "public": old }));
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(of(site, keys).await?.public())
}
