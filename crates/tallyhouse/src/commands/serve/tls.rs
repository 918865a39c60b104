//! Serving TLS by the files of a site: reading them again when they have changed, and leading plain requests there.

use anyhow::Context;
use base_web::server::{Limits, Patience, Serving, TlsNow, redirects};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Tls;
use crate::site::Site;

/// Begins to serve TLS where the site has a certificate.
pub async fn begin(
    site: &Site,
    (patience, limits): (Patience, Limits),
    closing: &watch::Receiver<bool>,
) -> anyhow::Result<Option<TlsNow>> {
    let Some(files) = site.config.tls.clone() else { return Ok(None) };
    let (change, now) = watch::channel(files.load().map_err(anyhow::Error::msg)?);
    if let Some(address) = files.redirect_from {
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("tls.redirect_from: {address} cannot be used"))?;
        let router = redirects(site.config.server.base_url());
        let serving = Serving { router, patience, limits, tls: None };
        tokio::spawn(base_web::server::serve(listener, serving, closing.clone()));
    }
    tokio::spawn(read_again(files, change, closing.clone()));
    Ok(Some(now))
}

/// Reads the files again on SIGHUP. Files that cannot be used are told in the log, and those before them stay.
async fn read_again(
    files: Tls,
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
