//! Backups of PostgreSQL by its own programs, `pg_dump` and `pg_restore`.
//!
//! The dump stands in the same file as everything else, so it is encrypted, summed, kept, copied and tried like our own
//! snapshot; `unzip -p FILE tallyhouse.dump | pg_restore` opens it without this program. Invariant: no password stands on a
//! command line, where every user of the machine could read it.

use std::path::Path;
use std::process::Stdio;

use base_db::Db;
use percent_encoding::percent_decode_str;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;

use crate::archive::Step;
use crate::error::BackupError;
use crate::manifest::{self, Entry};

/// How PostgreSQL is backed up. SQLite has one way only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `pg_dump` where there is one that fits the server, else our own snapshot.
    #[default]
    Auto,
    /// Our own snapshot: restored by this program alone.
    Own,
    /// `pg_dump`; without one there is no backup.
    PgDump,
}

/// Most bytes of what a program complains of that are told.
const COMPLAINT_BYTES_MAX: usize = 400;
/// How much is read at once.
const PIECE_BYTES: usize = 256 << 10;
/// What may stand behind the name of a database, for PostgreSQL's own programs as for us.
const PARAMETERS: &[&str] =
    &["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "options"];

/// Whether there is a `pg_dump` that can dump this database: PostgreSQL's refuses a server that is newer. The error says why
/// not.
pub async fn dump_fits(db: &Db) -> Result<(), BackupError> {
    let Some(server) = db.server_version().await? else {
        return Err(fault("pg_dump", "the database is not PostgreSQL"));
    };
    for program in ["pg_dump", "pg_restore"] {
        let ran = Command::new(program).arg("--version").stdin(Stdio::null()).output().await;
        let ran = ran.map_err(|error| fault(program, format!("cannot be run ({})", error.kind())))?;
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let version = told.split("(PostgreSQL) ").nth(1).and_then(|rest| rest.split('.').next()?.trim().parse().ok());
        let version: i64 = version.ok_or_else(|| fault(program, "does not tell its version"))?;
        if version < server {
            return Err(fault(program, format!("is of version {version}, and the server of {server}")));
        }
    }
    Ok(())
}

fn fault(program: &'static str, what: impl Into<String>) -> BackupError {
    BackupError::Program { program, what: what.into() }
}

/// Where a program of PostgreSQL connects to, and the password that it gets in its environment.
struct Target {
    address: String,
    password: Option<String>,
}

fn target(address: &str) -> Target {
    let (rest, parameters) = address.split_once('?').unwrap_or((address, ""));
    let (scheme, rest) = rest.split_once("://").unwrap_or(("postgres", rest));
    let (who, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    let mut password = (!password.is_empty()).then(|| password.to_owned());
    let mut kept = Vec::new();
    for pair in parameters.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "password" => password = Some(value.to_owned()),
            _ if PARAMETERS.contains(&name) => kept.push(pair),
            _ => {}
        }
    }
    let at = if user.is_empty() { String::new() } else { format!("{user}@") };
    let parameters = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let password = password.map(|text| percent_decode_str(&text).decode_utf8_lossy().into_owned());
    Target { address: format!("{scheme}://{at}{place}{parameters}"), password }
}

fn command(program: &'static str, address: &str) -> Command {
    let Target { address, password } = target(address);
    let mut command = Command::new(program);
    command.arg(format!("--dbname={address}")).args(["--no-owner", "--no-privileges"]);
    command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Sends the dump of the database at `address`.
pub(crate) async fn send(address: &str, steps: &mpsc::Sender<Step>) -> Result<(), BackupError> {
    const PROGRAM: &str = "pg_dump";
    let mut command = command(PROGRAM, address);
    // The file that it goes into is compressed.
    command.args(["--format=custom", "--compress=0"]).stdout(Stdio::piped());
    let mut running = command.spawn().map_err(|error| fault(PROGRAM, format!("cannot be run ({})", error.kind())))?;
    let complaint = complaint_of(running.stderr.take());
    let mut out = running.stdout.take().ok_or_else(|| fault(PROGRAM, "gives nothing out"))?;
    let entry = Entry::of_file(manifest::DUMP_FILE);
    let mut is_taken = steps.send(Step::Begin(Box::new(entry))).await.is_ok();
    while is_taken {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = out.read_buf(&mut piece).await;
        if read.map_err(|error| fault(PROGRAM, format!("broke off ({})", error.kind())))? == 0 {
            break;
        }
        is_taken = steps.send(Step::Piece(piece)).await.is_ok();
    }
    if !is_taken {
        // Nobody takes it any more when the writer has failed, and the writer says why.
        return Ok(());
    }
    ended(PROGRAM, running, complaint).await?;
    drop(steps.send(Step::End(None)).await);
    Ok(())
}

/// Restores the dump in `file` into the empty database at `address`: all of it, or nothing.
pub(crate) async fn restore(address: &str, file: &Path) -> Result<(), BackupError> {
    const PROGRAM: &str = "pg_restore";
    let mut command = command(PROGRAM, address);
    command.args(["--single-transaction", "--exit-on-error"]).arg(file).stdout(Stdio::null());
    let missing = "cannot be run; this backup was made by pg_dump: install PostgreSQL's client programs";
    let mut running = command.spawn().map_err(|error| fault(PROGRAM, format!("{missing} ({})", error.kind())))?;
    let complaint = complaint_of(running.stderr.take());
    ended(PROGRAM, running, complaint).await
}

/// What a program complains of, read beside it so that it never waits for us; the beginning is kept.
fn complaint_of(stderr: Option<ChildStderr>) -> tokio::task::JoinHandle<String> {
    tokio::spawn(async move {
        let (mut kept, mut piece) = (Vec::new(), vec![0; 4096]);
        let Some(mut stderr) = stderr else { return String::new() };
        while let Ok(read @ 1..) = stderr.read(&mut piece).await {
            let room = COMPLAINT_BYTES_MAX.saturating_sub(kept.len()).min(read);
            kept.extend_from_slice(piece.get(..room).unwrap_or_default());
        }
        String::from_utf8_lossy(&kept).trim().replace('\n', "; ")
    })
}

async fn ended(
    program: &'static str,
    mut running: Child,
    complaint: tokio::task::JoinHandle<String>,
) -> Result<(), BackupError> {
    let status = running.wait().await.map_err(|error| fault(program, error.to_string()))?;
    let complaint = complaint.await.unwrap_or_default();
    if status.success() { Ok(()) } else { Err(fault(program, format!("ended with {status}: {complaint}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_taken_out_of_the_address() {
        let with = target("postgres://bags:p%40ss@db.example:5433/site?sslmode=require&statement-cache-capacity=9");
        assert_eq!(with.address, "postgres://bags@db.example:5433/site?sslmode=require");
        assert_eq!(with.password.as_deref(), Some("p@ss"));
        let without = target("postgresql://db.example/site");
        assert_eq!((without.address.as_str(), without.password), ("postgresql://db.example/site", None));
        let behind = target("postgres://bags@/site?host=/run/postgresql&password=secret");
        assert_eq!(behind.address, "postgres://bags@/site?host=/run/postgresql");
        assert_eq!(behind.password.as_deref(), Some("secret"));
    }
}
