//! `tallyhouse import portal PATH_OR_URL`: brings the accounts and the trail of the earlier customer portal over.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use jiff::tz::TimeZone;
use portal_erp::{Encryption, Erp, Isolation, Limits, Source, SqlServerPlace, TextReader, Trust};
use portal_oldportal::{
    Brought, Counts, Finding, Options, Reading, Table, Target, bring_over, read_file, read_server, write_archive,
    write_report,
};
use portal_rules::customer::Customer;
use secrecy::SecretString;
use serde_json::json;

use super::answer;
use crate::config::Config;
use crate::site::{self, Site};
use crate::wings;

/// Findings that are told one by one.
const FINDINGS_TOLD: usize = 50;
/// The port of SQL Server.
const PORT: u16 = 1433;
/// How long one query of the earlier database may take.
const QUERY: Duration = Duration::from_mins(10);

/// An import of the earlier customer portal.
#[derive(Debug, clap::Args)]
pub struct Portal {
    /// A folder with Customers.csv and AuditLog.csv, or mssql://USER:PASSWORD@HOST:PORT/DATABASE. Without it, the variables
    /// `DB_SERVER`, `DB_NAME`, `DB_USERNAME` and `DB_PASSWORD` of the earlier portal are read. It is only read
    #[arg(value_name = "PATH_OR_URL")]
    source: Option<String>,
    /// Time zone of the clock of its server
    #[arg(long, default_value = "America/Los_Angeles")]
    zone: String,
    /// Name under which it is known the next time; another one for another portal
    #[arg(long, default_value = "portal")]
    name: String,
    /// File of the authority whose certificate the server has (PEM or DER)
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Reach the server without encryption; only on this machine itself
    #[arg(long)]
    unencrypted: bool,
    /// What stands in CSV files for a missing value
    #[arg(long, default_value = "NULL")]
    null: String,
    /// File for everything that was not as expected; what has no place here is written beside it
    #[arg(long, value_name = "FILE.csv")]
    report: Option<PathBuf>,
    /// Read and report everything, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub async fn run(args: Portal, config: Config) -> anyhow::Result<()> {
    let zone = TimeZone::get(&args.zone)
        .map_err(|_| anyhow!("there is no time zone {:?}; name one such as America/Los_Angeles", args.zone))?;
    if let Some(path) = &args.report {
        ensure!(!path.exists(), "{} is there already; name another file", path.display());
    }
    let known = known(&config).await;
    let options = Options { zone, known, null: args.null.clone() };
    eprintln!("its times are read as those of {}", args.zone);
    let reading = read(&args, &options).await?;
    let site = Site::open(config).await?;
    let declared = wings::declared(&Arc::new(site.config.bags.rules()));
    let accounts = base_wing::customers(&declared).context("no wing has accounts of customers")?;
    let origin = site::command_line();
    let target = Target {
        db: &site.db,
        accounts: &*accounts,
        now: site.now(),
        origin: &origin,
        source: &args.name,
        known: &options.known,
        is_dry_run: args.dry_run,
    };
    let brought = bring_over(target, &reading).await?;
    site.db.close().await;
    let mut archive = None;
    if let Some(path) = &args.report {
        let cannot = || format!("{} cannot be written", path.display());
        write_report(path, &brought.findings).with_context(cannot)?;
        archive = write_archive(path, &reading).with_context(cannot)?;
    }
    tell(&args, &brought, archive.as_deref())
}

/// The customers of the ERP, so that accounts are given them by their keys. Without an ERP they are given names.
async fn known(config: &Config) -> Vec<Customer> {
    let Some(settings) = config.erp.clone() else { return Vec::new() };
    let found = match Source::open(settings) {
        Ok(source) => source.customers().await,
        Err(fault) => Err(fault),
    };
    found.unwrap_or_else(|fault| {
        eprintln!("the customers of the ERP are not known ({fault}): accounts are given them by name");
        Vec::new()
    })
}

async fn read(args: &Portal, options: &Options) -> anyhow::Result<Reading> {
    let mut reading = Reading::default();
    if let Some(folder) = args.source.as_deref().filter(|source| !source.contains("://")) {
        let folder = Path::new(folder);
        ensure!(folder.is_dir(), "{} is no folder; name the one with Customers.csv", folder.display());
        let customers = folder.join("Customers.csv");
        ensure!(customers.exists(), "{} is missing", customers.display());
        read_file(&customers, Table::Customers, options, &mut reading)?;
        let log = folder.join("AuditLog.csv");
        if log.exists() {
            read_file(&log, Table::AuditLog, options, &mut reading)?;
        } else {
            eprintln!("{} is missing: no trail is brought over", log.display());
        }
        return Ok(reading);
    }
    let place = match &args.source {
        Some(url) => place_of_url(url)?,
        None => place_of_variables(|name| std::env::var(name).ok())?,
    };
    let place = SqlServerPlace {
        encryption: if args.unencrypted { Encryption::Off } else { Encryption::Required },
        trust: args.ca_file.clone().map_or(Trust::System, Trust::File),
        ..place
    };
    let server = TextReader::open(place, Limits { query: QUERY, ..Limits::default() })?;
    read_server(&server, options, &mut reading).await?;
    Ok(reading)
}

