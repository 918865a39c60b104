//! Accounts as those who look after them see them: one, or a page of the list.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::query::{Query, anywhere};
use base_db::{Conn, StoreError};
use people_rules::account::Standing;

/// What is read of an account.
const COLUMNS: &str =
    "select a.id, a.username, a.display_name, a.called, a.email, a.area, a.is_active, a.must_change_password,
        a.failed_sign_ins, a.locked_until, a.two_factor, a.locale, a.colours, a.created_at, a.signed_in_at, a.version,
        a.temporary_until, a.temporary_used, a.removed_at, a.username_folded, a.directory_guid, a.directory_out,
        (select string_agg(r.role, ',') from account_roles r where r.account_id = a.id) as roles
    from accounts a";

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The user name.
    pub username: String,
    /// What pages call the person, where it is not the user name.
    pub display_name: Option<String>,
    /// What pages call the person.
    pub called: String,
    /// The e-mail.
    pub email: Option<String>,
    /// The dispatch area.
    pub area: Option<Area>,
    /// The roles, and whether the person may sign in.
    pub standing: Standing,
    /// True while the password is one that somebody else gave.
    pub must_change_password: bool,
    /// Failed sign-ins since the last one that worked.
    pub failed_sign_ins: i64,
    /// Until when nobody gets in.
    pub locked_until: Option<Moment>,
    /// True for those who have a second factor.
    pub two_factor: bool,
    /// The language.
    pub locale: String,
    /// Light or dark pages.
    pub colours: String,
    /// When it was created.
    pub created_at: Moment,
    /// The last sign-in.
    pub signed_in_at: Option<Moment>,
    /// Rises with each change.
    pub version: i64,
    /// Until when a temporary password opens, where there is one that was not used.
    pub temporary_until: Option<Moment>,
    /// Who the person is in the directory, where their password is kept there.
    pub directory_guid: Option<String>,
    /// Why the directory keeps them out, while it does.
    pub directory_out: Option<String>,
}

/// How the list says what an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The person may sign in.
    Active,
    /// The person may not.
    Inactive,
    /// Nobody gets in for a while.
    Locked,
    /// The person has to choose a password.
    MustChange,
}

impl State {
    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Locked => "locked",
            Self::MustChange => "must_change",
        }
    }
}

impl Account {
    /// What the account is now, the most important thing first.
    pub fn state(&self, now: Moment) -> State {
        match self {
            Self { standing: Standing { is_active: false, .. }, .. } => State::Inactive,
            Self { locked_until: Some(until), .. } if *until > now => State::Locked,
            Self { must_change_password: true, .. } => State::MustChange,
            _ => State::Active,
        }
    }
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of a row")]
struct Row {
    id: i64,
    username: String,
    display_name: Option<String>,
    called: String,
    email: Option<String>,
    area: Option<String>,
    is_active: bool,
    must_change_password: bool,
    failed_sign_ins: i64,
    locked_until: Option<i64>,
    two_factor: bool,
    locale: String,
    colours: String,
    created_at: i64,
    signed_in_at: Option<i64>,
    version: i64,
    temporary_until: Option<i64>,
    temporary_used: bool,
    username_folded: String,
    directory_guid: Option<String>,
    directory_out: Option<String>,
    roles: Option<String>,
}

impl Row {
    fn account(self) -> Account {
        let roles = self.roles.as_deref().unwrap_or_default().split(',').filter_map(Role::parse).collect();
        Account {
            id: self.id,
            username: self.username,
            display_name: self.display_name,
            called: self.called,
            email: self.email,
            area: self.area.as_deref().map(Area::new),
            standing: Standing { roles: people_rules::account::sorted(roles), is_active: self.is_active },
            must_change_password: self.must_change_password,
            failed_sign_ins: self.failed_sign_ins,
            locked_until: self.locked_until.map(Moment),
            two_factor: self.two_factor,
            locale: self.locale,
            colours: self.colours,
            created_at: Moment(self.created_at),
            signed_in_at: self.signed_in_at.map(Moment),
            version: self.version,
            temporary_until: self.temporary_until.map(Moment).filter(|_| !self.temporary_used),
            directory_guid: self.directory_guid,
            directory_out: self.directory_out,
        }
    }
}

/// An account of staff that was not removed.
pub async fn find(conn: Conn<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    find_in(conn, Realm::Staff, id).await
}

/// An account of a realm that was not removed.
pub async fn find_in(mut conn: Conn<'_>, realm: Realm, id: AccountId) -> Result<Option<Account>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.bind(" where a.realm = ? and a.removed_at is null and a.id = ?", [realm.name().into(), id.into()]);
    let rows = select_query!(conn, query, Row);
    Ok(rows.into_iter().next().map(Row::account))
}

/// The account of staff with a user name or an e-mail. A name comes before an e-mail.
pub async fn by_name(conn: Conn<'_>, name_or_email: &str) -> Result<Option<Account>, StoreError> {
    by_name_in(conn, Realm::Staff, name_or_email).await
}

/// The account of a realm with a user name or an e-mail. A name comes before an e-mail.
pub async fn by_name_in(mut conn: Conn<'_>, realm: Realm, name_or_email: &str) -> Result<Option<Account>, StoreError> {
    let folded = name_or_email.trim().to_lowercase();
    let mut query = Query::new(COLUMNS);
    query.bind(
        " where a.realm = ? and a.removed_at is null and (a.username_folded = ? or a.email_folded = ?)",
        [realm.name().into(), folded.as_str().into(), folded.as_str().into()],
    );
    query.bind(" order by case when a.username_folded = ? then 0 else 1 end limit 1", [folded.as_str().into()]);
    let rows = select_query!(conn, query, Row);
    Ok(rows.into_iter().next().map(Row::account))
}

/// Which accounts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of which realm.
    pub realm: Realm,
    /// A piece of the user name, the display name or the e-mail.
    pub text: Option<String>,
    /// One role.
    pub role: Option<Role>,
    /// One state.
    pub state: Option<State>,
    /// One area.
    pub area: Option<Area>,
    /// Those with a second factor, or those without.
    pub second_factor: Option<bool>,
}

