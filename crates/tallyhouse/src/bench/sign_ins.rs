//! Sign-ins of a measurement: people with passwords, and a browser that opens the form and sends it.

use std::time::Duration;

use anyhow::Context;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Clock;
use base_db::{Db, OpenOptions};
use base_records::account;
use base_records::account::NewAccount;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::system::{SystemClock, SystemEntropy};

/// People who sign in, one after another.
const SIGNERS: usize = 40;
const PASSWORD: &str = "Bench-Lantern-71";

/// Creates those who sign in, and gives the hash of their password.
pub async fn people(database: &str) -> anyhow::Result<String> {
    let hash = base_secret::hash_password(PASSWORD, &SystemEntropy);
    let db = Db::open(database, OpenOptions::default()).await?;
    let mut tx = db.write().await?;
    for number in 0..SIGNERS {
        let new = NewAccount {
            realm: Realm::Staff,
            username: format!("signer{number}"),
            email: None,
            password_hash: hash.clone(),
            roles: vec![Role::Biller],
            area: None,
        };
        account::create(tx.conn(), &new, SystemClock.now()).await?;
    }
    tx.commit().await?;
    db.close().await;
    Ok(hash)
}

/// Sign-ins that come at a steady rate, whether the ones before are done or not.
pub struct SignIns {
    under_way: JoinSet<anyhow::Result<bool>>,
}

impl SignIns {
    /// So many a second, for a while; gives how many worked and how many did not.
    pub async fn run(address: String, per_second: u32, span: Duration) -> anyhow::Result<(usize, usize)> {
        let mut all = Self { under_way: JoinSet::new() };
        let mut beat = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
        let end = tokio::time::Instant::now() + span;
        let mut number = 0;
        while tokio::time::Instant::now() < end {
            beat.tick().await;
            let (address, name) = (address.clone(), format!("signer{}", number % SIGNERS));
            all.under_way.spawn(async move { sign_in(&address, &name).await });
            number += 1;
        }
        let (mut worked, mut failed) = (0, 0);
        while let Some(done) = all.under_way.join_next().await {
            if done.context("a sign-in ended badly")?? { worked += 1 } else { failed += 1 }
        }
        Ok((worked, failed))
    }
}

/// Opens the form and sends it.
async fn sign_in(address: &str, name: &str) -> anyhow::Result<bool> {
    let form = exchange(address, "GET /login HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").await?;
    let between = |begin: &str, end: char| {
        let (_, rest) = form.split_once(begin)?;
        rest.split(end).next()
    };
    let cookie = between("set-cookie: ", ';').context("the form has no cookie")?;
    let csrf = between("name=\"csrf\" value=\"", '"').context("the form has no proof")?;
    let body = format!("username={name}&password={PASSWORD}&csrf={csrf}&next=%2F");
    let request = format!(
        "POST /login HTTP/1.1\r\nhost: bench\r\nconnection: close\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    Ok(exchange(address, &request).await?.starts_with("HTTP/1.1 303"))
}

async fn exchange(address: &str, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await.context("the server does not accept connections")?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
