//! `tallyhouse mail …`: test whether mail can be sent, list mails, and retry those that failed.

use anyhow::{Context, anyhow, bail, ensure};
use base_core::audit::Entry;
use base_core::entropy::new_id;
use base_core::mail::Content;
use base_mail::{Address, Message};
use base_records::mail;

use super::{answer, time};
use crate::config::Config;
use crate::site::Site;

/// Most mails that are listed at once.
const LIST_MAX: u32 = 1000;

/// What to do with mail.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Send a test mail now and print the answer of the mail server
    Test {
        /// E-mail address to send it to
        address: String,
    },
    /// List the latest mails, tab-separated, without their text
    List {
        /// Number of mails
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(LIST_MAX)))]
        limit: u32,
        /// Only mails with a smaller number
        #[arg(long)]
        below: Option<i64>,
    },
    /// Send a failed mail again
    Retry {
        /// Its number in the list
        id: i64,
    },
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    match command {
        Command::Test { address } => test(&site, &address).await,
        Command::List { limit, below } => list(&site, limit, below).await,
        Command::Retry { id } => retry(&site, id).await,
    }
}

async fn test(site: &Site, address: &str) -> anyhow::Result<()> {
    let settings = site.config.mail.as_ref().context("mail is not configured; see [mail] in docs/running.md")?;
    let to: Address = address.parse().map_err(|error| anyhow!("{address:?} {error}"))?;
    let post = settings.post()?;
    let text = format!("Mail from {} works.", site.config.server.base_url());
    let message = Message {
        id: format!("test-{}", new_id(&*site.entropy, site.now())),
        at: site.now(),
        from: post.from.clone(),
        to,
        bcc: Vec::new(),
        content: Content { subject: "Tallyhouse: a test".into(), html: format!("<p>{text}</p>"), text },
        attachments: Vec::new(),
    };
    let place = settings.smtp.describe();
    match post.mailer.send(&message).await {
        Ok(()) => answer(&format!("{place} has taken a mail to {}", message.to)),
        Err(error) => bail!("{place}: {error} ({})", error.detail),
    }
}

async fn list(site: &Site, limit: u32, below: Option<i64>) -> anyhow::Result<()> {
    answer("id\twritten\tkind\trecipient\tstate\ttries\tnext try\tsent\tlast error")?;
    for line in mail::list(&site.db, below, limit).await? {
        let next_try_at = (line.state == "waiting").then_some(line.next_try_at);
        let cells = [
            line.id.to_string(),
            time(Some(line.at)),
            line.kind,
            line.recipient,
            line.state,
            line.tries.to_string(),
            time(next_try_at),
            time(line.sent_at),
            line.last_error.unwrap_or_default().replace(char::is_control, " "),
        ];
        answer(&cells.join("\t"))?;
    }
    Ok(())
}

async fn retry(site: &Site, id: i64) -> anyhow::Result<()> {
    let mut tx = site.db.write().await?;
    let moved = mail::retry(tx.conn(), id, site.now()).await?;
    ensure!(moved, "there is no mail {id} that was given up");
    site.note(&mut tx, Entry::new("mail_retried", "mail", id.to_string())).await?;
    tx.commit().await?;
    eprintln!("mail {id} is waiting to be sent");
    Ok(())
}
