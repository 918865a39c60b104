//! `tallyhouse user …`: accounts of staff and of customers, from the machine itself. It does what the pages do, by the same rules, in the name
//! of the system.

mod change;
mod data;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, ensure};
use base_core::area::Area;
use base_core::audit::{Entry, Origin};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_records::mail::Outbox;
use base_seams::Keepers;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use people_rules::account::Refusal;
use people_rules::password::Rule;
use people_store::account::{Account, Filter};
use people_store::create::New;
use people_store::edit::Site as Measures;
use people_store::{By, Failed, account as people, create};
use people_web::mails::Factor;
use people_web::told::{self, Post};

use super::{answer, time};
use crate::config::{Bags, Config};
use crate::site::{Site, command_line};
use crate::{password, wings};

/// Accounts that are read at once for the list.
const PAGE: u32 = 200;

/// What to do with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create an account; prints a random password unless one is given
    Add(Add),
    /// List accounts, tab-separated
    List {
        /// Whether staff or customers
        #[arg(long, default_value = "staff", value_parser = realms())]
        realm: Realm,
    },
    /// Unlock an account after failed sign-ins
    Unlock(Named),
    /// Give an account other roles, and sign it out everywhere
    Roles(change::OtherRoles),
    /// Let an account sign in again
    Activate(Named),
    /// Keep an account from signing in, and sign it out everywhere
    Deactivate(Named),
    /// Set a new password and sign the account out everywhere
    SetPassword {
        #[command(flatten)]
        of: Named,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// The second factor of an account
    #[command(subcommand)]
    SecondFactor(SecondFactor),
    /// Print a password that works once, for 72 hours; the person chooses their own with it
    TemporaryPassword(Named),
    /// Make a link for a new password that waits to be used work no longer
    VoidLink {
        /// User name or e-mail
        name: String,
    },
    /// Make another person responsible for what this one is responsible for
    HandOver {
        /// User name or e-mail
        name: String,
        /// User name or e-mail of who takes over
        #[arg(long)]
        to: String,
    },
    /// Remove a person; what others need stays under the account's number
    Erase(change::Erase),
    /// Count the stored data of a person, tab-separated, or write it to a file
    Data {
        /// User name or e-mail
        name: String,
        /// New JSON file to write the data to
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
}

/// Whose account it is.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// User name or e-mail
    name: String,
    /// Whether staff or a customer
    #[arg(long, default_value = "staff", value_parser = realms())]
    realm: Realm,
}

impl Named {
    async fn find(&self, site: &Site) -> anyhow::Result<Account> {
        let mut reader = site.db.read().await?;
        let found = people::by_name_in(reader.conn(), self.realm, &self.name).await?;
        found.with_context(|| format!("there is no account {:?} of {}", self.name, self.realm.name()))
    }
}

/// What to do with a second factor.
#[derive(Debug, clap::Subcommand)]
pub enum SecondFactor {
    /// Switch off one that was lost, passkeys too, and sign the account out everywhere
    Off(Named),
}

/// A new account.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// User name: 3 to 64 of A-Z a-z 0-9 _ . -; of a customer, the e-mail
    name: String,
    /// Whether staff or a customer
    #[arg(long, default_value = "staff", value_parser = realms())]
    realm: Realm,
    /// Role of staff; may be given several times
    #[arg(long = "role", required_if_eq("realm", "staff"), value_parser = roles())]
    roles: Vec<Role>,
    /// Dispatch area, for dispatchers
    #[arg(long)]
    area: Option<String>,
    /// What pages call the person; the user name when not given
    #[arg(long)]
    display_name: Option<String>,
    /// E-mail, for signing in
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Reads the name of a role.
fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name))
        .map(|name| Role::parse(&name).expect("one of the names of all roles"))
}

