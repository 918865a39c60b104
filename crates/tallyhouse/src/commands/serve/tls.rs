//! Serving TLS: by the files of a site, which are read again when they have changed, or by a certificate that an authority gives.
//! Plain requests are led there.

use std::sync::Arc;

use anyhow::Context;
use base_secret::SecretKeys;
use base_web::leaving::Leaving;
use base_web::server::{Limits, Patience, Serving, TlsNow, redirects};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::acme::answers;
use crate::acme::follow::Follower;
use crate::config::{Certificate, Files};
use crate::site::Site;

/// Begins to serve TLS where the site has a certificate, or asks for one.
pub async fn begin(
    site: &Site,
    keys: Option<&Arc<SecretKeys>>,
    (patience, limits, leaving): (Patience, Limits, Leaving),
    closing: &watch::Receiver<bool>,
) -> anyhow::Result<Option<TlsNow>> {
    let Some(tls) = site.config.tls.clone() else { return Ok(None) };
    if let Some(address) = tls.redirect_from {
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("tls.redirect_from: {address} cannot be used"))?;
        let mut router = redirects(site.config.server.base_url());
        if tls.acme().is_some() {
            router = answers::routes(router, site.db.clone(), site.clock.clone());
        }
        let serving = Serving { router, patience, limits, tls: None, leaving };
        tokio::spawn(base_web::server::serve(listener, serving, closing.clone()));
    }
    match tls.certificate {
        Certificate::Files(files) => {
            let (change, now) = watch::channel(files.load().map_err(anyhow::Error::msg)?);
            tokio::spawn(read_again(files, change, closing.clone()));
            Ok(Some(now))
        }
        Certificate::Acme(_) => {
            let keys = keys.context("tls.acme needs SESSION_SECRET")?;
            let (change, now) = watch::channel(base_web::server::Tls::none());
            let mut follower = Follower::new(site.db.clone(), keys.clone(), change);
            if !follower.look().await {
                tracing::warn!(
                    "there is no certificate yet: connections are refused until the authority has given one"
                );
            }
            tokio::spawn(follower.run(closing.clone()));
            Ok(Some(now))
        }
    }
}

/// Reads the files again on SIGHUP. Files that cannot be used are told in the log, and those before them stay.
async fn read_again(
    files: Files,
    change: watch::Sender<base_web::server::Tls>,
    mut closing: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut asked = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _closing = closing.wait_for(|closing| *closing) => return Ok(()),
            Some(()) = asked.recv() => match files.load() {
                Ok(tls) => {
                    change.send_replace(tls);
                    tracing::info!("the certificate was read again");
                }
                Err(fault) => tracing::error!(fault, "the certificate stays as it was"),
            }
        }
    }
}
