//! Checking a password.
//!
//! Invariants: known and unknown people and those whose account is locked cost and read the same; no answer says whether
//! the name or the password was wrong. Pauses are looked up again once it is somebody's turn, so that nobody gets more
//! tries by sending many at once.

use std::time::Duration;

use base_core::audit::Entry;
use base_core::realm::Realm;
use base_records::account::Credentials;
use base_records::audit::Record;
use base_records::{account, audit};
use base_secret as secret;
use base_web::app::App;
use base_web::error::Problem;
use base_web::refusals::Refusal;
use people_rules::sign_in::Pause;
use people_rules::trail;
use serde_json::json;

use super::Visit;
use super::directory::{self, Told, Whom};
use super::tries::{Begun, Judge};
use crate::told::{self, Post};

/// A refusal takes at least this long, so that the time to check a hash of an earlier system, which is longer than for
/// our own, does not reveal that the name exists.
const REFUSAL_TIME_MIN: Duration = Duration::from_millis(350);

/// Somebody whose password was right.
pub struct Proven {
    /// The account.
    pub account: Credentials,
    /// A hash of our own kind, where the stored one is of an earlier system.
    pub better_hash: Option<String>,
}

/// Somebody's password, to be checked.
pub struct Asked<'a> {
    /// The account; `None` for a name that nobody has.
    pub known: Option<Credentials>,
    /// The name that was typed, where somebody signs in: the directory may know it although we do not.
    pub name: Option<&'a str>,
    /// What was typed.
    pub password: String,
    /// What the attempt is judged by.
    pub judge: &'a Judge,
    /// True for those who do not wait for strangers.
    pub is_known_device: bool,
}

/// The account, if the password is right; `None` if not, for whatever reason.
pub async fn password(app: &App, visit: &Visit, asked: Asked<'_>) -> Result<Option<Proven>, Problem> {
    let began = tokio::time::Instant::now();
    let proven = check(app, visit, asked).await?;
    if proven.is_none() {
        // Where a directory may be asked, a whole number of these: asking it takes a while.
        let times = match app.settings.sign_in.directory {
            Some(_) => u32::try_from(began.elapsed().as_millis() / REFUSAL_TIME_MIN.as_millis() + 1).unwrap_or(1),
            None => 1,
        };
        tokio::time::sleep_until(began + REFUSAL_TIME_MIN * times).await;
    }
    Ok(proven)
}

async fn check(app: &App, visit: &Visit, asked: Asked<'_>) -> Result<Option<Proven>, Problem> {
    let Asked { known, name, password, judge, is_known_device } = asked;
    if is_paused(app, visit, (judge, known.as_ref())).await? {
        return Ok(None);
    }
    let turn = app.password_turns.take(is_known_device).await;
    let turn = turn.ok_or_else(|| Problem::busy("Too many people are signing in at once. Try again in a moment."))?;
    if is_paused(app, visit, (judge, known.as_ref())).await? {
        return Ok(None);
    }
    let whom = match (&known, name) {
        (Some(account), _) => account.directory_guid.as_deref().map(Whom::Guid),
        (None, name) => name.filter(|_| visit.facts.realm == Realm::Staff).map(Whom::Name),
    };
    let hash = known.as_ref().map(|account| account.password_hash.clone());
    let (is_right, better_hash) = verify(app, password.clone(), hash).await;
    // Whoever waits for a directory keeps nobody waiting for the password check; there each password is counted before it is
    // sent. Here it is counted before the turn ends.
    let asks_directory = whom.is_some() && app.settings.sign_in.directory.is_some();
    let _turn = (!asks_directory).then_some(turn);
    let told = match (whom, &known) {
        (Some(whom), _) => directory::ask(app, visit, (whom, &password), is_known_device).await?,
        (None, Some(account)) if is_right && account.is_active => Told::Right(Box::new(account.clone())),
        (None, _) => Told::Wrong,
    };
    match told {
        Told::Right(account) => return Ok(Some(Proven { account: *account, better_hash })),
        Told::Wrong => note_failure(app, visit, judge, known.as_ref()).await?,
        // Nobody has looked at the password: it is no failure of the account's.
        Told::Nothing => {
            count(app, visit, Refusal::SIGN_IN, known.as_ref());
            judge.refused(app).await?;
        }
    }
    Ok(None)
}

