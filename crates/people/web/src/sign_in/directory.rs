//! Asking the directory for somebody's password.
//!
//! Invariants: an empty password is never sent; whoever is in none of the groups, or is disabled or locked there, is never
//! asked; a password is counted before it is sent (`people_store::directory_bind`); an account of the directory is opened by
//! the directory alone. What goes wrong there is told in the log, and to whoever tries like a wrong password.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_records::account;
use base_records::account::Credentials;
use base_records::audit;
use base_records::audit::Record;
use base_seams::directory::{Directory, DirectoryError, Listed, Password, Standing};
use base_web::app::App;
use base_web::error::Problem;
use people_rules::directory::{has_room, wrong_allowed};
use people_store::By;
use people_store::directory as accounts;
use people_store::directory_bind::{self as binds, Allowance, Sent};
use serde_json::json;

use super::{Visit, device};

/// Whose password it is.
#[derive(Clone, Copy)]
pub enum Whom<'w> {
    /// That of an account which belongs to the directory: its object there.
    Guid(&'w str),
    /// That of somebody whom only the directory may know.
    Name(&'w str),
}

/// What the directory said.
pub enum Told {
    /// It is the password of this account.
    Right(Box<Credentials>),
    /// It is not, or it was not asked.
    Wrong,
    /// It did not answer.
    Nothing,
}

/// Asks whether a password is that of a person.
pub async fn ask(
    app: &App,
    visit: &Visit,
    (whom, password): (Whom<'_>, &str),
    is_known_device: bool,
) -> Result<Told, Problem> {
    let (Some(directory), Some(password)) = (app.settings.sign_in.directory.clone(), Password::new(password)) else {
        return Ok(Told::Wrong);
    };
    let listed = match listed(&*directory, whom).await {
        Ok(Some(listed)) if listed.standing == Standing::Well && !listed.rights.is_empty() => listed,
        Ok(_) => return Ok(Told::Wrong),
        Err(error) => return Ok(no_answer(&error)),
    };
    let is_stranger = !is_known_device && !is_known(app, visit, &listed).await?;
    match bind(app, &*directory, (&listed, &password), is_stranger).await? {
        Some(true) => admit(app, visit, &listed).await,
        Some(false) => Ok(Told::Wrong),
        None => Ok(Told::Nothing),
    }
}

/// True where no directory is asked about an account, or it says now that its person may sign in. For whoever shows something
/// else than the password of the domain: nobody gets in while the directory does not answer.
pub(crate) async fn is_well(app: &App, id: AccountId) -> Result<bool, Problem> {
    let found = account::credentials_of(app.db.read().await?.conn(), id, app.clock.now()).await?;
    let Some(guid) = found.and_then(|found| found.directory_guid) else { return Ok(true) };
    let Some(directory) = app.settings.sign_in.directory.clone() else { return Ok(false) };
    match listed(&*directory, Whom::Guid(&guid)).await {
        Ok(found) => Ok(found.is_some_and(|listed| listed.standing == Standing::Well && !listed.rights.is_empty())),
        Err(error) => {
            no_answer(&error);
            Ok(false)
        }
    }
}

async fn listed(directory: &dyn Directory, whom: Whom<'_>) -> Result<Option<Listed>, DirectoryError> {
    match whom {
        Whom::Guid(guid) => Ok(directory.by_guids(&[guid.to_owned()]).await?.pop()),
        Whom::Name(name) => directory.by_name(name).await,
    }
}

fn no_answer(error: &DirectoryError) -> Told {
    tracing::warn!(%error, "somebody could not sign in by the directory");
    Told::Nothing
}

/// True if they signed in on this device before, by whichever name.
async fn is_known(app: &App, visit: &Visit, listed: &Listed) -> Result<bool, Problem> {
    let mut reader = app.db.read().await?;
    let account = accounts::of_guid(reader.conn(), &listed.guid).await?;
    Ok(account.is_some_and(|account| device::known(app, &visit.headers, account.id).is_some()))
}

/// Sends the password, if one more may be sent. `None` where there was no answer.
async fn bind(
    app: &App,
    directory: &dyn Directory,
    (listed, password): (&Listed, &Password),
    is_stranger: bool,
) -> Result<Option<bool>, Problem> {
    let policy = directory.lock_out();
    if !has_room(listed.wrong_binds, policy.threshold, is_stranger) {
        return Ok(Some(false));
    }
    let connection = match directory.connect().await {
        Ok(connection) => connection,
        Err(error) => {
            no_answer(&error);
            return Ok(None);
        }
    };
    let wrong = wrong_allowed(policy.threshold);
    let allowance =
        Allowance { all: wrong.all, of_strangers: wrong.of_strangers, window_minutes: policy.window_minutes };
    let mut tx = app.db.write().await?;
    let may = binds::begin(tx.conn(), &listed.guid, (allowance, is_stranger), app.clock.now()).await?;
    tx.commit().await?;
    if !may {
        return Ok(Some(false));
    }
    let said = connection.bind(&listed.dn, password).await;
    let sent = match &said {
        Ok(true) => Sent::Right,
        Err(DirectoryError::Unreachable(_)) => Sent::NotAtAll,
        Ok(false) | Err(DirectoryError::Unclear(_)) => Sent::Wrong,
    };
    let mut tx = app.db.write().await?;
    binds::end(tx.conn(), &listed.guid, (sent, is_stranger), app.clock.now()).await?;
    tx.commit().await?;
    Ok(said.inspect_err(|error| _ = no_answer(error)).ok())
}

/// The account of somebody whose password was right.
async fn admit(app: &App, visit: &Visit, listed: &Listed) -> Result<Told, Problem> {
    let origin = visit.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    let found = match accounts::admit(tx.conn(), listed, by).await? {
        Ok(id) => account::credentials_of(tx.conn(), id, by.at).await?,
        Err(why) => {
            let after = json!({ "directory": why.name() });
            let entry = Entry::new("login_failed", "account", listed.username.as_str()).with_after(&after);
            audit::insert(tx.conn(), &[Record { at: by.at, entry, origin: &origin }]).await?;
            None
        }
    };
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(found.filter(|account| account.is_active).map_or(Told::Wrong, |account| Told::Right(Box::new(account))))
}
