//! The first account of an empty site.
//!
//! Invariant: only a site without staff gets one; if there are staff already, the configuration changes none of them.

use anyhow::Context;
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::account;
use base_records::account::NewAccount;
use people_rules::password::Rule;
use serde_json::json;

use crate::config::Secret;
use crate::password;
use crate::site::Site;

/// Creates the first administrator when nobody can sign in yet. Without a configured password, a random one is printed
/// once, on standard error.
pub async fn create(site: &Site) -> anyhow::Result<()> {
    if !account::is_empty(&site.db, Realm::Staff).await? {
        return Ok(());
    }
    let settings = &site.config.admin;
    let name = settings.username.as_str();
    let areas = site.config.bags.areas.iter().map(Area::as_str);
    let rule = Rule::default().with_names(areas.chain([name]));
    let (password_hash, made_up) = match (&settings.password_hash, &settings.password) {
        (Some(hash), _) => (hash.expose().to_owned(), None),
        (None, Some(password)) => {
            rule.check(password.expose()).with_context(|| refused(name))?;
            (base_secret::hash_password(password.expose(), &*site.entropy), None)
        }
        (None, None) => {
            let made_up = password::random(&rule, &*site.entropy);
            let hash = base_secret::hash_password(&made_up, &*site.entropy);
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
    let mut tx = site.db.write().await?;
    // Another node that starts at the same moment may have been faster.
    if account::create(tx.conn(), &new, site.now()).await?.is_none() {
        return Ok(());
    }
    let entry = Entry::new("user_created", "account", name).with_after(&json!({ "roles": ["admin"] }));
    site.note(&mut tx, entry).await?;
    tx.commit().await?;
    match made_up {
        Some(password) => eprintln!("created {name} with the password {}  (shown only this once)", password.expose()),
        None => eprintln!("created {name} with the configured password"),
    }
    Ok(())
}

fn refused(name: &str) -> String {
    format!(
        "admin.password (ADMIN_PASSWORD) cannot be used. {name} was not created, and nobody can sign in yet: set another \
         one, or none to have one made, and start again"
    )
}

#[cfg(test)]
mod tests {
    use base_records::audit;
    use tallyhouse_support::each_database;

    use super::*;
    use crate::site::tests::site;

    #[tokio::test(flavor = "multi_thread")]
    async fn only_an_empty_site_gets_a_first_administrator() {
        for test in each_database().await {
            let mut site = site(test.db.clone());
            site.config.admin.password = Some(Secret::new("Mustard-Field-7"));
            create(&site).await.unwrap();
            site.config.admin.password = Some(Secret::new("Another-Field-8"));
            site.config.admin.username = "second".into();
            create(&site).await.unwrap();

            let accounts = account::list(&site.db, Realm::Staff, &site.grants).await.unwrap();
            assert_eq!(accounts.len(), 1);
            assert_eq!(accounts[0].person.roles, [Role::Admin]);
            let mut reader = site.db.read().await.unwrap();
            let found = account::credentials(reader.conn(), Realm::Staff, "admin", site.now()).await.unwrap().unwrap();
            assert!(base_secret::verify_password("Mustard-Field-7", Some(&found.password_hash)));
            let entries = audit::latest(&site.db, 10).await.unwrap();
            assert_eq!((entries.len(), entries[0].action.as_str()), (1, "user_created"));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_configured_password_that_breaks_the_rule_is_refused() {
        for test in each_database().await {
            let mut site = site(test.db.clone());
            site.config.admin.password = Some(Secret::new("admin"));
            let refusal = format!("{:#}", create(&site).await.unwrap_err());
            assert!(
                refusal.starts_with("admin.password (ADMIN_PASSWORD) cannot be used. admin was not created"),
                "{refusal}"
            );
            assert!(refusal.contains("nobody can sign in yet"), "{refusal}");
            assert!(account::is_empty(&site.db, Realm::Staff).await.unwrap());
        }
    }
}
