//! Serving the certificate that is kept: a node takes up a new one within half a minute, without a restart.

use std::sync::Arc;
use std::time::Duration;

use base_db::Db;
use base_secret::SecretKeys;
use base_web::server::Tls;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::kept::{Kept, Store};

/// How often a node looks while it has a certificate.
const LOOK: Duration = Duration::from_secs(30);
/// How often it looks while it has none.
const LOOK_FIRST: Duration = Duration::from_secs(2);

/// Hands a certificate that is kept to whoever serves it.
pub struct Follower {
    /// The site's database.
    pub db: Db,
    /// What opens its key.
    pub keys: Arc<SecretKeys>,
    /// Who serves it.
    pub change: watch::Sender<Tls>,
    /// The stored text that is served now.
    seen: Option<String>,
}

impl Follower {
    /// Nothing is served yet.
    pub fn new(db: Db, keys: Arc<SecretKeys>, change: watch::Sender<Tls>) -> Self {
        Self { db, keys, change, seen: None }
    }

    /// Looks once; true where there is a certificate to serve. What cannot be used is told once, and the one before stays.
    pub async fn look(&mut self) -> bool {
        let store = Store { db: &self.db, keys: &self.keys };
        let stored = match store.stored().await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the certificate was not read; the one before stays"
                );
                return self.seen.is_some();
            }
        };
        if stored.is_none() || stored == self.seen {
            return stored.is_some();
        }
        let kept = stored.as_deref().and_then(|stored| store.opened::<Kept>(stored));
        let is_first = self.seen.is_none();
        self.seen = stored;
        let Some(kept) = kept else { return !is_first };
        match Tls::read(kept.chain.as_bytes(), kept.key.as_bytes()) {
            Ok(tls) => {
                self.change.send_replace(tls);
                tracing::info!("a new certificate is served");
            }
            Err(fault) => {
                tracing::error!(%fault, "the certificate that is kept cannot be served; the one before stays");
            }
        }
        true
    }

    /// Looks again and again, and at once on SIGHUP, until the site closes.
    pub async fn run(mut self, mut closing: watch::Receiver<bool>) -> anyhow::Result<()> {
        let mut asked = signal(SignalKind::hangup())?;
        loop {
            let pause = if self.look().await { LOOK } else { LOOK_FIRST };
            tokio::select! {
                _closing = closing.wait_for(|closing| *closing) => return Ok(()),
                Some(()) = asked.recv() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tallyhouse_support::each_database;

    use super::*;
    use crate::system::SystemEntropy;

    /// Keeps a certificate as the job does.
    async fn keep(db: &Db, keys: &SecretKeys, kept: &Kept) {
        let mut tx = db.write().await.expect("a transaction");
        Store { db, keys }.keep_certificate(tx.conn(), kept, &SystemEntropy).await.expect("kept");
        tx.commit().await.expect("a commit");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_certificate_that_is_kept_is_served_once_and_one_that_cannot_be_used_changes_nothing() {
        let keys = Arc::new(SecretKeys::new("the secret of this site", None));
        let pair = |chain: &str, key: &str| Kept { chain: chain.into(), key: key.into(), directory: String::new() };
        let (cert, key) = (include_str!("../../tests/web/tls/cert.pem"), include_str!("../../tests/web/tls/key.pem"));
        let other_key = include_str!("../../tests/web/tls/other_key.pem");
        for test in each_database().await {
            let (change, mut now) = watch::channel(Tls::none());
            let mut follower = Follower::new(test.db.clone(), keys.clone(), change);
            assert!(!follower.look().await && !now.has_changed().expect("open"), "there is none yet");
            keep(&test.db, &keys, &pair(cert, key)).await;
            assert!(follower.look().await && now.has_changed().expect("open"));
            now.mark_unchanged();
            assert!(follower.look().await && !now.has_changed().expect("open"), "the same again");
            keep(&test.db, &keys, &pair(cert, other_key)).await;
            assert!(follower.look().await && !now.has_changed().expect("open"), "the two do not fit");
            keep(&test.db, &SecretKeys::new("another secret", None), &pair(cert, key)).await;
            assert!(follower.look().await && !now.has_changed().expect("open"), "it cannot be read");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_kept_is_encrypted_and_follows_a_new_secret() {
        let old = SecretKeys::new("the secret of last year", None);
        let both = SecretKeys::new("the secret of this year", Some("the secret of last year"));
        let new = SecretKeys::new("the secret of this year", None);
        let kept = Kept { chain: "chain".into(), key: "the private key".into(), directory: String::new() };
        for test in each_database().await {
            keep(&test.db, &old, &kept).await;
            let stored = Store { db: &test.db, keys: &old }.stored().await.expect("an answer").expect("it is kept");
            assert!(!stored.contains("private"), "{stored}");
            let read = async |keys| Store { db: &test.db, keys }.certificate().await.expect("an answer");
            assert!(read(&new).await.is_none(), "with another secret it counts as not there");
            Store { db: &test.db, keys: &both }.rotate(&SystemEntropy).await.expect("rotated");
            assert_eq!(read(&new).await.expect("it is kept").key, "the private key");
        }
    }
}
