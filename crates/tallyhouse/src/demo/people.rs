//! The people of the demo: one or more of each role, all with one password that is made up at each start.

use anyhow::Context;
use base_core::account::{AccountId, Actor, Person, Who};
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::{Grants, Role};
use base_core::realm::Realm;
use base_core::time::DAY_US;
use base_records::account;
use base_records::account::NewAccount;
use people_rules::password::Rule;
use serde_json::json;

use crate::config::Bags;
use crate::site::Site;

/// Names, roles, and which of the configured areas a dispatcher works in.
const PEOPLE: [(&str, Role, usize); 13] = [
    ("meera", Role::Admin, 0),
    ("farida", Role::Biller, 0),
    ("kiran", Role::Organiser, 0),
    ("joseph", Role::Steward, 0),
    ("sara", Role::Service, 0),
    ("arjun", Role::Dispatcher, 0),
    ("sunita", Role::Dispatcher, 0),
    ("imran", Role::Dispatcher, 1),
    ("lakshmi", Role::Dispatcher, 1),
    ("ravi", Role::Dispatcher, 2),
    ("gurpreet", Role::Dispatcher, 3),
    ("deepak", Role::Dispatcher, 4),
    ("anita", Role::Dispatcher, 5),
];
/// Their accounts are a little older than their scans.
const HERE_SINCE_US: i64 = 45 * DAY_US;

/// One of them.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// The account.
    pub id: AccountId,
    /// The user name.
    pub name: &'static str,
    /// The role.
    pub role: Role,
    /// The area of a dispatcher.
    pub area: Option<Area>,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct DemoPeople {
    /// The password that all share until the demo ends.
    pub password: String,
    /// The people; dispatchers last.
    pub people: Vec<DemoPerson>,
    /// The e-mails of the customers.
    pub customers: Vec<&'static str>,
}

impl DemoPerson {
    /// The person as the desk sees them.
    pub fn actor(&self) -> Actor {
        let who = Who { id: self.id, realm: Realm::Staff, name: self.name.to_owned() };
        let person = Person::new(who, vec![self.role], self.area.clone(), &Grants::default());
        Actor { account: Some(self.id), scope: person.scope() }
    }
}

/// Creates them in an empty site.
pub async fn create(site: &Site) -> anyhow::Result<DemoPeople> {
    let password = throw_away(site);
    let password_hash = base_secret::hash_password(&password, &*site.entropy);
    let since = site.now().plus_us(-HERE_SINCE_US);
    let mut people = Vec::new();
    let mut tx = site.db.write().await?;
    for (name, role, place) in PEOPLE {
        let area = area(role, place, &site.config.bags);
        let new = NewAccount {
            realm: Realm::Staff,
            username: name.to_owned(),
            email: Some(format!("{name}@example.com")),
            password_hash: password_hash.clone(),
            roles: vec![role],
            area: area.clone(),
        };
        let id = account::create(tx.conn(), &new, since).await?;
        let id = id.with_context(|| format!("the name {name} is taken"))?;
        let entry = Entry::new("user_created", "account", name)
            .with_after(&json!({ "roles": [role.name()], "area": area.as_ref().map(Area::as_str) }));
        site.note(&mut tx, entry).await?;
        people.push(DemoPerson { id, name, role, area });
    }
    tx.commit().await?;
    let customers = Vec::new();
    Ok(DemoPeople { password, people, customers })
}

fn area(role: Role, place: usize, bags: &Bags) -> Option<Area> {
    (role == Role::Dispatcher).then(|| bags.areas[place % bags.areas.len()].clone())
}

fn throw_away(site: &Site) -> String {
    let rule = Rule::default().with_names(PEOPLE.map(|(name, ..)| name));
    loop {
        let middle = base_secret::random_characters(4, &*site.entropy).to_lowercase();
        let text = format!("Demo-{middle}-7");
        if rule.check(&text).is_ok() {
            return text;
        }
    }
}
