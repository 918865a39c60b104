//! `tallyhouse secret rotate`: encrypts every stored secret again with the present key, so that the previous one is no
//! longer needed.
//!
//! Invariants: a batch is one transaction with its audit entry, so the command can be stopped anywhere and run again;
//! secrets that already have the present key are not touched.

use anyhow::{Context, ensure};
use base_core::account::AccountId;
use base_core::audit::Entry;
use base_records::secrets;
use base_secret::{KeyId, SECOND_FACTOR, SecretKeys};
use serde_json::json;

use super::answer;
use crate::acme::kept::Store;
use crate::config::Config;
use crate::site::Site;
use crate::{audit_key, keys};

/// How many secrets are encrypted anew in one transaction.
const BATCH: u32 = 100;

/// What to do with stored secrets.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Encrypt every stored secret again with the current `SESSION_SECRET`
    Rotate {
        /// Read every secret, change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let Command::Rotate { dry_run } = command;
    let keys = keys::of(&config.session).context("SESSION_SECRET is not set")?;
    let site = Site::open(config).await?;
    let counts = rotate(&site, &keys, dry_run).await?;
    if !dry_run {
        audit_key::rotate(&site, &keys).await?;
        Store { db: &site.db, keys: &keys }.rotate(&*site.entropy).await?;
    }
    site.db.close().await;
    tell(&counts, &keys, dry_run)
}

/// What became of the stored secrets.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Encrypted anew, or what a dry run would encrypt anew.
    anew: u64,
    /// Had the present key already.
    present: u64,
    /// Were replaced by their owners at the same time.
    replaced: u64,
    /// Cannot be read; the accounts, and why.
    unreadable: Vec<String>,
}

fn tell(counts: &Counts, keys: &SecretKeys, dry_run: bool) -> anyhow::Result<()> {
    let Counts { anew, present, replaced, unreadable } = counts;
    let line = json!({
        "key": keys.id().to_string(), "dry_run": dry_run, "encrypted_anew": anew, "had_present_key": present,
        "replaced_meanwhile": replaced, "unreadable": unreadable.len(),
    });
    answer(&line.to_string())?;
    for text in unreadable {
        eprintln!("{text}");
    }
    if dry_run {
        eprintln!("{anew} secrets would be encrypted anew, {present} have the present key; nothing is changed");
    } else {
        eprintln!("{anew} secrets were encrypted anew, {present} had the present key");
    }
    ensure!(unreadable.is_empty(), "{} secrets cannot be read; they are as they were", unreadable.len());
    if !dry_run {
        eprintln!("SESSION_SECRET_PREVIOUS is no longer needed, once no node encrypts with it");
    }
    Ok(())
}

async fn rotate(site: &Site, keys: &SecretKeys, dry_run: bool) -> anyhow::Result<Counts> {
    let mut counts = Counts::default();
    let mut after = 0;
    while let Some(last) = rotate_batch(site, keys, Batch { after, limit: BATCH, dry_run }, &mut counts).await? {
        after = last;
    }
    Ok(counts)
}

/// Which secrets go together.
#[derive(Clone, Copy)]
struct Batch {
    after: AccountId,
    limit: u32,
    dry_run: bool,
}

/// Encrypts some secrets anew and gives the account of the last; `None` when there are no more.
async fn rotate_batch(
    site: &Site,
    keys: &SecretKeys,
    batch: Batch,
    counts: &mut Counts,
) -> anyhow::Result<Option<AccountId>> {
    let mut tx = site.db.write().await?;
    let page = secrets::page(tx.conn(), batch.after, batch.limit).await?;
    let mut anew = 0;
    for stored in &page {
        if KeyId::of(&stored.encrypted) == Some(keys.id()) {
            counts.present += 1;
            continue;
        }
        let secret = match keys.decrypt(SECOND_FACTOR, &stored.encrypted) {
            Ok(secret) => secret,
            Err(error) => {
                let text = format!("the second factor of {} (account {}): {error}", stored.username, stored.account);
                counts.unreadable.push(text);
                continue;
            }
        };
        let encrypted = keys.encrypt(SECOND_FACTOR, &secret, &*site.entropy);
        if batch.dry_run || secrets::replace(tx.conn(), stored, &encrypted).await? {
            anew += 1;
        } else {
            counts.replaced += 1;
        }
    }
    if anew > 0 && !batch.dry_run {
        let entry = Entry::new("secrets_rotated", "key", keys.id().to_string());
        site.note(&mut tx, entry.with_after(&json!({ "second_factors": anew }))).await?;
    }
    tx.commit().await?;
    counts.anew += anew;
    Ok(page.last().map(|stored| stored.account))
}

