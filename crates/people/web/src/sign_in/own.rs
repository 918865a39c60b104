//! A password that is asked for once more in a session.
//!
//! Invariant: it is judged by that session alone, with pauses that grow: strangers who know the name cannot keep its person
//! out, and whoever sits at somebody's screen does not guess for long.

use axum::http::HeaderMap;
use base_db::Conn;
use base_records::{account, second_factor, session};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::Caller;

use super::Visit;
use super::check::{self, Asked};
use super::tries::Judge;

/// Refuses whoever's session was ended after they asked. Changes of one account wait for each other here, so that what ends
/// sessions and tokens finds all that was made before it.
pub async fn hold(app: &App, mut conn: Conn<'_>, caller: &Caller) -> Result<(), Problem> {
    second_factor::wait_turn(conn.reborrow(), caller.person.id).await?;
    let found = session::find(conn, caller.person.realm, &caller.session_hash, app.clock.now()).await?;
    found.map(drop).ok_or_else(Problem::not_signed_in)
}

/// True if the password is that of the person.
///
/// # Errors
/// There is a pause after too many wrong ones.
pub async fn is_right(app: &App, caller: &Caller, password: &str) -> Result<bool, Problem> {
    let judge = Judge::of_session(app, caller.person.id, &caller.session_hash);
    if let Some((_, seconds)) = judge.paused(app).await? {
        return Err(Problem::too_often(seconds));
    }
    let known = account::credentials_of(app.db.read().await?.conn(), caller.person.id, app.clock.now()).await?;
    let visit = Visit { headers: HeaderMap::new(), facts: caller.facts.clone() };
    let asked = Asked { known, name: None, password: password.to_owned(), judge: &judge, is_known_device: true };
    let proven = check::password(app, &visit, asked).await?;
    if proven.is_some() {
        let mut tx = app.db.write().await?;
        judge.succeeded(tx.conn()).await?;
        tx.commit().await?;
    }
    Ok(proven.is_some())
}
