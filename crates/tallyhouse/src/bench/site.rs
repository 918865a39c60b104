//! A fresh site for a measurement: its database, an account, a token, and the program serving it as its own process.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use bags_store::sample::Sizes;
use bags_store::{sample, search};
use base_core::entropy::new_id;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Clock;
use base_db::{Db, OpenOptions, scratch};
use base_records::account::NewAccount;
use base_records::token::NewToken;
use base_records::{account, token};
use base_secret::Token;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use super::client::read_answer;
use crate::system::{SystemClock, SystemEntropy};

/// Parent labels with room for every run: the usual five digits end at 100,000.
const LABELS: &str = "SB:7";

/// What the codes of passes are signed with.
pub const QR_SECRET: &str = "only for measurements: the codes of passes";

/// People among whom the years of work are spread: `bench1`, `bench2`, …
const PEOPLE: i64 = 20;

/// The site of one measurement. Its database is removed when it is closed.
pub struct BenchSite {
    /// Where the server listens.
    pub address: String,
    /// A token that may scan and look.
    pub token: String,
    /// The database.
    pub database: String,
    server: Option<Child>,
    scratch: Option<(String, String)>,
    folder: Option<TempDir>,
}

impl BenchSite {
    /// Prepares a site. `server` is the address of a PostgreSQL server; without it a SQLite file in `folder` is used.
    pub async fn prepare(server: Option<&str>, folder: &std::path::Path) -> anyhow::Result<Self> {
        let name = format!("bench_{}", new_id(&SystemEntropy, SystemClock.now()).simple());
        let (database, scratch, kept) = if let Some(server) = server {
            let database = scratch::create(server, &name).await.context("no scratch database could be made")?;
            (database, Some((server.to_owned(), name)), None)
        } else {
            let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(folder)?;
            (format!("sqlite:{}", folder.path().join("site.db").display()), None, Some(folder))
        };
        let token = people(&database).await?;
        Ok(Self { address: String::new(), token, database, server: None, scratch, folder: kept })
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&mut self) -> anyhow::Result<()> {
        self.serve_with(&[]).await
    }