#[cfg(test)]
mod tests {
    use base_core::permission::Role;
    use base_db::{Db, scratch};
    use base_records::audit;
    use tallyhouse_support::{create_account, each_database};

    use super::*;
    use crate::keys::Readable;
    use crate::site::tests::site;
    use crate::system::SystemEntropy;

    const OLD: &str = "the secret of last year";
    const NEW: &str = "the secret of this year";

    /// Five people with a second factor under the old key, each a secret of their own.
    async fn fill(db: &Db) {
        let old = SecretKeys::new(OLD, None);
        for n in 0..5 {
            let account = create_account(db, &format!("person{n}"), Role::Biller, None, "no password").await;
            let encrypted = old.encrypt(SECOND_FACTOR, &format!("SECRET{n}"), &SystemEntropy);
            scratch::keep_second_factor(db, account, &encrypted).await.unwrap();
        }
        create_account(db, "nothing", Role::Biller, None, "no password").await;
    }

    async fn read_all(db: &Db, keys: &SecretKeys) -> Vec<Option<String>> {
        let mut reader = db.read().await.unwrap();
        let page = secrets::page(reader.conn(), 0, 100).await.unwrap();
        page.iter().map(|stored| keys.decrypt(SECOND_FACTOR, &stored.encrypted).ok()).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rotation_that_was_cut_off_goes_on_and_then_the_old_key_is_not_needed() {
        let (both, new) = (SecretKeys::new(NEW, Some(OLD)), SecretKeys::new(NEW, None));
        for test in each_database().await {
            fill(&test.db).await;
            let site = site(test.db.clone());
            let dry = rotate(&site, &both, true).await.unwrap();
            assert_eq!(dry, Counts { anew: 5, ..Counts::default() });
            assert_eq!(keys::look(&test.db, Some(&both)).await.unwrap(), Readable::WithPrevious, "a dry run");
            assert_eq!(audit::latest(&test.db, 10).await.unwrap().len(), 0, "a dry run");

            let first = Batch { after: 0, limit: 2, dry_run: false };
            rotate_batch(&site, &both, first, &mut Counts::default()).await.unwrap().expect("there are more");
            let rest = rotate(&site, &both, false).await.unwrap();
            assert_eq!(rest, Counts { anew: 3, present: 2, ..Counts::default() });
            assert_eq!(keys::look(&test.db, Some(&new)).await.unwrap(), Readable::All);
            let secrets: Vec<Option<String>> = (0..5).map(|n| Some(format!("SECRET{n}"))).collect();
            assert_eq!(read_all(&test.db, &new).await, secrets);

            let entries = audit::latest(&test.db, 10).await.unwrap();
            let told: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.after.as_deref())).collect();
            let entry = |after| ("secrets_rotated", Some(after));
            assert_eq!(told, [entry(r#"{"second_factors":3}"#), entry(r#"{"second_factors":2}"#)]);
            let again = rotate(&site, &new, false).await.unwrap();
            assert_eq!(again, Counts { present: 5, ..Counts::default() });
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_cannot_be_read_stays_as_it_is_and_is_told() {
        let new = SecretKeys::new(NEW, None);
        for test in each_database().await {
            fill(&test.db).await;
            let site = site(test.db.clone());
            let counts = rotate(&site, &new, false).await.unwrap();
            assert_eq!((counts.anew, counts.unreadable.len()), (0, 5));
            assert!(
                counts.unreadable[0].contains("person0") && counts.unreadable[0].contains("another SESSION_SECRET")
            );
            assert!(tell(&counts, &new, false).is_err());
            assert_eq!(read_all(&test.db, &SecretKeys::new(OLD, None)).await.iter().flatten().count(), 5);
        }
    }
}
