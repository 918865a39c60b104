//! `tallyhouse import …`: bags, bills and links from a CSV file or a workbook, tried, resumed and taken back.

mod batches;
mod file;
mod rows;

use std::path::PathBuf;

use bags_rules::import::ImportKind;

use crate::config::Config;

/// What to import.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Bags, with the header `qr_id,type,parent_qr_id,area`
    Bags(Rows),
    /// Bills, with the header `bill_id,description,parent_bag_count,destination,vehicle_number`
    Bills(Rows),
    /// Children into parents, with the header `child,parent`
    Children(Rows),
    /// Parents onto bills, with the header `parent,bill_id`
    Parents(Rows),
    /// List the latest imports
    List,
    /// Undo an import, except what was scanned or changed since
    Rollback(Rollback),
    /// A whole TraitorTrack database: people, bags, bills, scans and audit trail
    Traitortrack(super::traitortrack::Traitortrack),
    /// A whole database of E-Pass: its admins as organisers, its passes as those of one event
    Epass(super::epass::Epass),
    /// The accounts and the trail of the earlier customer portal
    Portal(super::portal::Portal),
}

/// An import of a file of rows.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
#[derive(Debug, clap::Args)]
pub struct Rows {
    /// CSV, Excel (.xlsx, .xls) or OpenDocument (.ods) file
    file: PathBuf,
    /// User name of the person who imports; without it the system
    #[arg(long)]
    user: Option<String>,
    /// Area of the new bags
    #[arg(long)]
    area: Option<String>,
    /// Check every row, change nothing, and write only the result file
    #[arg(long)]
    dry_run: bool,
    /// Import nothing if any row is refused
    #[arg(long)]
    all_or_nothing: bool,
    /// Which column of the file is which, such as `qr_id=Bag No`; may be given several times
    #[arg(long, value_name = "NAME=HEADING")]
    map: Vec<String>,
    /// Find codes in longer text, such as `Bag SB00001 (mustard)`
    #[arg(long)]
    label_text: bool,
    /// Read rows that are hidden in the spreadsheet, too
    #[arg(long = "hidden-rows")]
    reads_hidden: bool,
    /// Make parents, or bills, that rows name and the site does not have
    #[arg(long)]
    make_missing: bool,
    /// The sheet to read, by its name or its number from 1; may be given several times. Without it the first visible sheet
    /// with the columns, and those that go on with it
    #[arg(long, value_name = "NAME")]
    sheet: Vec<String>,
    /// The row that holds the headings; found without it
    #[arg(long, value_name = "N")]
    header_row: Option<i64>,
    /// File for refused rows; without it FILE's name with .result.csv
    #[arg(long, value_name = "OUT.csv")]
    result: Option<PathBuf>,
}

/// A rollback.
#[derive(Debug, clap::Args)]
pub struct Rollback {
    /// The import's id, as `import list` shows it
    id: String,
    /// User name of the person who imports; without it the system
    #[arg(long)]
    user: Option<String>,
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Bags(args) => Box::pin(rows::run(ImportKind::Bags, args, config)).await,
        Command::Bills(args) => Box::pin(rows::run(ImportKind::Bills, args, config)).await,
        Command::Children(args) => Box::pin(rows::run(ImportKind::Children, args, config)).await,
        Command::Parents(args) => Box::pin(rows::run(ImportKind::Parents, args, config)).await,
        Command::List => batches::list(config).await,
        Command::Rollback(args) => batches::roll_back(args, config).await,
        Command::Traitortrack(args) => super::traitortrack::run(args, config).await,
        Command::Epass(args) => super::epass::run(args, config).await,
        Command::Portal(args) => super::portal::run(args, config).await,
    }
}