/// A page of the list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The accounts, by user name.
    pub accounts: Vec<Account>,
    /// Where the next page begins: after this name, in small letters.
    pub next: Option<String>,
    /// How many accounts fit the filter in all.
    pub total: i64,
}

/// A page of the accounts of a realm, by user name.
pub async fn list(
    mut conn: Conn<'_>,
    filter: &Filter,
    after: Option<&str>,
    limit: u32,
    now: Moment,
) -> Result<Page, StoreError> {
    let mut query = Query::new(COLUMNS);
    conditions(&mut query, filter, now);
    if let Some(after) = after {
        query.bind(" and a.username_folded > ?", [after.into()]);
    }
    query.bind(" order by a.username_folded limit ?", [i64::from(limit + 1).into()]);
    let mut rows = select_query!(conn, query, Row);
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.username_folded.clone());
    let mut query = Query::new("select count(*) from accounts a");
    conditions(&mut query, filter, now);
    let total: Vec<(i64,)> = select_query!(conn, query, (i64,));
    let total = total.first().map_or(0, |(n,)| *n);
    Ok(Page { accounts: rows.into_iter().map(Row::account).collect(), next, total })
}

fn conditions(query: &mut Query, filter: &Filter, now: Moment) {
    query.bind(" where a.realm = ? and a.removed_at is null", [filter.realm.name().into()]);
    if let Some(text) = &filter.text {
        let pattern = anywhere(&text.to_lowercase());
        query.bind(
            " and (a.username_folded like ? escape '\\' or lower(a.called) like ? escape '\\'
                or a.email_folded like ? escape '\\')",
            [pattern.as_str().into(), pattern.as_str().into(), pattern.as_str().into()],
        );
    }
    if let Some(role) = filter.role {
        query.bind(
            " and exists (select 1 from account_roles r where r.account_id = a.id and r.role = ?)",
            [role.name().into()],
        );
    }
    if let Some(area) = &filter.area {
        query.bind(" and a.area = ?", [area.as_str().into()]);
    }
    match filter.second_factor {
        None => {}
        Some(true) => _ = query.push(" and a.two_factor"),
        Some(false) => _ = query.push(" and not a.two_factor"),
    }
    match filter.state {
        None => {}
        Some(State::Inactive) => _ = query.push(" and not a.is_active"),
        Some(State::Locked) => _ = query.bind(" and a.is_active and a.locked_until > ?", [now.0.into()]),
        Some(State::MustChange) => {
            query.push(" and a.is_active and a.must_change_password");
            query.bind(" and (a.locked_until is null or a.locked_until <= ?)", [now.0.into()]);
        }
        Some(State::Active) => {
            query.push(" and a.is_active and not a.must_change_password");
            query.bind(" and (a.locked_until is null or a.locked_until <= ?)", [now.0.into()]);
        }
    }
}

