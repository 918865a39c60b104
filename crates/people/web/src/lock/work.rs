//! Locking and resuming, whether a page or a call asks for it.

use base_core::audit::Entry;
use base_records::audit::Record;
use base_records::{account, audit, session};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::{Present, STAFF};
use people_store::passkey;

use crate::passkeys::work::{self as passkeys, Shown};
use crate::sign_in::check::{self, Asked};
use crate::sign_in::tries::Judge;
use crate::sign_in::{Visit, directory};

/// Locks the screen of a session.
pub async fn lock(app: &App, visit: &Visit, present: &Present) -> Result<(), Problem> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if session::lock(tx.conn(), STAFF, &present.session.token_hash, now).await? {
        let origin = visit.origin_of(app, &present.person);
        audit::insert(
            tx.conn(),
            &[Record { at: now, entry: Entry::new("session_locked", "session", ""), origin: &origin }],
        )
        .await?;
    }
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(())
}

/// Resumes a session by the password of its person. False for a wrong one. The session is judged by itself: strangers who
/// know the name cannot keep its person out.
pub async fn resume(app: &App, visit: &Visit, present: &Present, password: String) -> Result<bool, Problem> {
    let session = &present.session;
    let known = account::credentials_in_session(app.db.read().await?.conn(), session.account_id).await?;
    let judge = Judge::of_session(app, session.account_id, &session.token_hash);
    let asked = Asked { known, name: None, password, judge: &judge, is_known_device: true };
    if check::password(app, visit, asked).await?.is_none() {
        return Ok(false);
    }
    let tx = app.db.write().await?;
    resumed(app, visit, (present, &judge), tx).await?;
    Ok(true)
}

/// The same by one of the passkeys of the person.
pub async fn resume_by_passkey(app: &App, visit: &Visit, present: &Present, key: &Shown) -> Result<bool, Problem> {
    let session = &present.session;
    let judge = Judge::of_session(app, session.account_id, &session.token_hash);
    if let Some((_, seconds)) = judge.paused(app).await? {
        return Err(Problem::too_often(seconds));
    }
    let known = passkey::find(app.db.read().await?.conn(), STAFF, &key.credential).await?;
    let known = known.filter(|known| known.account_id == session.account_id);
    let is_well = directory::is_well(app, session.account_id).await?;
    let mut tx = app.db.write().await?;
    let purpose = passkeys::purpose_of_lock(&session.token_hash);
    let is_shown = match &known {
        Some(known) if is_well => {
            passkeys::take(app, tx.conn(), (&purpose, &visit.headers), (known, key)).await?.is_ok()
        }
        _ => false,
    };
    if is_shown {
        resumed(app, visit, (present, &judge), tx).await?;
    } else {
        judge.failed(tx.conn(), app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(is_shown)
}

/// The session goes on: its person has shown who they are.
async fn resumed(
    app: &App,
    visit: &Visit,
    (present, judge): (&Present, &Judge),
    mut tx: base_db::Tx,
) -> Result<(), Problem> {
    let (session, now) = (&present.session, app.clock.now());
    judge.succeeded(tx.conn()).await?;
    session::resume(tx.conn(), STAFF, &session.token_hash, now).await?;
    let origin = visit.origin_of(app, &present.person);
    let entry = Entry::new("session_resumed", "session", "");
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(())
}
