//! `tallyhouse export bags|bills|activity|statistics`: everything of the site as a file.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use bags_work::export::{DAYS_DEFAULT, exports, site_setting};
use base_core::audit::Entry;
use base_files::export::{Choice, CsvMaker, Format, Given, Rows, Setting, workbook};
use serde_json::json;

use super::answer;
use crate::config::Config;
use crate::progress::Progress;
use crate::site::Site;

/// What to write.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Bags, with children, bill, area and parent
    Bags {
        /// Only this type: parent or child
        #[arg(long = "type", value_name = "TYPE")]
        kind: Option<String>,
        /// Number of bags, in the order of their codes; without it all
        #[arg(long)]
        limit: Option<u64>,
        #[command(flatten)]
        out: Out,
    },
    /// Bills, with parents, children and weights
    Bills {
        /// Only this status: new, processing or completed
        #[arg(long)]
        status: Option<String>,
        /// Number of bills, in the order of their numbers; without it all
        #[arg(long)]
        limit: Option<u64>,
        #[command(flatten)]
        out: Out,
    },
    /// Every account with its accepted scans
    Activity {
        /// Number of days to count scans for, today included
        #[arg(long, default_value_t = DAYS_DEFAULT)]
        days: u32,
        #[command(flatten)]
        out: Out,
    },
    /// The totals of the site
    Statistics {
        #[command(flatten)]
        out: Out,
    },
}

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Out {
    /// Format of the file
    #[arg(long, default_value = "csv", value_parser = ["csv", "xlsx"])]
    format: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Command {
    fn read(&self) -> anyhow::Result<(Choice, &Out)> {
        let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        let (what, kind, status, days, limit, out) = match self {
            Self::Bags { kind, limit, out } => ("bags", kind.as_deref(), None, None, *limit, out),
            Self::Bills { status, limit, out } => ("bills", None, status.as_deref(), None, *limit, out),
            Self::Activity { days, out } => ("activity", None, None, Some(u64::from(*days)), None, out),
            Self::Statistics { out } => ("statistics", None, None, None, None, out),
        };
        let (days, limit) = (number(days), number(limit));
        let (kind, status) = (kind.unwrap_or_default(), status.unwrap_or_default());
        let given =
            Given::default().with("type", kind).with("status", status).with("days", &days).with("limit", &limit);
        let choice = exports().choose(what, &given).context("there is no such export")?;
        let choice = choice.map_err(|fault| anyhow!("--{}: {}", fault.field, fault.detail))?;
        Ok((choice, out))
    }
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let (choice, out) = command.read()?;
    let format = Format::parse(&out.format).context("the form is csv or xlsx")?;
    let site = Site::open(config).await?;
    let bags = &site.config.bags;
    let setting = Setting { zone: bags.zone.clone(), site: site_setting(bags.rules().capacity).into(), at: site.now() };
    let cannot = || format!("{} cannot be written", out.out.display());
    let mut file = File::create(&out.out).with_context(cannot)?;
    note(&site, &choice, format, ("started", None)).await?;
    let rows = Rows::new(&site.db, choice.clone(), setting);
    let mut progress = Progress::new("writing", rows.expected().await?);
    let written = match format {
        Format::Csv => {
            let mut maker = CsvMaker::begin(rows)?;
            while let Some(piece) = maker.next().await? {
                file.write_all(&piece).with_context(cannot)?;
                progress.set(maker.rows_done());
            }
            maker.rows_done()
        }
        Format::Xlsx => {
            let show = |done| {
                progress.set(done);
                std::future::ready(Ok(true))
            };
            let (mut made, rows) = workbook(rows, show).await?;
            made.rewind()?;
            std::io::copy(&mut made, &mut file).with_context(cannot)?;
            rows
        }
    };
    file.sync_all().with_context(cannot)?;
    progress.finish();
    note(&site, &choice, format, ("written", Some(written))).await?;
    site.db.close().await;
    answer(&json!({ "rows": written, "file": out.out.display().to_string() }).to_string())
}

async fn note(site: &Site, choice: &Choice, format: Format, (state, rows): (&str, Option<u64>)) -> anyhow::Result<()> {
    let after = json!({ "format": format.extension(), "filter": choice.filter(), "state": state, "rows": rows });
    let mut tx = site.db.write().await?;
    site.note(&mut tx, Entry::new("export", "export", choice.name()).with_after(&after)).await?;
    Ok(tx.commit().await?)
}
