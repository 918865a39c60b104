//! `tallyhouse audit`: verifies the audit trail, proves entries of it, checks proofs, and removes what is old.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use base_core::audit::Entry;
use base_core::setting::{AUDIT_ROWS_DAYS, AUDIT_VALUES_DAYS};
use base_core::time::{Moment, SECOND_US};
use base_proof::leaf::Part;
use base_proof::note::PublicKey;
use base_proof::tree::is_consistent;
use base_records::audit::grow::grow;
use base_records::audit::prove::{self, Unproved};
use base_records::audit::retention::{Cutter, Held, Periods, held};
use base_records::audit::seal;
use base_records::audit::tree::Step;
use base_records::audit::verify::{Asked, Report, verify};
use base_records::setting;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use people_rules::account::removed_name;
use serde_json::json;

use super::answer;
use crate::config::Config;
use crate::site::Site;
use crate::{audit_key, keys};

/// How long an entry may be without a checkpoint before that is told as a fault of the job, in microseconds.
const LATE_US: i64 = 5 * SECOND_US;

/// What to do with the audit trail.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Recompute the whole tree and name the first bad entry
    Verify {
        /// The public key, kept outside; without it that of this site
        #[arg(long, value_name = "PUBLIC")]
        key: Option<String>,
        /// A checkpoint that was kept outside; may be given several times
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
    /// Write the proof of one entry, which `check` and programs of others verify
    Proof {
        /// The number of the entry
        seq: i64,
    },
    /// Check a proof with the public key alone, without a database
    Check(CheckArgs),
    /// Write the newest signed checkpoint, to be kept outside
    Checkpoint,
    /// Prove that the trail still begins with what an older checkpoint has signed
    Consistency {
        /// The older checkpoint
        checkpoint: PathBuf,
    },
    /// Write the public key
    Key,
    /// Make another key, when the old one cannot be read any more
    NewKey,
    /// Remove what was kept for long enough; the site does so by itself, too
    Retention {
        /// Count, remove nothing
        #[arg(long)]
        dry_run: bool,
        /// How long entries are kept; without it the setting of the site
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        rows_days: Option<i64>,
        /// How long values before and after are kept
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        values_days: Option<i64>,
    },
}

/// What to check.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The file of the proof
    proof: PathBuf,
    /// The public key of the site
    #[arg(long, value_name = "PUBLIC")]
    key: String,
}

/// Runs a command that needs the database.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let keys = keys::of(&config.session);
    let site = Site::open(config).await?;
    let done = match command {
        Command::Verify { key, checkpoint } => {
            let known = audit_key::public(&site, keys.as_ref()).await;
            let key = match key {
                Some(key) => PublicKey::parse(&key)?,
                None => of_site(known?),
            };
            verify_all(&site, &key, &checkpoint).await
        }
        Command::Proof { seq } => proof(&site, seq).await,
        Command::Check(args) => check(&args),
        Command::Checkpoint => match prove::newest(&site.db).await? {
            Some(newest) => print(&newest.note),
            None => bail!("there is no checkpoint yet"),
        },
        Command::Consistency { checkpoint } => {
            let known = audit_key::public(&site, keys.as_ref()).await?;
            consistency(&site, &known.public, &checkpoint).await
        }
        Command::Key => {
            audit_key::of(&site, keys.as_ref()).await.and_then(|signer| answer(&signer.public().to_string()))
        }
        Command::NewKey => new_key(&site, keys.as_ref()).await,
        Command::Retention { dry_run, rows_days, values_days } => {
            let mut reader = site.db.read().await?;
            let rows = setting::number(reader.conn(), &AUDIT_ROWS_DAYS).await?;
            let values = setting::number(reader.conn(), &AUDIT_VALUES_DAYS).await?;
            drop(reader);
            let periods = Periods { rows_days: rows_days.unwrap_or(rows), values_days: values_days.unwrap_or(values) };
            let signer = audit_key::of(&site, keys.as_ref()).await?;
            retention(&site, (!dry_run).then_some(&signer), periods).await
        }
    };
    site.db.close().await;
    done
}

fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    std::io::stdout().write_all(text.as_bytes()).context("the answer cannot be written")
}

