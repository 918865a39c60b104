//! The first account of an empty site (`spec/common.md`, First start).
//!
//! Invariant: only a site without staff gets one; where there are staff already, the configuration touches none of them.

use anyhow::Context;
use base_core::audit::Entry;
use base_core::password as rule;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::account;
use base_records::account::NewAccount;
use serde_json::json;

use crate::config::Secret;
use crate::house::House;
use crate::password;

/// Creates the first administrator when nobody can sign in yet. A password that was not configured is made up and
/// printed once, on standard error.
pub async fn create(house: &House) -> anyhow::Result<()> {
    if !account::is_empty(&house.db, Realm::Staff).await? {
        return Ok(());
    }
    let settings = &house.config.admin;
    let name = settings.username.as_str();
    let (password_hash, made_up) = match (&settings.password_hash, &settings.password) {
        (Some(hash), _) => (hash.expose().to_owned(), None),
        (None, Some(password)) => {
            rule::check(password.expose(), &[name]).context("admin.password cannot be used")?;
            (base_secret::hash_password(password.expose(), &*house.entropy), None)
        }
        (None, None) => {
            let made_up = password::random(&[name], &*house.entropy);
            let hash = base_secret::hash_password(&made_up, &*house.entropy);
            (hash, Some(Secret::new(&made_up)))
        }
    };
    let new = NewAccount {
        realm: Realm::Staff,
        username: name.to_owned(),
        email: None,
        password_hash,
        roles: vec![Role::Admin],
        area: None,
    };
    let mut tx = house.db.write().await?;
    // Another node that starts at the same moment may have been first.
    if account::create(tx.conn(), &new, house.now()).await?.is_none() {
        return Ok(());
    }
    let entry = Entry::new("user_created", "account", name).with_after(&json!({ "roles": ["admin"] }));
    house.note(&mut tx, entry).await?;
    tx.commit().await?;
    match made_up {
        Some(password) => eprintln!("created {name} with the password {}  (shown only this once)", password.expose()),
        None => eprintln!("created {name} with the configured password"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base_records::audit;
    use tallyhouse_support::each_database;

    use super::*;
    use crate::house::tests::house;

    #[tokio::test(flavor = "multi_thread")]
    async fn only_an_empty_house_gets_a_first_administrator() {
        for test in each_database().await {
            let mut house = house(test.db.clone());
            house.config.admin.password = Some(Secret::new("Mustard-Field-7"));
            create(&house).await.unwrap();
            house.config.admin.password = Some(Secret::new("Another-Field-8"));
            house.config.admin.username = "second".into();
            create(&house).await.unwrap();

            let accounts = account::list(&house.db, Realm::Staff, &house.grants).await.unwrap();
            assert_eq!(accounts.len(), 1);
            assert_eq!(accounts[0].person.roles, [Role::Admin]);
            let mut reader = house.db.read().await.unwrap();
            let found = account::credentials(reader.conn(), Realm::Staff, "admin").await.unwrap().unwrap();
            assert!(base_secret::verify_password("Mustard-Field-7", Some(&found.password_hash)));
            let entries = audit::latest(&house.db, 10).await.unwrap();
            assert_eq!((entries.len(), entries[0].action.as_str()), (1, "user_created"));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_configured_password_that_breaks_the_rule_is_refused() {
        for test in each_database().await {
            let mut house = house(test.db.clone());
            house.config.admin.password = Some(Secret::new("admin"));
            let refusal = format!("{:#}", create(&house).await.unwrap_err());
            assert!(refusal.starts_with("admin.password cannot be used: "), "{refusal}");
            assert!(account::is_empty(&house.db, Realm::Staff).await.unwrap());
        }
    }
}
