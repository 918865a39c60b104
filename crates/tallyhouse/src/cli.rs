//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Environment, Faults, Sources};
use crate::{commands, process};

/// Server for warehouses: scan bags into parents, put parents on bills
#[derive(Debug, Parser)]
#[command(name = "tallyhouse", version, propagate_version = true)]
struct Cli {
    /// Configuration file; without it `tallyhouse.toml`, if it exists
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database, sqlite:PATH or postgres://…; overrides `DATABASE_URL` and the configuration file
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(commands::serve::Args),
    /// Run the server on a temporary database with example data
    Demo(commands::demo::Args),
    /// Bring the database up to date
    Migrate,
    /// Accounts: add, list, unlock, set a password
    #[command(subcommand)]
    User(commands::user::Command),
    /// Access tokens for the API: create, list, revoke
    #[command(subcommand)]
    Token(commands::token::Command),
    /// Passwords: make a hash for the configuration
    #[command(subcommand)]
    Password(commands::password::Command),
    /// Stored secrets: encrypt them again with a new key
    #[command(subcommand)]
    Secret(commands::secret::Command),
    /// The audit trail: verify it, prove an entry, check a proof, remove what is old
    #[command(subcommand)]
    Audit(commands::audit::Command),
    /// Mail: test, list, retry
    #[command(subcommand)]
    Mail(commands::mail::Command),
    /// Import bags and bills from files, and undo imports
    #[command(subcommand)]
    Import(commands::import::Command),
    /// Export bags, bills or figures to a file
    #[command(subcommand)]
    Export(commands::export::Command),
    /// Write example files
    #[command(subcommand)]
    Sample(commands::sample::Command),
    /// Backups: make one, or list, try, fetch, restore
    Backup(commands::backup::Args),
    /// Restore a backup, or only try whether it can be
    Restore(commands::backup::RestoreArgs),
    /// Jobs that run by themselves: list, run one now
    #[command(subcommand)]
    Jobs(commands::jobs::Command),
    /// Check the configuration
    #[command(subcommand)]
    Config(commands::config::Command),
    /// Measure how fast this machine is
    #[command(subcommand)]
    Bench(commands::bench::Command),
    /// Check the database and what is around it: is it reachable, up to date and correct
    Doctor,
    /// Check everything in the database: its own state, every figure recounted, the whole audit trail
    Verify,
    /// Ask the running server whether it can work, as the health check of a container does
    Health,
}

/// Runs the command that the command line asks for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    process::keep_to_itself();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().on_thread_start(lower_priority).build();
    let result = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(command(cli)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tallyhouse: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Threads that serve requests get a little less processor time than the desk and the database's writer, for which many
/// requests wait. If the system refuses, the program works all the same.
fn lower_priority() {
    const NICER_BY: i32 = 5;
    let _refused = rustix::process::nice(NICER_BY);
}

async fn command(cli: Cli) -> anyhow::Result<()> {
    if let Command::Password(command) = cli.command {
        return commands::password::run(&command);
    }
    if let Command::Audit(commands::audit::Command::Check(args)) = &cli.command {
        return commands::audit::check(args);
    }
    let loaded = load(&cli);
    if let Command::Config(command) = cli.command {
        return commands::config::run(&command, loaded);
    }
    let config = loaded?;
    config.log.start();
    match cli.command {
        Command::Serve(args) => Box::pin(commands::serve::run(args, config)).await,
        Command::Bench(command) => commands::bench::run(command, config, cli.database.is_some()).await,
        Command::Demo(args) => Box::pin(commands::demo::run(args, config, cli.database.is_some())).await,
        Command::Migrate => commands::migrate::run(config).await,
        Command::User(command) => commands::user::run(command, config).await,
        Command::Token(command) => commands::token::run(command, config).await,
        Command::Audit(command) => commands::audit::run(command, config).await,
        Command::Secret(command) => commands::secret::run(command, config).await,
        Command::Mail(command) => commands::mail::run(command, config).await,
        Command::Import(command) => Box::pin(commands::import::run(command, config)).await,
        Command::Export(command) => commands::export::run(command, config).await,
        Command::Backup(args) => commands::backup::run(args, config).await,
        Command::Restore(args) => commands::backup::run_restore(args, config).await,
        Command::Jobs(command) => commands::jobs::run(command, config).await,
        Command::Verify => commands::doctor::verify(&config).await,
        Command::Sample(command) => commands::sample::run(&command, &config),
        Command::Doctor => commands::doctor::run(&config).await,
        Command::Health => commands::health::run(&config).await,
        Command::Config(_) | Command::Password(_) => Ok(()),
    }
}

fn load(cli: &Cli) -> Result<Config, Faults> {
    let environment: Environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Config::load(Sources { file: cli.config.as_deref(), environment: &environment, database: cli.database.as_deref() })
}