/// How many accounts of staff there are, and how many in each state. Each is in one state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// All of them.
    pub all: i64,
    /// Those that may sign in.
    pub active: i64,
    /// Those that may not.
    pub inactive: i64,
    /// Those into which nobody gets for a while.
    pub locked: i64,
    /// Those whose person has to choose a password.
    pub must_change: i64,
    /// Those without a second factor, in whichever state.
    pub without_second_factor: i64,
}

/// Counts the accounts of staff.
pub async fn counts(mut conn: Conn<'_>, now: Moment) -> Result<Counts, StoreError> {
    const COUNTS: &str = "select count(*) as \"all\", count(case when state = 'active' then 1 end) as active,
            count(case when state = 'inactive' then 1 end) as inactive, count(case when state = 'locked' then 1 end) as locked,
            count(case when state = 'must_change' then 1 end) as must_change,
            count(case when not two_factor then 1 end) as without_second_factor
        from (select a.two_factor, case when not a.is_active then 'inactive' when a.locked_until > $2 then 'locked'
                when a.must_change_password then 'must_change' else 'active' end as state
            from accounts a where a.realm = $1 and a.removed_at is null) counted";
    Ok(on!(conn, c => sqlx::query_as(COUNTS).bind(Realm::Staff.name()).bind(now.0).fetch_one(&mut **c).await?))
}

/// Keeps all changes of who may do what apart from one another until the transaction ends: each looks at who else is there.
pub(crate) async fn one_at_a_time(mut conn: Conn<'_>) -> Result<(), StoreError> {
    // The oldest account of staff is never deleted, so that all of them wait for the same row.
    const LOCK: &str = "update accounts set version = version
        where id = (select min(id) from accounts where realm = 'staff')";
    execute!(conn, LOCK);
    Ok(())
}

/// Active admins besides one account.
pub(crate) async fn other_admins(mut conn: Conn<'_>, besides: AccountId) -> Result<i64, StoreError> {
    const ADMINS: &str = "select count(*) from accounts a where a.realm = 'staff' and a.is_active and a.id <> $1
        and exists (select 1 from account_roles r where r.account_id = a.id and r.role = 'admin')";
    Ok(on!(conn, c => sqlx::query_scalar(ADMINS).bind(besides).fetch_one(&mut **c).await?))
}

/// How many active dispatchers each area has, besides one account.
pub(crate) async fn dispatchers(mut conn: Conn<'_>, besides: AccountId) -> Result<Vec<(String, i64)>, StoreError> {
    const DISPATCHERS: &str = "select a.area, count(*) from accounts a
        where a.realm = 'staff' and a.is_active and a.area is not null and a.id <> $1
            and exists (select 1 from account_roles r where r.account_id = a.id and r.role = 'dispatcher')
        group by a.area";
    Ok(on!(conn, c => sqlx::query_as(DISPATCHERS).bind(besides).fetch_all(&mut **c).await?))
}

/// Active dispatchers without an area: they see nothing until an admin gives them one.
pub async fn without_area(mut conn: Conn<'_>) -> Result<i64, StoreError> {
    const WITHOUT: &str = "select count(*) from accounts a where a.realm = 'staff' and a.is_active and a.area is null
        and exists (select 1 from account_roles r where r.account_id = a.id and r.role = 'dispatcher')
        and not exists (select 1 from account_roles r where r.account_id = a.id and r.role in ('admin', 'biller'))";
    Ok(on!(conn, c => sqlx::query_scalar(WITHOUT).fetch_one(&mut **c).await?))
}

/// Active admins, by name.
pub async fn admins(mut conn: Conn<'_>) -> Result<Vec<AccountId>, StoreError> {
    const ADMINS: &str = "select a.id from accounts a where a.realm = 'staff' and a.is_active
        and exists (select 1 from account_roles r where r.account_id = a.id and r.role = 'admin')
        order by a.username_folded";
    Ok(on!(conn, c => sqlx::query_scalar(ADMINS).fetch_all(&mut **c).await?))
}
