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

/// An account that is here already.
struct Here {
    id: AccountId,
    name: String,
    email: Option<String>,
}

/// The accounts that are here, and which of them are somebody of the earlier system already.
struct Taken {
    by_name: HashMap<String, Here>,
    by_email: HashMap<String, String>,
    claimed: HashSet<AccountId>,
}

impl Taken {
    async fn load(mut conn: Conn<'_>, import: &Import<'_>) -> Result<Self, StoreError> {
        const ALL: &str = "select id, username, username_folded, email_folded from accounts where realm = $1";
        let rows: Vec<(i64, String, String, Option<String>)> =
            on!(conn, c => sqlx::query_as(ALL).bind(Realm::Staff.name()).fetch_all(&mut **c).await?);
        let claimed = import.people.values().map(|someone| someone.account).collect();
        let mut taken = Self { by_name: HashMap::new(), by_email: HashMap::new(), claimed };
        for (id, name, folded, email) in rows {
            taken.add(folded, Here { id, name, email });
        }
        Ok(taken)
    }

    fn add(&mut self, folded: String, here: Here) {
        if let Some(email) = &here.email {
            self.by_email.insert(email.clone(), folded.clone());
        }
        self.by_name.insert(folded, here);
    }

    /// The account of a person who was here before. An account is one person's: somebody who is named exactly like it
    /// goes before somebody whose name differs by case, and two e-mails are two people.
    fn here(&self, account: &KeptAccount, there: &HashSet<String>) -> Option<AccountId> {
        let free = |here: &&Here| !self.claimed.contains(&here.id);
        let email = account.email.as_deref().map(str::to_lowercase);
        let by_name = self.by_name.get(&account.username.to_lowercase()).filter(free);
        let by_name = by_name.filter(|here| {
            let agrees = || here.email.is_none() || email.is_none() || here.email == email;
            here.name == account.username || (!there.contains(&here.name) && agrees())
        });
        let of_email = || self.by_name.get(self.by_email.get(email.as_ref()?)?);
        let by_email = || of_email().filter(free).filter(|here| !there.contains(&here.name));
        by_name.or_else(by_email).map(|here| here.id)
    }

    /// The account that somebody chose for a person.
    fn chosen(&self, name: &str) -> Option<AccountId> {
        self.by_name.get(&name.to_lowercase()).map(|here| here.id)
    }

    fn take(&mut self, account: &KeptAccount, id: AccountId) {
        let email = account.email.as_ref().map(|email| email.to_lowercase());
        self.add(account.username.to_lowercase(), Here { id, name: account.username.clone(), email });
        self.claimed.insert(id);
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
        let chosen = import.identities.map.get(&account.username);
        let here = match chosen {
            Some(name) => taken.chosen(name),
            None => taken.here(&account, &import.identities.there),
        };
        if let Some(id) = here {
            tell("already_here", format!("not changed: the account {id} here is this person; its password stays"));
            brought.known += 1;
            taken.claimed.insert(id);
            ids.push((row.id, id.to_string()));
            continue;
        }
        let wanted = chosen.unwrap_or(&account.username);
        let name = rules::free_name(wanted, |name| taken.by_name.contains_key(name));
        if name != *wanted {
            tell("name_twice", format!("kept as {name}: names that differ by case alone are one here, people are not"));
        }
        if account.email.as_ref().is_some_and(|email| taken.by_email.contains_key(&email.to_lowercase())) {
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
