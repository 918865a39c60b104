//! `tallyhouse import epass PATH_OR_URL`: brings a database of E-Pass over.

use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::account;
use passes_epass::{Brought, Source, Target, bring_over};
use serde_json::json;

use super::answer;
use crate::config::Config;
use crate::site::{self, Site};

/// Findings that are told one by one.
const FINDINGS_TOLD: usize = 50;

/// An import of a whole database of E-Pass.
#[derive(Debug, clap::Args)]
pub struct Epass {
    /// The file of E-Pass (epass.db), or its database, postgres://…; it is only read
    #[arg(value_name = "PATH_OR_URL", env = "EPASS_DATABASE_URL", hide_env_values = true)]
    source: String,
    /// Name of the event that its passes are for
    #[arg(long, default_value = "E-Pass")]
    event: String,
    /// Read and report everything, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub async fn run(args: Epass, config: Config) -> anyhow::Result<()> {
    let source = Source::read(&args.source).await?;
    let site = Site::open(config).await?;
    if site.config.passes.qr_secret.is_none() {
        eprintln!(
            "QR_SECRET is not set: set it to that of E-Pass, or the codes that it issued are refused at the gate"
        );
    }
    let origin = site::command_line();
    let target =
        Target { db: &site.db, now: site.now(), origin: &origin, event: &args.event, is_dry_run: args.dry_run };
    let brought = bring_over(target, &source).await?;
    let people = account::list(&site.db, Realm::Staff, &site.grants).await?;
    if !people.iter().any(|line| line.is_active && line.person.roles.contains(&Role::Admin)) {
        eprintln!("nobody here is an admin: `tallyhouse user add NAME --role admin` makes one");
    }
    site.db.close().await;
    tell(&args, &source, &brought)
}

fn tell(args: &Epass, source: &Source, brought: &Brought) -> anyhow::Result<()> {
    let line = json!({
        "source": source.name, "dry_run": args.dry_run, "event": brought.event, "people": brought.people,
        "passes": brought.passes, "known": brought.known, "left_out": brought.left_out, "admitted": brought.admitted,
        "amount": brought.amount, "findings": brought.findings.len(),
    });
    answer(&line.to_string())?;
    eprintln!(
        "{} passes brought, {} of them used, ₹{} together; {} here before, {} left out",
        brought.passes, brought.admitted, brought.amount, brought.known, brought.left_out
    );
    if brought.people > 0 {
        eprintln!("{} organisers brought; each chooses a new password at the first sign-in", brought.people);
    }
    for finding in brought.findings.iter().take(FINDINGS_TOLD) {
        eprintln!("{}: {}; {}", finding.row, finding.found, finding.done);
    }
    if brought.findings.len() > FINDINGS_TOLD {
        eprintln!("and {} more findings", brought.findings.len() - FINDINGS_TOLD);
    }
    if args.dry_run {
        eprintln!("this was a dry run; nothing is changed");
    }
    Ok(())
}