fn of_site(known: audit_key::Known) -> PublicKey {
    if known.is_from_database {
        eprintln!(
            "the public key is what the database says, which somebody who changes the trail may have changed, too: give it \
             with --key"
        );
    }
    known.public
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

async fn verify_all(site: &Site, key: &PublicKey, kept: &[PathBuf]) -> anyhow::Result<()> {
    let kept: Vec<String> = kept.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let report = verify(&site.db, &Asked { key, kept: &kept, removed_name }).await?;
    tell(&report, site.now())?;
    ensure!(report.faults.is_empty(), "the audit trail is not what it was");
    Ok(())
}

fn tell(report: &Report, now: Moment) -> anyhow::Result<()> {
    let Report { leaves, gone, forgotten, waiting, .. } = report;
    answer(&format!(
        "{leaves} entries recomputed, {gone} of them removed after their time, {forgotten} in part forgotten"
    ))?;
    match report.checkpoint {
        Some((size, at)) => answer(&format!("newest checkpoint: {size} entries, signed {}", Moment(at).rfc3339()))?,
        None => answer("no checkpoint yet")?,
    }
    let since = report.waiting_since.map(|at| format!(", the oldest of {}", Moment(at).rfc3339())).unwrap_or_default();
    answer(&format!("not yet under a checkpoint: {waiting} entries{since}"))?;
    if report.waiting_since.is_some_and(|at| now.since_us(Moment(at)) > LATE_US) {
        eprintln!("a running server closes entries within 5 seconds: is one running, and can it read its key?");
    }
    for (n, fault) in report.faults.iter().enumerate() {
        let first = if n == 0 { "first bad entry: " } else { "" };
        let seq = fault.seq.map(|seq| format!("entry {seq}, ")).unwrap_or_default();
        let leaf = fault.leaf.map(|leaf| format!("leaf {leaf}: ")).unwrap_or_default();
        answer(&format!("{first}{seq}{leaf}{}", fault.what))?;
    }
    Ok(())
}

/// Another key signs all that is there at once: the jobs add to no tree that is under no checkpoint.
async fn new_key(site: &Site, keys: Option<&base_secret::SecretKeys>) -> anyhow::Result<()> {
    let key = audit_key::renew(site, keys).await?;
    let signer = audit_key::of(site, keys).await?;
    seal::begin(&site.db, &Step { signer: &signer, now: site.now(), entropy: &*site.entropy }).await?;
    eprintln!("a server that runs goes on with the new key when it starts again");
    answer(&key.to_string())
}

async fn proof(site: &Site, seq: i64) -> anyhow::Result<()> {
    match prove::entry(&site.db, seq).await? {
        Ok(text) => print(&text),
        Err(Unproved::Nothing) => bail!("there is no entry {seq}"),
        Err(Unproved::NotYet) => bail!("entry {seq} is not yet under a checkpoint: ask again in 5 seconds"),
        Err(Unproved::Gone) => bail!("entry {seq} was removed after its time; its leaf alone is left"),
    }
}

/// Checks a proof without a database.
pub fn check(args: &CheckArgs) -> anyhow::Result<()> {
    let key = PublicKey::parse(&args.key)?;
    let found = base_proof::check::check(&read(&args.proof)?, &key)?;
    let fields = &found.fields;
    let hidden: Vec<&str> = found.hidden.iter().map(|part| Part::name(*part)).collect();
    answer(
        &json!({
            "entry": fields.seq, "leaf": found.index, "checkpoint_size": found.checkpoint.size,
            "at": Moment(fields.at).rfc3339(), "realm": fields.realm, "actor": fields.actor, "action": fields.action,
            "entity_type": fields.entity_type, "entity": fields.entity, "before": fields.before, "after": fields.after,
            "address": fields.address, "agent": fields.agent, "request_id": fields.request_id,
            "station": fields.station, "forgotten": hidden,
        })
        .to_string(),
    )?;
    eprintln!("the proof is good: the entry is in the tree that {} has signed", key.name);
    Ok(())
}

async fn consistency(site: &Site, key: &PublicKey, older: &Path) -> anyhow::Result<()> {
    let older = key.checkpoint(&read(older)?).context("the older checkpoint")?;
    let newest = prove::newest(&site.db).await?.context("there is no checkpoint yet")?;
    let newest = key.checkpoint(&newest.note).context("the newest checkpoint")?;
    ensure!(
        (1..=newest.size).contains(&older.size),
        "the older checkpoint is over {} entries, the newest over {}: the end of the trail was cut off",
        older.size,
        newest.size
    );
    let path = prove::extension(&site.db, older.size, &newest).await?;
    for hash in &path {
        answer(&STANDARD.encode(hash))?;
    }
    ensure!(
        is_consistent(older.size, newest.size, &older.root, &newest.root, &path),
        "the trail does not begin with what the older checkpoint has signed"
    );
    eprintln!("the {} entries of the older checkpoint are the beginning of the {} now", older.size, newest.size);
    Ok(())
}

async fn retention(site: &Site, signer: Option<&base_proof::note::Signer>, periods: Periods) -> anyhow::Result<()> {
    let now = site.now();
    // What has no leaf yet cannot be cut.
    if let Some(signer) = signer {
        while grow(&site.db, &Step { signer, now, entropy: &*site.entropy }).await?.is_more {}
    }
    let Held { rows, with_values, oldest, newest } = held(&site.db).await?;
    let counts = Cutter { db: &site.db, periods, signer, now }.run().await?;
    let time = |at: Option<i64>| at.map(|at| Moment(at).rfc3339());
    let told = json!({
        "dry_run": signer.is_none(), "entries": rows, "with_values": with_values, "oldest": time(oldest),
        "newest": time(newest), "rows": counts.rows, "values": counts.values, "kept": counts.kept,
        "rows_days": periods.rows_days, "values_days": periods.values_days,
    });
    answer(&told.to_string())?;
    if signer.is_some() && counts.rows + counts.values > 0 {
        let mut tx = site.db.write().await?;
        site.note(&mut tx, Entry::new("audit_retention", "audit", "").with_after(&told)).await?;
        tx.commit().await?;
    }
    Ok(())
}
