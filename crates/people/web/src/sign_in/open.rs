//! Opening a session for somebody who has shown who they are.
//!
//! Invariants: the token is new at every sign-in, and the session that the same browser had before ends with it; nobody
//! has more sessions than the site allows.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_core::time::SECOND_US;
use base_db::Conn;
use base_records::audit::Record;
use base_records::session::Session;
use base_records::{account, audit, session};
use base_secret::{Token, hash_token};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::{cookie, form_cookie, session_cookie, set_cookie};
use people_rules::trail::session_entry;
use people_store::device as devices;
use serde_json::{Value, json};

use super::{Visit, device};
use crate::devices::work::device_token;
use crate::told::{self, From, Post};

/// Whose session is opened.
pub struct Opening<'o> {
    /// The account.
    pub account: AccountId,
    /// The stored hash of the password that was right, and a better one of the same password.
    pub upgrade: Option<(&'o str, &'o str)>,
    /// By what second factor they have shown who they are.
    pub second_factor: Option<&'static str>,
    /// Where to go.
    pub next: &'o str,
}

/// Replaces a hash of an earlier system. True where it did.
pub async fn upgrade(conn: Conn<'_>, opening: &Opening<'_>) -> Result<bool, Problem> {
    let Some((proven, better)) = opening.upgrade else { return Ok(false) };
    Ok(account::upgrade_hash(conn, opening.account, proven, better).await?)
}

/// What the trail says of the sign-in. Of customers it names the account, as the earlier portal did.
async fn signed_in_entry(conn: Conn<'_>, realm: Realm, id: AccountId) -> Result<Entry, Problem> {
    if realm == Realm::Staff {
        return Ok(session_entry(realm, "login_success", ""));
    }
    let found = account::credentials_in_session(conn, id).await?;
    Ok(session_entry(realm, "login_success", found.as_ref().map_or("", |found| found.username.as_str())))
}

/// Opens the session, in the transaction of whatever else the sign-in changes.
pub async fn session(app: &App, visit: &Visit, opening: Opening<'_>, mut tx: base_db::Tx) -> Result<Response, Problem> {
    let token = Token::new("", &*app.entropy);
    let now = app.clock.now();
    let (id, realm) = (opening.account, visit.facts.realm);
    if let Some(former) = cookie(&visit.headers, session_cookie(app, realm)) {
        session::end(tx.conn(), realm, &hash_token(former)).await?;
    }
    let on = match device_token(app, &visit.headers).filter(|_| realm == Realm::Staff) {
        Some(token) => devices::find(tx.conn(), &hash_token(token)).await?,
        None => None,
    };
    if let Some(device) = &on {
        devices::touch(tx.conn(), device.id, now).await?;
    }
    let opened = Session {
        realm,
        token_hash: token.hash,
        account_id: id,
        address: visit.facts.address.clone(),
        agent: visit.facts.agent.clone(),
        created_at: now.0,
        seen_at: now.0,
        expires_at: now.plus_us(app.session_absolute_s_of(realm) * SECOND_US).0,
        device_id: on.as_ref().map(|device| device.id),
        device: on.map(|device| device.name),
        ..Session::default()
    };
    session::create(tx.conn(), &opened).await?;
    session::end_oldest_of(tx.conn(), realm, id, app.sessions_max()).await?;
    if opened.device_id.is_none() && device::known(app, &visit.headers, id).is_none() {
        let from = From { address: &visit.facts.address, agent: &visit.facts.agent };
        told::new_place(Post::of(app), tx.conn(), (realm, id), from, now).await?;
    }
    account::signed_in(tx.conn(), id, now).await?;
    let mut facts = serde_json::Map::new();
    if upgrade(tx.conn(), &opening).await? {
        facts.insert("hash_upgraded".into(), json!(true));
    }
    if let Some(factor) = opening.second_factor {
        facts.insert("second_factor".into(), json!(factor));
    }
    let entry = signed_in_entry(tx.conn(), realm, id).await?;
    let entry = if facts.is_empty() { entry } else { entry.with_after(&Value::Object(facts)) };
    let origin = visit.origin(Some(id));
    let mut records = vec![Record { at: now, entry, origin: &origin }];
    if let Some(factor) = opening.second_factor {
        let found = account::credentials_in_session(tx.conn(), id).await?;
        let name = found.map(|found| found.username).unwrap_or_default();
        let entry = people_rules::trail::entry(realm, "2fa_verify_success", &name);
        let entry = entry.with_after(&json!({ "second_factor": factor }));
        records.insert(0, Record { at: now, entry, origin: &origin });
    }
    audit::insert(tx.conn(), &records).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    let mut response = Redirect::to(opening.next).into_response();
    let cookies = [
        set_cookie(app, session_cookie(app, realm), &token.text),
        set_cookie(app, form_cookie(app), ""),
        device::remember(app, &visit.headers, id),
    ];
    for text in cookies {
        let value = HeaderValue::from_str(&text).expect("hex digits and numbers");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}