/// Reads the name of a realm.
fn realms() -> impl TypedValueParser<Value = Realm> {
    PossibleValuesParser::new(Realm::ALL.map(Realm::name))
        .map(|name| Realm::parse(&name).expect("one of the names of all realms"))
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    match command {
        Command::Add(new) if new.realm == Realm::Customer => add_customer(&site, new).await,
        Command::Add(new) => add(&site, new).await,
        Command::List { realm } => list(&site, realm).await,
        Command::Unlock(of) => change::unlock(&site, &of).await,
        Command::Roles(roles) => change::roles(&site, roles).await,
        Command::Activate(of) => change::activate(&site, &of, true).await,
        Command::Deactivate(of) => change::activate(&site, &of, false).await,
        Command::SecondFactor(SecondFactor::Off(of)) => second_factor_off(&site, &of).await,
        Command::Data { name, export } => data::run(&site, &name, export.as_deref()).await,
        Command::SetPassword { of, password_stdin } => set_password(&site, &of, password_stdin).await,
        Command::TemporaryPassword(of) => change::temporary_password(&site, &of).await,
        Command::VoidLink { name } => change::void_link(&site, &name).await,
        Command::HandOver { name, to } => change::hand_over(&site, &name, &to).await,
        Command::Erase(erase) => change::erase(&site, erase).await,
    }
}

/// What a command needs to make a change as the pages do.
struct Desk {
    origin: Origin,
    keepers: Keepers,
}

impl Desk {
    fn of(site: &Site) -> Self {
        Self { origin: command_line(), keepers: wings::keepers(&Arc::new(site.config.bags.rules())) }
    }

    fn by(&self, site: &Site) -> By<'_> {
        By { at: site.now(), origin: &self.origin }
    }

    fn measures<'s>(&'s self, site: &'s Site) -> Measures<'s> {
        Measures { areas: &site.config.bags.areas, keepers: &self.keepers }
    }
}

/// The rule for a password of somebody with these names.
fn rule<'n>(site: &'n Site, names: impl IntoIterator<Item = &'n str>) -> Rule {
    Rule::default().with_names(site.config.bags.areas.iter().map(Area::as_str).chain(names))
}

async fn add(site: &Site, new: Add) -> anyhow::Result<()> {
    let desk = Desk::of(site);
    let email = new.email.as_deref().unwrap_or_default();
    let is_dispatcher = new.roles.contains(&Role::Dispatcher);
    ensure!(is_dispatcher || new.area.is_none(), "only a dispatcher has an area");
    let mut reader = site.db.read().await?;
    let asked = New {
        username: &new.name,
        display_name: new.display_name.as_deref().unwrap_or_default(),
        email,
        roles: new.roles.clone(),
        area: new.area.as_deref(),
    };
    let checked = create::check(reader.conn(), &asked, &site.config.bags.areas).await;
    let checked = checked.map_err(|failed| with_areas(failed, new.area.as_deref(), &site.config.bags))?;
    drop(reader);
    let password = Chosen::of(new.password_stdin, &rule(site, checked.names()), site)?;
    let mut tx = site.db.write().await?;
    create::create(tx.conn(), &checked, &password.hash, desk.by(site)).await?;
    tx.commit().await?;
    eprintln!("created {}", checked.username());
    password.tell()
}

/// A refusal about an area names those there are.
fn with_areas(failed: Failed, area: Option<&str>, bags: &Bags) -> anyhow::Error {
    let names = bags.area_names();
    match (&failed, area) {
        (Failed::Refused(Refusal::UnknownArea), Some(name)) => {
            anyhow!("there is no area {name:?}; the areas are {names}")
        }
        (Failed::Refused(Refusal::NoArea), _) => anyhow!("a dispatcher needs an area: --area, one of {names}"),
        _ => failed.into(),
    }
}

/// A customer, with a password of their own or with one that opens once.
async fn add_customer(site: &Site, new: Add) -> anyhow::Result<()> {
    ensure!(new.roles.is_empty() && new.area.is_none(), "a customer has no role of staff and no area");
    ensure!(new.email.is_none(), "a customer signs in with the e-mail that is given as the name");
    let checked = people_store::customer::check(&new.name, new.display_name.as_deref().unwrap_or_default())?;
    let chosen = new.password_stdin.then(|| Chosen::of(true, &rule(site, checked.names()), site)).transpose()?;
    let desk = Desk::of(site);
    let mut tx = site.db.write().await?;
    // `!` is the hash of no password, until one is given that opens once.
    let hash = chosen.as_ref().map_or(("!", true), |chosen| (chosen.hash.as_str(), false));
    let also = serde_json::Map::new();
    let id = people_store::customer::create(tx.conn(), &checked, hash, &also, desk.by(site)).await?;
    let mut told = None;
    if chosen.is_none() {
        let found = people_store::customer::find(tx.conn(), id).await?.context("the account that was just made")?;
        told = Some(change::give_temporary(site, &mut tx, Realm::Customer, &found).await?);
    }
    tx.commit().await?;
    eprintln!("created {}", checked.email());
    told.as_deref().map_or(Ok(()), answer)
}

