//! Mails that tell a person what happened to their account.
//!
//! Invariants: a mail goes in the transaction of what it tells of; without an e-mail, and where the outbox takes none, what
//! happened happens all the same.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::mail::{EnqueueError, NewMail, Outbox};
use base_web::App;
use base_web::look::Look;
use base_web::view::TIME;
use jiff::tz::TimeZone;
use people_store::account;
use people_store::account::Account;
use people_store::password::Recipient;

use crate::agent::agent_in_short;
use crate::mails::{self, Factor, Place, To};
use crate::outside::link::link_pages;

/// What mails of a site need.
#[derive(Clone, Copy)]
pub struct Post<'p> {
    /// Where mails go.
    pub outbox: Outbox,
    /// What links begin with.
    pub base_url: &'p str,
    /// How customers see the site: their links may begin with another address.
    pub look: &'p Look,
    /// How times are shown.
    pub zone: &'p TimeZone,
}

impl<'p> Post<'p> {
    /// The post of a running site.
    pub fn of(app: &'p App) -> Self {
        let settings = &app.settings;
        Self { outbox: settings.outbox, base_url: &settings.base_url, look: &settings.look, zone: &settings.zone }
    }

    fn link(self, path: &str) -> String {
        format!("{}{path}", self.look.base_url(path, self.base_url))
    }

    fn time(self, at: Moment) -> String {
        at.display(self.zone, TIME)
    }

    async fn send(self, conn: Conn<'_>, mail: NewMail, at: Moment) -> Result<(), StoreError> {
        match self.outbox.enqueue(conn, &[mail], at).await {
            Ok(()) | Err(EnqueueError::NotConfigured | EnqueueError::Full | EnqueueError::TooLarge) => Ok(()),
            Err(EnqueueError::Store(error)) => Err(error),
        }
    }

    /// The account, where a mail can go to it.
    async fn account(
        self,
        conn: Conn<'_>,
        (realm, id): (Realm, AccountId),
    ) -> Result<Option<(Account, String)>, StoreError> {
        if !self.outbox.is_open() {
            return Ok(None);
        }
        let found = account::find_in(conn, realm, id).await?;
        Ok(found.and_then(|account| account.email.clone().map(|email| (account, email))))
    }
}

fn to((account, email): &(Account, String)) -> To<'_> {
    To { email, called: &account.called, locale: &account.locale }
}

/// From where somebody signed in.
#[derive(Clone, Copy, Debug)]
pub struct From<'f> {
    /// The address.
    pub address: &'f str,
    /// What the browser says of itself.
    pub agent: &'f str,
}

/// Somebody is about to have a session on a device that is new to their account. The very first sign-in is no news.
pub async fn new_place(
    post: Post<'_>,
    mut conn: Conn<'_>,
    who: (Realm, AccountId),
    from: From<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let Some(found) = post.account(conn.reborrow(), who).await? else { return Ok(()) };
    if found.0.signed_in_at.is_none() {
        return Ok(());
    }
    let page = if who.0 == Realm::Staff { "/profile/sessions" } else { "/portal/sessions" };
    let (time, agent) = (post.time(at), agent_in_short(from.agent));
    let place = Place { at: &time, address: from.address, agent: &agent };
    post.send(conn, mails::new_place(to(&found), place, &post.link(page)), at).await
}

/// Somebody's second factor is another one.
pub async fn second_factor(
    post: Post<'_>,
    mut conn: Conn<'_>,
    id: AccountId,
    factor: Factor,
    at: Moment,
) -> Result<(), StoreError> {
    factor_of(post, conn.reborrow(), (Realm::Staff, id), factor, at).await
}

/// The same of staff or of a customer.
pub async fn factor_of(
    post: Post<'_>,
    mut conn: Conn<'_>,
    who: (Realm, AccountId),
    factor: Factor,
    at: Moment,
) -> Result<(), StoreError> {
    let Some(found) = post.account(conn.reborrow(), who).await? else { return Ok(()) };
    let page = post.link(if who.0 == Realm::Staff { "/profile/second-factor" } else { "/portal/passkeys" });
    post.send(conn, mails::second_factor(to(&found), factor, &post.time(at), &page), at).await
}

/// An account is locked for everybody but known devices.
pub async fn locked(
    post: Post<'_>,
    mut conn: Conn<'_>,
    who: (Realm, AccountId),
    until: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let Some(found) = post.account(conn.reborrow(), who).await? else { return Ok(()) };
    let page = link_pages(who.0).ask;
    post.send(conn, mails::locked(to(&found), &post.time(until), &post.link(page)), at).await
}

/// Somebody wanted to register with the e-mail of somebody who has an account.
pub async fn known_email(post: Post<'_>, conn: Conn<'_>, owner: &Recipient, at: Moment) -> Result<(), StoreError> {
    let to = To { email: &owner.email, called: &owner.called, locale: &owner.locale };
    post.send(conn, mails::known_email(to, &owner.username, &post.link("/login")), at).await
}