fn place(host: &str, database: &str, user: &str, password: &str) -> anyhow::Result<SqlServerPlace> {
    // SQL Server's own tools write the port behind a comma, addresses behind a colon.
    let (host, port) = match host.rsplit_once([',', ':']) {
        Some((host, port)) => (host, port.trim().parse().with_context(|| format!("{port:?} is no port"))?),
        None => (host, PORT),
    };
    ensure!(!host.is_empty() && !host.contains(['\\', '/', ' ']), "{host:?} is no name of a server");
    Ok(SqlServerPlace {
        host: host.to_owned(),
        port,
        database: database.to_owned(),
        user: user.to_owned(),
        password: SecretString::from(password),
        encryption: Encryption::Required,
        trust: Trust::System,
        isolation: Isolation::ReadCommitted,
    })
}

fn place_of_url(url: &str) -> anyhow::Result<SqlServerPlace> {
    let wrong = || anyhow!("write it as mssql://USER:PASSWORD@HOST:PORT/DATABASE");
    let rest = ["mssql://", "sqlserver://"].into_iter().find_map(|kind| url.strip_prefix(kind)).ok_or_else(wrong)?;
    let (login, rest) = rest.rsplit_once('@').ok_or_else(wrong)?;
    let ((user, password), (host, database)) = login.split_once(':').zip(rest.split_once('/')).ok_or_else(wrong)?;
    ensure!(!user.is_empty() && !database.is_empty(), wrong());
    place(host, &unescaped(database), &unescaped(user), &unescaped(password))
}

/// A part of an address: `%40` is an `@`.
fn unescaped(text: &str) -> String {
    let plain = text.replace('+', "%2B");
    let pair = format!("v={plain}");
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What the earlier portal was configured with.
fn place_of_variables(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<SqlServerPlace> {
    let set = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
    if set("DB_USE_WINDOWS_AUTH")
        .is_some_and(|text| ["1", "true", "yes"].contains(&text.trim().to_lowercase().as_str()))
    {
        bail!("DB_USE_WINDOWS_AUTH: Windows authentication is not there; give DB_USERNAME and DB_PASSWORD of a login");
    }
    let needed = |name: &'static str| {
        set(name)
            .with_context(|| format!("name a folder or an address, or set DB_SERVER and the like: {name} is not set"))
    };
    place(&needed("DB_SERVER")?, &needed("DB_NAME")?, &needed("DB_USERNAME")?, &needed("DB_PASSWORD")?)
}

fn tell(args: &Portal, brought: &Brought, archive: Option<&Path>) -> anyhow::Result<()> {
    let counts =
        |of: &Counts| json!({ "read": of.read, "brought": of.brought, "known": of.known, "left_out": of.left_out });
    let line = json!({
        "source": args.name, "dry_run": args.dry_run, "customers": counts(&brought.customers),
        "entries": counts(&brought.entries), "findings": brought.findings.len(),
    });
    answer(&line.to_string())?;
    for (name, of) in [("customers", &brought.customers), ("entries of the trail", &brought.entries)] {
        eprintln!(
            "{name}: {} read, {} brought, {} here before, {} left out",
            of.read, of.brought, of.known, of.left_out
        );
    }
    for Finding { kind, earlier_id, code, found, done } in brought.findings.iter().take(FINDINGS_TOLD) {
        eprintln!("{kind} {earlier_id} {code}: {found}; {done}");
    }
    if brought.findings.len() > FINDINGS_TOLD {
        eprintln!("and {} more findings; --report FILE.csv tells all", brought.findings.len() - FINDINGS_TOLD);
    }
    if let Some(folder) = archive {
        eprintln!("{} has what found no place here", folder.display());
    }
    if args.dry_run {
        eprintln!("this was a dry run; nothing is changed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_the_variables_of_the_earlier_portal_name_the_same_server() {
        let of_url = place_of_url("mssql://portal:p%40ss+1@sql.example:1444/CustomerPortalDB").expect("an address");
        assert_eq!(
            (of_url.host.as_str(), of_url.port, of_url.database.as_str()),
            ("sql.example", 1444, "CustomerPortalDB")
        );
        let set = |name: &str| {
            let value = match name {
                "DB_SERVER" => "sql.example,1444",
                "DB_NAME" => "CustomerPortalDB",
                "DB_USERNAME" => "portal",
                "DB_PASSWORD" => "p@ss+1",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let of_variables = place_of_variables(set).expect("all of them");
        assert_eq!(format!("{of_url:?}"), format!("{of_variables:?}"));
        let windows = |name: &str| if name == "DB_USE_WINDOWS_AUTH" { Some("True".into()) } else { set(name) };
        let refused = place_of_variables(windows).expect_err("refused by name").to_string();
        assert!(refused.contains("DB_USE_WINDOWS_AUTH"), "{refused}");
        let missing = place_of_variables(|name| set(name).filter(|_| name != "DB_NAME")).expect_err("one is missing");
        assert!(missing.to_string().contains("DB_NAME"), "{missing}");
        for wrong in ["postgres://a:b@c/d", "mssql://sql.example/d", "mssql://a:b@sql.example"] {
            assert!(place_of_url(wrong).is_err(), "{wrong}");
        }
    }
}
