//! Customers who do nothing are signed out where the site wants that, and the trail says so.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, HOUR_US, MINUTE_US, Moment};
use base_records::account::NewAccount;
use base_records::session::Session;
use base_records::{account, audit, session};

use crate::common::{Site, each_site};

/// A customer with a session that was used last so long ago.
async fn customer(site: &Site, name: &str, idle_minutes: i64) -> String {
    let now = site.clock.now();
    let new = NewAccount {
        realm: Realm::Customer,
        username: name.into(),
        email: Some(format!("{name}@example.com")),
        password_hash: "no password".into(),
        roles: Vec::new(),
        area: None,
    };
    let mut tx = site.db.write().await.expect("a transaction");
    let account_id = account::create(tx.conn(), &new, now).await.expect("an answer").expect("a free name");
    let token_hash = base_secret::hash_token(name);
    let opened = Session {
        realm: Realm::Customer,
        token_hash: token_hash.clone(),
        account_id,
        created_at: now.0 - idle_minutes * MINUTE_US,
        seen_at: now.0 - idle_minutes * MINUTE_US,
        expires_at: now.plus_us(8 * HOUR_US).0,
        ..Session::default()
    };
    session::create(tx.conn(), &opened).await.expect("a session");
    tx.commit().await.expect("a commit");
    token_hash
}

async fn is_there(site: &Site, token_hash: &str) -> bool {
    let mut reader = site.db.read().await.expect("a reader");
    session::find(reader.conn(), Realm::Customer, token_hash, Moment(0)).await.expect("an answer").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_switches_it_on_signs_out_customers_who_were_idle_for_three_hours_and_nobody_else() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let (idle, busy) = (customer(&site, "gupta", 181).await, customer(&site, "mehta", 179).await);
        let list = site.get_with_cookie("/admin/sessions?realm=customer", &cookie).await.body;
        assert!(list.contains("gupta") && list.contains("mehta") && !list.contains("Select asha"), "{list}");
        assert!(list.contains("customers who do nothing open nothing after a while"), "{list}");

        let on =
            site.post_form("/admin/settings/people.customer_kick", &cookie, format!("csrf={csrf}&value=true")).await;
        assert_eq!(on.status, StatusCode::SEE_OTHER, "{}", on.body);
        assert!(!is_there(&site, &idle).await && is_there(&site, &busy).await);
        let list = site.get_with_cookie("/admin/sessions?realm=customer", &cookie).await.body;
        assert!(!list.contains("gupta") && list.contains("for 180 minutes are signed out"), "{list}");
        let mut reader = site.db.read().await.expect("a reader");
        let entries = audit::changes_of(reader.conn(), ("customer", "gupta"), 5).await.expect("an answer");
        let after = entries.first().and_then(|entry| entry.after.clone()).unwrap_or_default();
        assert!(after.contains("\"idle_minutes\":180"), "{after}");
        drop(reader);
        let staff = site.get_with_cookie("/admin/sessions", &cookie).await;
        assert!(staff.status == StatusCode::OK && staff.body.contains("Select asha"), "staff is locked, not ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn picked_sessions_of_customers_end_and_the_list_of_customers_comes_back() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let (one, two) = (customer(&site, "gupta", 1).await, customer(&site, "mehta", 1).await);
        let pick = |hash: &str| format!("&pick=customer.{}", &hash[..32]);
        let form = format!("csrf={csrf}&act=end{}{}", pick(&one), pick(&"0".repeat(64)));
        let ended = site.post_form("/lists/sessions/selected", &cookie, form).await;
        assert_eq!(ended.headers["location"], "/admin/sessions?realm=customer&said=ended-1");
        assert!(!is_there(&site, &one).await && is_there(&site, &two).await);
        let none = site.post_form("/lists/sessions/selected", &cookie, format!("csrf={csrf}&act=end")).await;
        assert_eq!(none.headers["location"], "/admin/sessions?said=none");
        let other = site.post_form("/lists/sessions/selected", &cookie, format!("csrf={csrf}&act=fly")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
}
