//! Writing people, all of them staff. A user name or e-mail that a member of staff has here already means that person:
//! the account stays as it is, and the rows of the earlier system become theirs. Customers are different people, even
//! with the same name.

use std::collections::{HashMap, HashSet};

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::audit;
use base_records::audit::Record;
use serde_json::json;

use super::import::{Brought, Import};
use super::rows::Kind;
use crate::rules;
use crate::rules::{EarlierUser, Finding, KeptAccount};

/// The names and e-mails that are taken, and the accounts that came with this import.
struct Taken {
    names: HashMap<String, AccountId>,
    emails: HashMap<String, AccountId>,
    came_over: HashSet<AccountId>,
}

impl Taken {
    async fn load(mut conn: Conn<'_>, import: &Import<'_>) -> Result<Self, StoreError> {
        const ALL: &str = "select id, username_folded, email_folded from accounts where realm = $1";
        let rows: Vec<(i64, String, Option<String>)> =
            on!(conn, c => sqlx::query_as(ALL).bind(Realm::Staff.name()).fetch_all(&mut **c).await?);
        let mut taken = Self { names: HashMap::new(), emails: HashMap::new(), came_over: HashSet::new() };
        for (id, name, email) in rows {
            taken.names.insert(name, id);
            if let Some(email) = email {
                taken.emails.insert(email, id);
            }
        }
        taken.came_over = import.people.values().map(|someone| someone.account).collect();
        Ok(taken)
    }

    /// The account of a person who was here before.
    fn here(&self, account: &KeptAccount) -> Option<AccountId> {
        let by_name = self.names.get(&account.username.to_lowercase());
        let by_email = account.email.as_ref().and_then(|email| self.emails.get(&email.to_lowercase()));
        [by_name, by_email].into_iter().flatten().copied().find(|id| !self.came_over.contains(id))
    }

    fn take(&mut self, account: &KeptAccount, id: AccountId) {
        self.names.insert(account.username.to_lowercase(), id);
        if let Some(email) = &account.email {
            self.emails.insert(email.to_lowercase(), id);
        }
        self.came_over.insert(id);
    }
}

pub(super) async fn bring(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[EarlierUser],
) -> Result<Brought, StoreError> {
    let mut taken = Taken::load(conn.reborrow(), import).await?;
    let mut brought = Brought::default();
    let mut ids = Vec::new();
    for row in rows {
        let (mut account, findings) = rules::person(row, &import.site);
        let mut tell = |found: &'static str, done: String| {
            brought.findings.push(Finding::new("user", row.id, &account.username, found, done));
        };
        if let Some(id) = taken.here(&account) {
            tell("already_here", format!("not changed: the account {id} here is this person; its password stays"));
            brought.known += 1;
            ids.push((row.id, id.to_string()));
            continue;
        }
        let name = rules::free_name(&account.username, |name| taken.names.contains_key(name));
        if name != account.username {
            tell("name_twice", format!("kept as {name}: names that differ by case alone are one here"));
        }
        if account.email.as_ref().is_some_and(|email| taken.emails.contains_key(&email.to_lowercase())) {
            tell("email_twice", "kept without its e-mail, which another account has".into());
            account.email = None;
        }
        account.username = name;
        let id = create(conn.reborrow(), import, &account).await?;
        taken.take(&account, id);
        ids.push((row.id, id.to_string()));
        brought.brought += 1;
        brought.findings.extend(findings);
    }
    import.remember(conn, Kind::User, &ids).await?;
    Ok(brought)
}

async fn create(mut conn: Conn<'_>, import: &Import<'_>, account: &KeptAccount) -> Result<AccountId, StoreError> {
    const CREATE: &str = "insert into accounts (username, username_folded, email, email_folded, password_hash, area,
            is_active, failed_sign_ins, locked_until, created_at, totp_encrypted, two_factor, realm)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id";
    const ROLE: &str = "insert into account_roles (account_id, role) values ($1, $2)";
    let email = account.email.as_deref();
    let encrypted = import.encrypt.and_then(|encrypt| account.totp_secret.as_deref().map(encrypt));
    let two_factor = encrypted.is_some();
    let id: i64 = on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(&account.username).bind(account.username.to_lowercase())
        .bind(email).bind(email.map(str::to_lowercase))
        .bind(&account.password_hash).bind(account.area.as_ref().map(Area::as_str))
        .bind(account.is_active).bind(account.failed_sign_ins).bind(account.locked_until.map(|at| at.0))
        .bind(account.created_at.0).bind(encrypted).bind(two_factor).bind(Realm::Staff.name())
        .fetch_one(&mut **c).await?);
    execute!(conn, ROLE, id, account.role.name());
    let area = account.area.as_ref().map(Area::as_str);
    let after = json!({ "roles": [account.role.name()], "area": area, "source": import.source });
    let entry = Entry::new("user_created", "account", account.username.as_str()).with_after(&after);
    audit::insert(conn, &[Record { at: import.site.now, entry, origin: &import.origin }]).await?;
    Ok(id)
}
