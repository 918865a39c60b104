//! What the pages and the API of accounts share.
//!
//! Invariant: whoever loses rights or a password is out at once on this node, because what was remembered of them is
//! forgotten after the commit.

use base_core::account::AccountId;
use base_core::permission::ACCOUNT_MANAGE;
use base_core::realm::Realm;
use base_core::time::{HOUR_US, MINUTE_US, Moment};
use base_records::audit::ChangeLine;
use base_records::mail::EnqueueError;
use base_records::{account as base, audit};
use base_seams::Kept;
use base_secret::Token;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF};
use base_web::view::TIME;
use people_rules::account::Refusal;
use people_rules::permission::{ACCOUNT_READ, PERSON_ERASE};
use people_rules::setting::{LINK_MINUTES, TEMPORARY_HOURS};
use people_store::account::{Account, Counts, Page};
use people_store::create::New;
use people_store::edit::{Change, Site};
use people_store::password::{NewLink, Recipient};
use people_store::profile::Done;
use people_store::remove::{Removal, Removed};
use people_store::{By, Failed, account, create, edit, password, profile, remove};

use crate::accounts::filter::AccountsQuery;
use crate::mails::{Temporary, To};
use crate::outside::link::link_pages;
use crate::refused::problem;
use crate::state::People;
use crate::{hashing, mails};

/// Entries of the trail on a person's page.
const ENTRIES: u32 = 15;

/// A page of accounts.
pub async fn page(app: &People, caller: &Caller, query: &AccountsQuery) -> Result<Page, Problem> {
    caller.must(ACCOUNT_READ)?;
    let (filter, after, limit) = (query.filter()?, query.after(app, caller)?, query.limit()?);
    let mut reader = app.db.read().await?;
    Ok(account::list(reader.conn(), &filter, after.as_deref(), limit, app.clock.now()).await?)
}

/// How many accounts there are, and how many in each state.
pub async fn counts(app: &People, caller: &Caller) -> Result<Counts, Problem> {
    caller.must(ACCOUNT_READ)?;
    let mut reader = app.db.read().await?;
    Ok(account::counts(reader.conn(), app.clock.now()).await?)
}

/// Lifts the locks of several accounts, all or none. Gives how many there were; those that were not locked, or are no
/// more, count for nothing.
pub async fn unlock_all(app: &People, caller: &Caller, ids: &[AccountId]) -> Result<u32, Problem> {
    must_manage(caller)?;
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let (mut tx, mut unlocked) = (app.db.write().await?, 0);
    for id in ids {
        match edit::unlock(tx.conn(), (STAFF, *id), by).await {
            Ok(was_locked) => unlocked += u32::from(was_locked),
            Err(Failed::NotFound) => {}
            Err(failed) => return Err(problem(failed)),
        }
    }
    tx.commit().await?;
    Ok(unlocked)
}

/// The number in an address.
pub fn number(text: &str) -> Result<AccountId, Problem> {
    text.parse().map_err(|_| Problem::not_found("This person"))
}

/// One account.
pub async fn find(app: &People, caller: &Caller, id: &str) -> Result<Account, Problem> {
    caller.must(ACCOUNT_READ)?;
    let id = number(id)?;
    let mut reader = app.db.read().await?;
    account::find(reader.conn(), id).await?.ok_or_else(|| Problem::not_found("This person"))
}

/// What is known of a person besides their account.
pub struct About {
    /// How much is kept, by wing and kind.
    pub kept: Vec<(&'static str, Kept)>,
    /// What they did last.
    pub did: Vec<Done>,
    /// What was done to their account last.
    pub changes: Vec<ChangeLine>,
    /// Until when a link for a new password opens.
    pub link_until: Option<Moment>,
}

/// Reads what is known of a person, all of one moment.
pub async fn about(app: &People, account: &Account) -> Result<About, Problem> {
    let mut snapshot = app.db.snapshot().await?;
    Ok(About {
        kept: app.keepers.count(snapshot.conn(), account.id).await?,
        did: profile::activity(snapshot.conn(), account.id, ENTRIES).await?,
        changes: audit::changes_of(snapshot.conn(), ("account", &account.username), ENTRIES).await?,
        link_until: password::link_until(snapshot.conn(), account.id, app.clock.now()).await?,
    })
}

/// A temporary password, and how the person gets it.
pub struct Given {
    /// The account.
    pub id: AccountId,
    /// The user name.
    pub username: String,
    /// What pages call the person.
    pub called: String,
    /// Until when it opens.
    pub until: Moment,
    /// The password, to be told by hand; `None` where it was mailed.
    pub password: Option<String>,
    /// To where it was mailed.
    pub mailed_to: Option<String>,
}

/// How somebody gets a temporary password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is shown once to whoever asked for it.
    Show,
    /// It is mailed.
    Mail,
}

