//! `tallyhouse token …`: bearer tokens of the API. A token is shown once, by itself, and kept hashed.

use anyhow::{Context, ensure};
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_records::token::NewToken;
use base_records::{account, token};
use base_secret::Token;
use serde_json::json;

use super::{answer, time};
use crate::config::Config;
use crate::site::Site;

const NAME_LENGTH_MAX: usize = 64;

/// What to do with tokens.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a token and print only the token
    Create {
        /// User name of the account whose permissions it has
        #[arg(long)]
        user: String,
        /// What it is for
        #[arg(long)]
        name: String,
    },
    /// List tokens, tab-separated
    List,
    /// Revoke a token
    Revoke {
        /// Its number in the list
        id: i64,
    },
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    match command {
        Command::Create { user, name } => create(&site, &user, &name).await,
        Command::List => list(&site).await,
        Command::Revoke { id } => revoke(&site, id).await,
    }
}

async fn create(site: &Site, user: &str, name: &str) -> anyhow::Result<()> {
    let plain = !name.trim().is_empty() && !name.contains(char::is_control);
    ensure!(
        plain && name.chars().count() <= NAME_LENGTH_MAX,
        "a token's name has 1 to {NAME_LENGTH_MAX} characters, and no control characters"
    );
    let account = account::find_id(&site.db, Realm::Staff, user).await?;
    let account = account.with_context(|| format!("there is no account {user:?}"))?;
    let secret = Token::new("tally_", &*site.entropy);
    let mut tx = site.db.write().await?;
    let new = NewToken { account, name, token_hash: &secret.hash, ..NewToken::default() };
    let id = token::create(tx.conn(), new, site.now()).await?;
    let entry = Entry::new("token_created", "token", id.to_string());
    site.note(&mut tx, entry.with_after(&json!({ "name": name, "user": user }))).await?;
    tx.commit().await?;
    answer(&secret.text)
}

async fn list(site: &Site) -> anyhow::Result<()> {
    answer("id\tname\tuser\tcreated\trevoked")?;
    for line in token::list(&site.db, Realm::Staff).await? {
        let cells = [line.id.to_string(), line.name, line.username, time(Some(line.created_at)), time(line.revoked_at)];
        answer(&cells.join("\t"))?;
    }
    Ok(())
}

async fn revoke(site: &Site, id: i64) -> anyhow::Result<()> {
    let mut tx = site.db.write().await?;
    let revoked = token::revoke(tx.conn(), Realm::Staff, id, site.now()).await?;
    ensure!(revoked, "there is no token {id} that could be revoked");
    site.note(&mut tx, Entry::new("token_revoked", "token", id.to_string())).await?;
    tx.commit().await?;
    eprintln!("token {id} is revoked");
    Ok(())
}