/// True where a pause refuses the attempt with the words of a wrong password; one that comes too often is told so.
async fn is_paused(app: &App, visit: &Visit, (judge, known): (&Judge, Option<&Credentials>)) -> Result<bool, Problem> {
    match judge.paused(app).await? {
        None => Ok(false),
        Some((Pause::TooOften, seconds)) => {
            app.refusals.count(
                Refusal::RATE_LIMIT.of(visit.facts.realm),
                &visit.facts.counted_address(),
                app.clock.now(),
            );
            Err(Problem::too_often(seconds))
        }
        Some((Pause::Locked, _)) => {
            count(app, visit, Refusal::LOCKED, known);
            judge.refused(app).await?;
            Ok(true)
        }
    }
}

/// Counts what anybody can cause, and does not list it.
fn count(app: &App, visit: &Visit, refusal: Refusal, known: Option<&Credentials>) {
    let (address, now, refusal) = (visit.facts.counted_address(), app.clock.now(), refusal.of(visit.facts.realm));
    match known {
        Some(account) => app.refusals.count_of_account(refusal, &address, &account.username, now),
        None => app.refusals.count(refusal, &address, now),
    }
}

/// Counts a failure. Only one that locks an account of ours is listed: it is not possible again until the lock ends.
async fn note_failure(app: &App, visit: &Visit, judge: &Judge, known: Option<&Credentials>) -> Result<(), Problem> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let begun = judge.failed(tx.conn(), now).await?;
    let Some(account) = known else {
        tx.commit().await?;
        count(app, visit, Refusal::SIGN_IN, None);
        return Ok(());
    };
    let locked = begun.iter().filter(|begun| begun.judged.pause == Pause::Locked).max_by_key(|begun| begun.until);
    let for_all = locked.filter(|begun| !begun.judged.forgotten).map(|begun| begun.until);
    let failures = account::sign_in_failed(tx.conn(), account.id, for_all).await?;
    if let Some(until) = for_all {
        told::locked(Post::of(app), tx.conn(), (visit.facts.realm, account.id), until, now).await?;
    }
    if let Some(begun) = locked {
        let origin = visit.origin(Some(account.id));
        let entry = locked_entry((visit.facts.realm, account), begun, failures);
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    }
    tx.commit().await?;
    if locked.is_none() {
        count(app, visit, Refusal::SIGN_IN, Some(account));
    } else {
        app.refusals.note(Refusal::SIGN_IN, now);
    }
    Ok(())
}

fn locked_entry((realm, account): (Realm, &Credentials), begun: &Begun, failures: i64) -> Entry {
    // What a success forgets is the lock of one address or device; the other one is for everybody.
    let of = if begun.judged.forgotten { "address" } else { "account" };
    trail::entry(realm, "login_failed", &account.username)
        .with_after(&json!({ "failures": failures, "locked": true, "of": of, "until": begun.until.rfc3339() }))
}

/// Checks a password on another thread than those that serve, and makes a new hash if the stored one is of an earlier
/// system.
async fn verify(app: &App, password: String, hash: Option<String>) -> (bool, Option<String>) {
    let entropy = app.entropy.clone();
    let check = move || {
        let right = secret::verify_password(&password, hash.as_deref());
        let upgrade = right && hash.as_deref().is_some_and(secret::needs_upgrade);
        (right, upgrade.then(|| secret::hash_password(&password, &*entropy)))
    };
    tokio::task::spawn_blocking(check).await.unwrap_or_default()
}