/// Creates an account with a temporary password.
pub async fn create_account(app: &People, caller: &Caller, new: &New<'_>, way: Way) -> Result<Given, Failed> {
    let origin = caller.origin(None);
    let mut reader = app.db.read().await?;
    let checked = create::check(reader.conn(), new, &app.settings.areas).await?;
    drop(reader);
    let email = checked.email().map(ToOwned::to_owned);
    if way == Way::Mail && (email.is_none() || !app.settings.outbox.is_open()) {
        return Err(Refusal::NoMail.into());
    }
    let password = hashing::random(app, &hashing::rule(app, checked.names()));
    let hash = hashing::hash(app, &password).await;
    let by = By { at: app.clock.now(), origin: &origin };
    let until = temporary_until(app);
    let mut tx = app.db.write().await?;
    let id = create::create(tx.conn(), &checked, &hash, by).await?;
    let given_now = password::Given { hash: &hash, until, is_mailed: way == Way::Mail };
    let account = password::give_temporary(tx.conn(), (STAFF, id), given_now, by).await?;
    if let (Way::Mail, Some(email)) = (way, &email) {
        let to = To { email, called: &account.called, locale: &account.locale };
        let until = until.display(&app.settings.zone, TIME);
        let temporary = Temporary { password: &password, until: &until };
        let mail = mails::welcome(to, &account.username, Some(temporary), &app.link("/login"));
        enqueue(app, &mut tx, mail, by.at).await?;
    }
    tx.commit().await?;
    Ok(given(account, until, password, (way == Way::Mail).then_some(email).flatten()))
}

fn given(account: Account, until: Moment, password: String, mailed_to: Option<String>) -> Given {
    Given {
        id: account.id,
        username: account.username,
        called: account.called,
        until,
        password: mailed_to.is_none().then_some(password),
        mailed_to,
    }
}

fn temporary_until(app: &People) -> Moment {
    app.clock.now().plus_us(app.stored.number(&TEMPORARY_HOURS) * HOUR_US)
}

async fn enqueue(
    app: &People,
    tx: &mut base_db::Tx,
    mail: base_records::mail::NewMail,
    at: Moment,
) -> Result<(), Failed> {
    app.settings.outbox.enqueue(tx.conn(), &[mail], at).await.map_err(|error| match error {
        EnqueueError::Store(error) => Failed::Store(error),
        EnqueueError::NotConfigured | EnqueueError::Full | EnqueueError::TooLarge => Refusal::NoMail.into(),
    })
}

/// Changes an account.
pub async fn change(app: &People, caller: &Caller, id: AccountId, change: &Change) -> Result<bool, Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let site = Site { areas: &app.settings.areas, keepers: &app.keepers };
    let mut tx = app.db.write().await?;
    let changed = edit::edit(tx.conn(), id, change, site, by).await?;
    tx.commit().await?;
    app.rights_changed();
    Ok(changed)
}

/// What a button on a person's page does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The person may sign in.
    Activate,
    /// The person may not.
    Deactivate,
    /// A lock is lifted.
    Unlock,
    /// A mail with a link for a new password goes.
    SendLink,
    /// A link that waits opens nothing.
    VoidLink,
}

impl Act {
    /// Reads the end of an address.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "activate" => Ok(Self::Activate),
            "deactivate" => Ok(Self::Deactivate),
            "unlock" => Ok(Self::Unlock),
            "send-link" => Ok(Self::SendLink),
            "void-link" => Ok(Self::VoidLink),
            _ => Err(Problem::not_found("This action")),
        }
    }

    /// The end of the address, and of the key of what is said afterwards.
    pub fn name(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Unlock => "unlock",
            Self::SendLink => "send-link",
            Self::VoidLink => "void-link",
        }
    }
}