async fn list(site: &Site, realm: Realm) -> anyhow::Result<()> {
    answer("name\troles\tarea\temail\tstate\tcreated\tsigned_in\tdisplay_name\tsecond_factor")?;
    let (now, filter) = (site.now(), Filter { realm, ..Filter::default() });
    let mut after = None;
    loop {
        let mut reader = site.db.read().await?;
        let page = people::list(reader.conn(), &filter, after.as_deref(), PAGE, now).await?;
        drop(reader);
        for account in page.accounts {
            tell(&account, now)?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn tell(account: &Account, now: Moment) -> anyhow::Result<()> {
    let roles: Vec<&str> = account.standing.roles.iter().map(|role| role.name()).collect();
    let cells = [
        account.username.clone(),
        roles.join(","),
        account.area.as_ref().map(Area::to_string).unwrap_or_default(),
        account.email.clone().unwrap_or_default(),
        account.state(now).name().to_owned(),
        account.created_at.rfc3339(),
        time(account.signed_in_at.map(|at| at.0)),
        account.display_name.clone().unwrap_or_default(),
        if account.two_factor { "yes" } else { "no" }.to_owned(),
    ];
    answer(&cells.join("\t"))
}

async fn second_factor_off(site: &Site, of: &Named) -> anyhow::Result<()> {
    let found = of.find(site).await?;
    let mut tx = site.db.write().await?;
    let was_on = people_store::second_factor::forget(tx.conn(), (of.realm, found.id), None).await?;
    ensure!(was_on, "{} has no second factor", found.username);
    site.note(&mut tx, Entry::new("2fa_disabled", "account", found.username.as_str())).await?;
    let base_url = site.config.server.base_url();
    let outbox = if site.config.mail.is_some() { Outbox::OPEN } else { Outbox::CLOSED };
    let post = Post { outbox, base_url: &base_url, look: &site.config.portal, zone: &site.config.bags.zone };
    told::factor_of(post, tx.conn(), (of.realm, found.id), Factor::OffByOther, site.now()).await?;
    tx.commit().await?;
    eprintln!("{} signs in by password alone, and must sign in again", found.username);
    Ok(())
}

async fn set_password(site: &Site, of: &Named, from_stdin: bool) -> anyhow::Result<()> {
    let found = of.find(site).await?;
    let names = [Some(found.username.as_str()), found.display_name.as_deref(), found.email.as_deref()];
    let password = Chosen::of(from_stdin, &rule(site, names.into_iter().flatten()), site)?;
    let mut tx = site.db.write().await?;
    people_store::password::set(tx.conn(), (of.realm, found.id), &password.hash, Desk::of(site).by(site)).await?;
    tx.commit().await?;
    eprintln!("{} has a new password and must sign in again", found.username);
    password.tell()
}

/// The account of staff with a user name or an e-mail.
async fn find(site: &Site, name: &str) -> anyhow::Result<Account> {
    let mut reader = site.db.read().await?;
    people::by_name(reader.conn(), name).await?.with_context(|| format!("there is no account {name:?}"))
}

/// A password that was read or made up.
struct Chosen {
    hash: String,
    made_up: Option<String>,
}

impl Chosen {
    fn of(from_stdin: bool, rule: &Rule, site: &Site) -> anyhow::Result<Self> {
        let entropy = &*site.entropy;
        if from_stdin {
            let hash = base_secret::hash_password(&password::from_stdin(rule)?, entropy);
            return Ok(Self { hash, made_up: None });
        }
        let made_up = password::random(rule, entropy);
        let hash = base_secret::hash_password(&made_up, entropy);
        Ok(Self { hash, made_up: Some(made_up) })
    }

    /// Prints a password that nobody knows yet, alone.
    fn tell(&self) -> anyhow::Result<()> {
        self.made_up.as_deref().map_or(Ok(()), answer)
    }
}
