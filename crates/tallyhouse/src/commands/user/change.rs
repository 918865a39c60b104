//! What commands change of an account.

use anyhow::{Context, ensure};
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::HOUR_US;
use people_rules::setting::TEMPORARY_HOURS;
use people_store::account::Account;
use people_store::edit::Change;
use people_store::remove::Removal;
use people_store::{customer, edit, password, remove};
use serde_json::json;

use super::{Desk, Named, find, rule, with_areas};
use crate::commands::answer;
use crate::site::Site;

/// Other roles.
#[derive(Debug, clap::Args)]
pub struct OtherRoles {
    /// User name or e-mail
    name: String,
    /// Role; may be given several times
    #[arg(long = "role", required = true, value_parser = super::roles())]
    roles: Vec<Role>,
    /// Dispatch area, for dispatchers
    #[arg(long)]
    area: Option<String>,
}

/// Removing a person.
#[derive(Debug, clap::Args)]
pub struct Erase {
    /// User name
    name: String,
    /// The user name again, to confirm
    #[arg(long, value_name = "NAME")]
    confirm: String,
    /// User name or e-mail of who takes over what the person is responsible for
    #[arg(long, value_name = "NAME")]
    hand_over_to: Option<String>,
    /// Mask names and addresses in the audit trail, too
    #[arg(long)]
    mask: bool,
}

/// Lifts a lock.
pub async fn unlock(site: &Site, of: &Named) -> anyhow::Result<()> {
    let (desk, found) = (Desk::of(site), of.find(site).await?);
    let mut tx = site.db.write().await?;
    edit::unlock(tx.conn(), (of.realm, found.id), desk.by(site)).await?;
    tx.commit().await?;
    eprintln!("{} can sign in", found.username);
    Ok(())
}

async fn change(site: &Site, name: &str, change: Change) -> anyhow::Result<String> {
    let (desk, found) = (Desk::of(site), find(site, name).await?);
    let mut tx = site.db.write().await?;
    let edited = edit::edit(tx.conn(), found.id, &change, desk.measures(site), desk.by(site)).await;
    edited.map_err(|failed| with_areas(failed, change.area.as_deref(), &site.config.bags))?;
    tx.commit().await?;
    Ok(found.username)
}

/// Gives an account other roles.
pub async fn roles(site: &Site, other: OtherRoles) -> anyhow::Result<()> {
    let change_of = Change { roles: Some(other.roles), area: other.area, ..Change::default() };
    let username = change(site, &other.name, change_of).await?;
    eprintln!("{username} has other roles and must sign in again");
    Ok(())
}

/// Lets an account sign in, or keeps it from it.
pub async fn activate(site: &Site, of: &Named, is_active: bool) -> anyhow::Result<()> {
    let username = match of.realm {
        Realm::Staff => change(site, &of.name, Change { is_active: Some(is_active), ..Change::default() }).await?,
        Realm::Customer => {
            let (desk, found) = (Desk::of(site), of.find(site).await?);
            let mut tx = site.db.write().await?;
            customer::activate(tx.conn(), found.id, is_active, desk.by(site)).await?;
            tx.commit().await?;
            found.username
        }
    };
    eprintln!("{username} {}", if is_active { "can sign in" } else { "is signed out and cannot sign in" });
    Ok(())
}

/// Gives somebody a password that works once.
pub async fn temporary_password(site: &Site, of: &Named) -> anyhow::Result<()> {
    let found = of.find(site).await?;
    let mut tx = site.db.write().await?;
    let text = give_temporary(site, &mut tx, of.realm, &found).await?;
    tx.commit().await?;
    answer(&text)
}

/// Gives somebody a password that works once, in a transaction.
pub async fn give_temporary(
    site: &Site,
    tx: &mut base_db::Tx,
    realm: Realm,
    found: &Account,
) -> anyhow::Result<String> {
    let desk = Desk::of(site);
    let names = [Some(found.username.as_str()), found.display_name.as_deref(), found.email.as_deref()];
    let text = crate::password::random(&rule(site, names.into_iter().flatten()), &*site.entropy);
    let hash = base_secret::hash_password(&text, &*site.entropy);
    let set = base_records::setting::get(tx.conn(), TEMPORARY_HOURS.name).await?;
    let hours = set.and_then(|text| TEMPORARY_HOURS.read(&text).ok()).unwrap_or_else(|| TEMPORARY_HOURS.default.into());
    let until = site.now().plus_us(hours.parse::<i64>().context("a number of hours")? * HOUR_US);
    let given = password::Given { hash: &hash, until, is_mailed: false };
    password::give_temporary(tx.conn(), (realm, found.id), given, desk.by(site)).await?;
    eprintln!("{} has a password that works once, until {}", found.username, until.rfc3339());
    Ok(text)
}

/// Makes a link for a new password work no longer.
pub async fn void_link(site: &Site, name: &str) -> anyhow::Result<()> {
    let (desk, found) = (Desk::of(site), find(site, name).await?);
    let mut tx = site.db.write().await?;
    let voided = password::void(tx.conn(), found.id, desk.by(site)).await?;
    tx.commit().await?;
    eprintln!("{}", if voided { "the link works no longer" } else { "there was no link" });
    Ok(())
}

/// Makes another person responsible.
pub async fn hand_over(site: &Site, name: &str, to: &str) -> anyhow::Result<()> {
    let (desk, from, to) = (Desk::of(site), find(site, name).await?, find(site, to).await?);
    ensure!(from.id != to.id, "this is the same person");
    ensure!(to.standing.is_active, "{} is not active", to.username);
    let mut tx = site.db.write().await?;
    let n = desk.keepers.hand_over(tx.conn(), from.id, to.id).await?;
    let entry = Entry::new("work_handed_over", "account", from.username.as_str())
        .with_after(&json!({ "to": to.username, "handed_over": n }));
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    eprintln!("{} is responsible for {n} more", to.username);
    Ok(())
}

/// The account with a name, of staff or else of a customer.
async fn find_anybody(site: &Site, name: &str) -> anyhow::Result<Account> {
    let mut reader = site.db.read().await?;
    let customer = people_store::account::by_name_in(reader.conn(), Realm::Customer, name).await?;
    drop(reader);
    match (find(site, name).await, customer) {
        (Err(_), Some(customer)) => Ok(customer),
        (found, _) => found,
    }
}

/// Removes a person, who may be a customer.
pub async fn erase(site: &Site, erase: Erase) -> anyhow::Result<()> {
    let (desk, found) = (Desk::of(site), find_anybody(site, &erase.name).await?);
    let mut heir = None;
    if let Some(name) = &erase.hand_over_to {
        heir = Some(find(site, name).await?.id);
    }
    let removal = Removal { confirm: &erase.confirm, heir, masks_trail: erase.mask };
    let mut tx = site.db.write().await?;
    let removed = remove::remove(tx.conn(), found.id, &removal, desk.measures(site), desk.by(site)).await?;
    tx.commit().await?;
    let remove::Removed { handed_over, forgotten, masked } = removed;
    eprintln!("{} is removed: {handed_over} handed over, {forgotten} forgotten, {masked} masked", found.username);
    Ok(())
}