/// Does what a button says.
pub async fn act(app: &People, caller: &Caller, id: AccountId, act: Act) -> Result<(), Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    match act {
        Act::Activate | Act::Deactivate => {
            let is_active = Some(act == Act::Activate);
            change(app, caller, id, &Change { is_active, ..Change::default() }).await?;
        }
        Act::Unlock => {
            let mut tx = app.db.write().await?;
            edit::unlock(tx.conn(), (STAFF, id), by).await?;
            tx.commit().await?;
        }
        Act::SendLink => {
            let mut reader = app.db.read().await?;
            let account = account::find(reader.conn(), id).await?.ok_or(Failed::NotFound)?;
            let email = account.email.clone().ok_or(Refusal::NoMail)?;
            let to = password::recipient(reader.conn(), STAFF, &email).await?.ok_or(Refusal::NoMail)?;
            drop(reader);
            send_link(app, (STAFF, &to), None, by).await?;
        }
        Act::VoidLink => {
            let mut tx = app.db.write().await?;
            password::void(tx.conn(), id, by).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Mails somebody a link for a new password. Only where the site says its own address: a link must not follow from what a
/// browser sends. Where there is a link that was made after `spares_since`, it stays and no mail goes.
pub async fn send_link(
    app: &People,
    (realm, to): (Realm, &Recipient),
    spares_since: Option<Moment>,
    by: By<'_>,
) -> Result<(), Failed> {
    let pages = link_pages(realm);
    if !pages.can_mail(app) {
        return Err(Refusal::NoMail.into());
    }
    let token = Token::new("", &*app.entropy);
    let minutes = app.stored.number(&LINK_MINUTES);
    let link = pages.link(app, &token.text);
    let mut tx = app.db.write().await?;
    let until = by.at.plus_us(minutes * MINUTE_US);
    let new = NewLink { token_hash: &token.hash, until, spares_since };
    if !password::keep_link(tx.conn(), (realm, to), new, by).await? {
        return Ok(());
    }
    let whom = To { email: &to.email, called: &to.called, locale: &to.locale };
    enqueue(app, &mut tx, mails::reset(whom, &to.username, minutes, &link), by.at).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives somebody a temporary password.
pub async fn give_password(app: &People, caller: &Caller, id: AccountId, way: Way) -> Result<Given, Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut reader = app.db.read().await?;
    let account = account::find(reader.conn(), id).await?.ok_or(Failed::NotFound)?;
    drop(reader);
    let email = account.email.clone();
    if way == Way::Mail && (email.is_none() || !app.settings.outbox.is_open()) {
        return Err(Refusal::NoMail.into());
    }
    let names = [Some(account.username.as_str()), account.display_name.as_deref(), email.as_deref()];
    let password = hashing::random(app, &hashing::rule(app, names.into_iter().flatten()));
    let hash = hashing::hash(app, &password).await;
    let until = temporary_until(app);
    let mut tx = app.db.write().await?;
    let given_now = password::Given { hash: &hash, until, is_mailed: way == Way::Mail };
    let account = password::give_temporary(tx.conn(), (STAFF, id), given_now, by).await?;
    if let (Way::Mail, Some(email)) = (way, &email) {
        let to = To { email, called: &account.called, locale: &account.locale };
        let shown = until.display(&app.settings.zone, TIME);
        let temporary = Temporary { password: &password, until: &shown };
        enqueue(app, &mut tx, mails::temporary(to, temporary, &app.link("/login")), by.at).await?;
    }
    tx.commit().await?;
    app.rights_changed();
    Ok(given(account, until, password, (way == Way::Mail).then_some(email).flatten()))
}

/// Removes a person. `heir` is the user name of who takes over; empty for nobody.
pub async fn remove_person(
    app: &People,
    caller: &Caller,
    id: AccountId,
    removal: Removal<'_>,
    heir: &str,
) -> Result<Removed, Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut removal = removal;
    let heir = heir.trim();
    if !heir.is_empty() {
        let found = base::find_id(&app.db, STAFF, heir).await?;
        removal.heir = Some(found.ok_or(Refusal::BadHeir)?);
    }
    let site = Site { areas: &app.settings.areas, keepers: &app.keepers };
    let mut tx = app.db.write().await?;
    let removed = remove::remove(tx.conn(), id, &removal, site, by).await?;
    tx.commit().await?;
    app.rights_changed();
    Ok(removed)
}

/// Everything that is kept of a person.
pub struct OwnData {
    /// An object of wings, of kinds, of rows.
    pub all: serde_json::Map<String, serde_json::Value>,
    /// The same as text.
    pub text: String,
    /// How many rows there are.
    pub rows: u64,
}

/// Everything that is kept of a person; noted in the trail.
pub async fn data(app: &People, caller: &Caller, id: &str) -> Result<(Account, OwnData), Problem> {
    caller.must(PERSON_ERASE)?;
    let account = find(app, caller, id).await?;
    let data = own_data(app, account.id).await?;
    note_export(app, caller, &account, data.rows).await.map_err(problem)?;
    Ok((account, data))
}

/// The same without asking who may: for people themselves.
pub async fn own_data(app: &People, id: AccountId) -> Result<OwnData, Problem> {
    let mut snapshot = app.db.snapshot().await?;
    let (mut all, mut rows) = (serde_json::Map::new(), 0_u64);
    for keeper in app.keepers.each() {
        let mut kinds = serde_json::Map::new();
        for kept in keeper.data.count(snapshot.conn(), id).await? {
            let (mut list, mut after) = (Vec::new(), None);
            loop {
                let page = keeper.data.export(snapshot.conn(), id, kept.what, after.as_deref()).await?;
                list.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            rows += list.len() as u64;
            kinds.insert(kept.what.to_owned(), list.into());
        }
        all.insert(keeper.wing.to_owned(), kinds.into());
    }
    let text = serde_json::to_string_pretty(&all).map_err(|error| Problem::ours(&error))?;
    Ok(OwnData { all, text, rows })
}

/// Notes in the trail that somebody's data was taken out.
pub async fn note_export(app: &People, caller: &Caller, account: &Account, rows: u64) -> Result<(), Failed> {
    let origin = caller.origin(None);
    let entry = base_core::audit::Entry::new("person_data_export", "account", account.username.as_str())
        .with_after(&serde_json::json!({ "rows": rows }));
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[audit::Record { at: app.clock.now(), entry, origin: &origin }]).await?;
    tx.commit().await?;
    Ok(())
}

/// Refuses those who may not change accounts.
pub fn must_manage(caller: &Caller) -> Result<(), Problem> {
    caller.must(ACCOUNT_MANAGE)
}
