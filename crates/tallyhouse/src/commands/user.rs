//! `tallyhouse user …`: accounts of staff, from the machine itself.

mod data;

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use base_core::account::username_is_valid;
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::account::{AccountLine, Credentials, NewAccount};
use base_records::{account, session};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::{answer, time};
use crate::config::{Bags, Config};
use crate::password;
use crate::site::Site;

const EMAIL_LENGTH_MAX: usize = 120;

/// What to do with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create an account; prints a random password unless one is given
    Add(Add),
    /// List accounts, tab-separated
    List,
    /// Unlock an account after failed sign-ins
    Unlock {
        /// User name or e-mail
        name: String,
    },
    /// Set a new password and sign the account out everywhere
    SetPassword {
        /// User name or e-mail
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Count the stored data of a person, tab-separated, or write it to a file
    Data {
        /// User name or e-mail
        name: String,
        /// New JSON file to write the data to
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
}

/// A new account.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// User name: 3 to 64 of A-Z a-z 0-9 _ . -
    name: String,
    /// Role; may be given several times
    #[arg(long = "role", required = true, value_parser = roles())]
    roles: Vec<Role>,
    /// Dispatch area, for dispatchers
    #[arg(long)]
    area: Option<String>,
    /// E-mail, for signing in
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name))
        .map(|name| Role::parse(&name).expect("one of the names of all roles"))
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    match command {
        Command::Add(new) => add(&site, new).await,
        Command::List => list(&site).await,
        Command::Unlock { name } => unlock(&site, &name).await,
        Command::Data { name, export } => data::run(&site, &name, export.as_deref()).await,
        Command::SetPassword { name, password_stdin } => set_password(&site, &name, password_stdin).await,
    }
}

async fn add(site: &Site, new: Add) -> anyhow::Result<()> {
    ensure!(username_is_valid(&new.name), "a user name has 3 to 64 characters of A-Z a-z 0-9 _ . -");
    let area = check_area(&new.roles, new.area.as_deref(), &site.config.bags)?;
    if let Some(email) = &new.email {
        check_email(email)?;
    }
    let names = [new.name.as_str(), new.email.as_deref().unwrap_or(&new.name)];
    let password = Chosen::of(new.password_stdin, &names, site)?;
    let roles: Vec<&str> = new.roles.iter().map(|role| role.name()).collect();
    let entry = Entry::new("user_created", "account", new.name.as_str())
        .with_after(&json!({ "roles": roles, "area": area.as_ref().map(Area::as_str) }));
    let account = NewAccount {
        realm: Realm::Staff,
        username: new.name.clone(),
        email: new.email,
        password_hash: password.hash.clone(),
        roles: new.roles,
        area,
    };
    let mut tx = site.db.write().await?;
    let created = account::create(tx.conn(), &account, site.now()).await?;
    ensure!(created.is_some(), "the user name or the e-mail is taken");
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    eprintln!("created {}", new.name);
    password.tell()
}

/// A dispatcher needs one of the configured areas; nobody else has one.
fn check_area(roles: &[Role], area: Option<&str>, bags: &Bags) -> anyhow::Result<Option<Area>> {
    match (roles.contains(&Role::Dispatcher), area) {
        (true, Some(name)) => {
            let area = bags.area(name);
            area.map(Some).with_context(|| format!("there is no area {name:?}; the areas are {}", bags.area_names()))
        }
        (true, None) => bail!("a dispatcher needs an area: --area, one of {}", bags.area_names()),
        (false, Some(_)) => bail!("only a dispatcher has an area"),
        (false, None) => Ok(None),
    }
}

fn check_email(email: &str) -> anyhow::Result<()> {
    let parts = email.split_once('@');
    let whole = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let plain = !email.contains(|character: char| character.is_whitespace() || character.is_control());
    ensure!(whole && plain && email.len() <= EMAIL_LENGTH_MAX, "{email:?} is no e-mail address");
    Ok(())
}

async fn list(site: &Site) -> anyhow::Result<()> {
    answer("name\troles\tarea\temail\tstate\tcreated\tsigned_in")?;
    let now = site.now();
    for line in account::list(&site.db, Realm::Staff, &site.grants).await? {
        let roles: Vec<&str> = line.person.roles.iter().map(|role| role.name()).collect();
        let state = match &line {
            AccountLine { is_active: false, .. } => "inactive",
            AccountLine { locked_until: Some(until), .. } if *until > now => "locked",
            _ => "active",
        };
        let cells = [
            line.person.name,
            roles.join(","),
            line.person.area.map(|area| area.to_string()).unwrap_or_default(),
            line.email.unwrap_or_default(),
            state.to_owned(),
            line.created_at.rfc3339(),
            time(line.signed_in_at.map(|at| at.0)),
        ];
        answer(&cells.join("\t"))?;
    }
    Ok(())
}

async fn unlock(site: &Site, name: &str) -> anyhow::Result<()> {
    let mut tx = site.db.write().await?;
    let found = find(account::credentials(tx.conn(), Realm::Staff, name).await?, name)?;
    account::unlock(tx.conn(), found.id).await?;
    let entry = Entry::new("unlock_account", "account", found.username.as_str())
        .with_before(&json!({ "failed_sign_ins": found.failed_sign_ins }))
        .with_after(&json!({ "failed_sign_ins": 0 }));
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    eprintln!("{} can sign in", found.username);
    Ok(())
}

async fn set_password(site: &Site, name: &str, from_stdin: bool) -> anyhow::Result<()> {
    let mut reader = site.db.read().await?;
    let found = find(account::credentials(reader.conn(), Realm::Staff, name).await?, name)?;
    drop(reader);
    let lines = account::list(&site.db, Realm::Staff, &site.grants).await?;
    let line = lines.into_iter().find(|line| line.person.id == found.id);
    let email = line.and_then(|line| line.email).unwrap_or_default();
    let password = Chosen::of(from_stdin, &[&found.username, &email], site)?;
    let mut tx = site.db.write().await?;
    account::set_password(tx.conn(), found.id, &password.hash).await?;
    session::end_all_of(tx.conn(), Realm::Staff, found.id).await?;
    let entry = Entry::new("password_change", "account", found.username.as_str());
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    eprintln!("{} has a new password and must sign in again", found.username);
    password.tell()
}

fn find(found: Option<Credentials>, name: &str) -> anyhow::Result<Credentials> {
    found.with_context(|| format!("there is no account {name:?}"))
}

/// A password that was read or made up.
struct Chosen {
    hash: String,
    made_up: Option<String>,
}

impl Chosen {
    fn of(from_stdin: bool, names: &[&str], site: &Site) -> anyhow::Result<Self> {
        let entropy = &*site.entropy;
        if from_stdin {
            let hash = base_secret::hash_password(&password::from_stdin(names)?, entropy);
            return Ok(Self { hash, made_up: None });
        }
        let made_up = password::random(names, entropy);
        let hash = base_secret::hash_password(&made_up, entropy);
        Ok(Self { hash, made_up: Some(made_up) })
    }

    /// Prints a password that nobody knows yet, alone.
    fn tell(&self) -> anyhow::Result<()> {
        self.made_up.as_deref().map_or(Ok(()), answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_one_at_and_no_blank() {
        assert!(check_email("meera@example.com").is_ok());
        for email in ["meera", "@example.com", "meera@", "a@b@c", "me era@example.com", "a\tb@c"] {
            assert!(check_email(email).is_err(), "{email}");
        }
    }
}