    /// The same with more in its environment.
    pub async fn serve_with(&mut self, more: &[(&str, String)]) -> anyhow::Result<()> {
        let free = TcpListener::bind("127.0.0.1:0").await?;
        self.address = free.local_addr()?.to_string();
        drop(free);
        let program = std::env::current_exe().context("the program does not know where it is")?;
        let server = Command::new(program)
            .args(["serve", "--listen", &self.address, "--database", &self.database])
            .env("TALLYHOUSE__BAGS__PARENT_LABELS", LABELS)
            .env("TALLYHOUSE__LOG__FILTER", "warn")
            .env("QR_SECRET", QR_SECRET)
            // All connections of a measurement come from here, however many there are.
            .env("TALLYHOUSE__SERVER__TRUSTED_PROXIES", "127.0.0.1")
            .envs(more.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("the server does not start")?;
        self.server = Some(server);
        for _ in 0..200 {
            if self.is_ready().await.unwrap_or(false) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the server was not ready within 10 s")
    }

    /// Writes a file of example bags and imports it with the command that people use.
    pub async fn import(&self, rows: u64) -> anyhow::Result<Watched> {
        let file = self.file("bags.csv")?;
        let rows = rows.to_string();
        watch(&["sample", "bags", "--count", &rows, "--out", &file]).await?;
        watch(&["import", "bags", "--database", &self.database, &file]).await
    }

    /// Exports all bags with the command that people use, and gives the size of the file in MiB.
    pub async fn export(&self, format: &str) -> anyhow::Result<(Watched, u64)> {
        let file = self.file(&format!("bags.{format}"))?;
        let out = ["export", "bags", "--database", &self.database, "--format", format, "--out", &file];
        let watched = watch(&out).await?;
        let size = std::fs::metadata(&file)?.len() / (1 << 20);
        std::fs::remove_file(&file)?;
        Ok((watched, size))
    }

    fn file(&self, name: &str) -> anyhow::Result<String> {
        let folder = self.folder.as_ref().context("files are measured beside a SQLite database")?.path();
        Ok(folder.join(name).display().to_string())
    }

    /// Fills the site with years of work, and gives the seconds it took.
    pub async fn fill(&self, sizes: Sizes) -> anyhow::Result<f64> {
        let started = std::time::Instant::now();
        let db = Db::open(&self.database, OpenOptions::bulk()).await?;
        let now = SystemClock.now();
        let mut tx = db.write().await?;
        let mut first = None;
        for number in 1..=PEOPLE {
            let id = account::create(tx.conn(), &nobody(&format!("bench{number}"), Role::Dispatcher), now).await?;
            first = first.or(id);
        }
        tx.commit().await?;
        sample::fill(
            &db,
            sizes,
            sample::People { first: first.context("a fresh site has no such people")?, count: PEOPLE },
            now,
        )
        .await?;
        db.close().await;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Waits until the running server has added all codes to the search, and gives the seconds it took.
    pub async fn settle(&self) -> anyhow::Result<f64> {
        let started = std::time::Instant::now();
        let db = Db::open(&self.database, OpenOptions::default()).await?;
        while search::waiting(&db).await? > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        db.close().await;
        Ok(started.elapsed().as_secs_f64())
    }

    async fn is_ready(&self) -> anyhow::Result<bool> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nhost: bench\r\n\r\n").await?;
        Ok(read_answer(&mut stream, &mut Vec::new()).await? == 200)
    }

    /// The most memory that the server used, in MiB, if the system can tell.
    pub fn memory_mib(&self) -> Option<u64> {
        memory_of(self.server.as_ref()?.id())
    }

    /// Ends the server and removes the database.
    pub async fn close(mut self) -> anyhow::Result<()> {
        if let Some(mut server) = self.server.take() {
            server.kill().await?;
        }
        if let Some((server, name)) = &self.scratch {
            scratch::drop(server, name).await?;
        }
        Ok(())
    }
}

/// What a command used.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// How long it ran, in seconds.
    pub seconds: f64,
    /// The most memory it used, in MiB.
    pub memory_mib: u64,
}

/// Runs this program with other arguments and watches it.
pub async fn watch(arguments: &[&str]) -> anyhow::Result<Watched> {
    let program = std::env::current_exe().context("the program does not know where it is")?;
    let started = std::time::Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).env("TALLYHOUSE__LOG__FILTER", "warn").stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = command.spawn()?;
    let id = running.id();
    let mut memory_mib = 0;
    let ended = loop {
        memory_mib = memory_of(id).unwrap_or(memory_mib);
        tokio::select! {
            ended = running.wait() => break ended?,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    };
    anyhow::ensure!(ended.success(), "{arguments:?} ended with {ended}");
    Ok(Watched { seconds: started.elapsed().as_secs_f64(), memory_mib })
}

/// The most memory that a process used, in MiB.
fn memory_of(id: Option<u32>) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", id?)).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// An account with which nobody signs in.
fn nobody(name: &str, role: Role) -> NewAccount {
    NewAccount {
        realm: Realm::Staff,
        username: name.into(),
        email: None,
        password_hash: "no password".into(),
        roles: vec![role],
        area: None,
    }
}

/// Creates the schema, an admin, and a token for them.
async fn people(database: &str) -> anyhow::Result<String> {
    let db = Db::open(database, OpenOptions::default()).await?;
    db.migrate(crate::wings::MIGRATIONS).await?;
    let now = SystemClock.now();
    let account = nobody("bench", Role::Admin);
    let token = Token::new("tally_", &SystemEntropy);
    let mut tx = db.write().await?;
    let id = account::create(tx.conn(), &account, now).await?.context("a fresh database has no accounts")?;
    let new = NewToken { account: id, name: "bench", token_hash: &token.hash, ..NewToken::default() };
    token::create(tx.conn(), new, now).await?;
    tx.commit().await?;
    db.close().await;
    Ok(token.text)
}
