//! What people change of their own account.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_db::{Conn, StoreError};
use people_rules::account::{Refusal, check_display_name, check_email};
use serde_json::{Map, Value, json};

use crate::account::find;
use crate::edit::is_taken;
use crate::failed::{By, Failed};
use crate::password::void_link;

/// What is to be changed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What pages call the person; empty for the user name.
    pub display_name: Option<String>,
    /// The e-mail; empty for none.
    pub email: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// Light or dark pages.
    pub colours: Option<String>,
}

/// Changes one's own account, and says whether anything was different.
pub async fn change(mut conn: Conn<'_>, id: AccountId, change: &Change, by: By<'_>) -> Result<bool, Failed> {
    const WRITE: &str =
        "update accounts set display_name = $2, email = $3, email_folded = $3, locale = $4, colours = $5,
            version = version + 1
        where id = $1";
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    let display_name = change.display_name.as_deref().map_or(Ok(was.display_name.clone()), check_display_name)?;
    let email = change.email.as_deref().map_or(Ok(was.email.clone()), check_email)?;
    let locale = change.locale.clone().unwrap_or_else(|| was.locale.clone());
    let colours = change.colours.clone().unwrap_or_else(|| was.colours.clone());
    if was.directory_guid.is_some() && (email != was.email || display_name != was.display_name) {
        return Err(Refusal::OfDirectory.into());
    }
    if email != was.email && is_taken(conn.reborrow(), id, email.as_deref()).await? {
        return Err(Refusal::EmailTaken.into());
    }
    let fields = [
        ("display_name", json!(was.display_name), json!(display_name)),
        ("email", json!(was.email), json!(email)),
        ("locale", json!(was.locale), json!(locale)),
        ("colours", json!(was.colours), json!(colours)),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    let (before, after): (Map<String, Value>, Map<String, Value>) =
        changed.map(|(name, before, after)| ((name.to_owned(), before), (name.to_owned(), after))).unzip();
    if after.is_empty() {
        return Ok(false);
    }
    if email != was.email {
        // Whoever reads the mails of the former address must not set the password.
        void_link(conn.reborrow(), id).await?;
    }
    execute!(conn, WRITE, id, &display_name, &email, &locale, &colours);
    let entry = Entry::new("user_updated", "account", was.username.as_str())
        .with_before(&Value::Object(before))
        .with_after(&Value::Object(after));
    by.note(conn, entry).await?;
    Ok(true)
}

/// An entry of the trail about what somebody did, or what was done to their account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Done {
    /// When, in microseconds.
    pub at: i64,
    /// What.
    pub action: String,
    /// What kind of thing.
    pub entity_type: String,
    /// Which one.
    pub entity: String,
    /// From where.
    pub address: String,
}

/// The newest entries about what somebody did, other than what they scanned.
pub async fn activity(mut conn: Conn<'_>, id: AccountId, limit: u32) -> Result<Vec<Done>, StoreError> {
    // The person is a part of the order, so that the index by person is read from its end.
    const ACTIVITY: &str = "select e.at, e.action, e.entity_type, e.entity, coalesce(o.address, '') as address
        from (select * from audit
            where (actor_id, seq) >= ($1, 0) and (actor_id, seq) <= ($1, 9223372036854775807)
            order by actor_id desc, seq desc limit $2) e
        left join origins o on o.id = e.origin_id order by e.seq desc";
    Ok(on!(conn, c => sqlx::query_as(ACTIVITY).bind(id).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
