//! What people are called: by their user name, and by the name that pages show.
//!
//! Invariant: who may not know somebody is not told their name ([`pick`] takes a scope); a text that fits several people is
//! nobody's.

use base_core::account::AccountId;
use base_core::area::{Area, Scope};
use base_core::realm::Realm;
use base_db::{Conn, StoreError};

/// Somebody's names.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    /// The account.
    pub id: AccountId,
    /// The user name.
    pub username: String,
    /// What pages call the person; `None` is the user name.
    pub display_name: Option<String>,
    /// 1 where nobody else is called so.
    is_unique: i64,
}

impl Named {
    /// What pages call the person.
    pub fn shown(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }

    /// A text by which [`find`] finds this person and nobody else.
    pub fn text(&self) -> &str {
        if self.is_unique == 1 { self.shown() } else { &self.username }
    }
}

/// Whose name a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Nobody's.
    Nobody,
    /// One person's.
    Of(AccountId),
    /// Several people are called so.
    Several,
}

/// Who wants to know names.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The realm of everybody concerned.
    pub realm: Realm,
    /// The person.
    pub id: AccountId,
    /// Whoever sees all areas knows everybody, anybody else the people of their own area, and themselves.
    pub scope: &'a Scope,
}

/// Statements about names begin alike. Nobody else may be found by a name that counts as unique.
macro_rules! select_names {
    ($rest:literal) => {
        concat!(
            "select a.id, a.username, a.display_name, cast(case when exists (select 1 from accounts o
                where o.realm = a.realm and o.id <> a.id
                    and (lower(o.display_name) = lower(a.display_name) or o.username_folded = lower(a.display_name)))
                then 0 else 1 end as bigint) as is_unique
            from accounts a
            where a.realm = $1 and ($2 = 1 or a.area = $3 or a.id = $4) ",
            $rest
        )
    };
}

impl Asking<'_> {
    fn sees_all(&self) -> i64 {
        i64::from(*self.scope == Scope::All)
    }

    fn area(&self) -> Option<&str> {
        self.scope.own_area().map(Area::as_str)
    }
}

/// The account that has a name: a user name comes before what pages call people.
pub async fn find(mut conn: Conn<'_>, realm: Realm, text: &str) -> Result<Whose, StoreError> {
    // The databases fold the letters from A to Z alike; those of other alphabets stay as they are.
    const FIND: &str = "select id, cast(case when username_folded = $2 then 1 else 0 end as bigint) as is_username
        from accounts where realm = $1 and (username_folded = $2 or lower(display_name) = lower($3))
        order by is_username desc, id limit 2";
    let text = text.trim();
    let found: Vec<(AccountId, i64)> = on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(text.to_lowercase()).bind(text).fetch_all(&mut **c).await?);
    Ok(match found[..] {
        [] => Whose::Nobody,
        [(id, _)] | [(id, 1), ..] => Whose::Of(id),
        _ => Whose::Several,
    })
}

/// Up to `limit` people whom somebody may know and whose names contain a text, in their order; those who are called
/// exactly so first. There are a few hundred people, not millions.
pub async fn pick(mut conn: Conn<'_>, asking: Asking<'_>, text: &str, limit: u32) -> Result<Vec<Named>, StoreError> {
    const PICK: &str = select_names!(
        "and (a.username_folded like $5 escape '\\' or lower(a.display_name) like lower($6) escape '\\')
        order by case when a.username_folded = $7 or lower(a.display_name) = lower($8) then 0 else 1 end,
            lower(coalesce(a.display_name, a.username)), a.id
        limit $9"
    );
    let text = text.trim();
    let folded = text.to_lowercase();
    let (pattern, named) = (base_db::query::anywhere(&folded), base_db::query::anywhere(text));
    Ok(on!(conn, c => sqlx::query_as(PICK)
        .bind(asking.realm.name()).bind(asking.sees_all()).bind(asking.area()).bind(asking.id)
        .bind(&pattern).bind(&named).bind(&folded).bind(text).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Somebody's names, for who may know them.
pub async fn of(mut conn: Conn<'_>, asking: Asking<'_>, id: AccountId) -> Result<Option<Named>, StoreError> {
    const OF: &str = select_names!("and a.id = $5");
    Ok(on!(conn, c => sqlx::query_as(OF)
        .bind(asking.realm.name()).bind(asking.sees_all()).bind(asking.area()).bind(asking.id).bind(id)
        .fetch_optional(&mut **c).await?))
}
