//! Signing in with the password hashes of earlier systems.

use std::time::Instant;

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::{account, audit};
use base_secret::{needs_upgrade, verify_password};
use tallyhouse_support::create_account;

use crate::common::{Site, each_site};

/// Hashes that TraitorTrack wrote itself, and the passwords that they open to.
const EARLIER: [(&str, &str, &str); 2] = [
    (
        "dispatcher1",
        "Lucknow#2025",
        "scrypt:32768:8:1$XJapxPxY9Q3yocn2$dd25452baad54c300199bfe3120cc05628aa3b71568be9fcbea2220746e9966c34a1e3dd894941b141713bb26549495424fdfd4dca62377b486a1afa3c359a60",
    ),
    (
        "biller1",
        "Billing#2025",
        "pbkdf2:sha256:260000$NdqHDWJk86HZrypO$141d8dd8f8780207fed9c6fe06f549b11eacd3128fe05858ab301a12d6c80007",
    ),
];

async fn hash_of(site: &Site, name: &str) -> String {
    let mut reader = site.db.read().await.expect("a reader");
    account::credentials(reader.conn(), Realm::Staff, name, base_core::time::Moment(2))
        .await
        .expect("an answer")
        .expect("an account")
        .password_hash
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_password_opens_once_more_and_gets_a_better_hash() {
    for site in each_site().await {
        for (name, password, hash) in EARLIER {
            create_account(&site.db, name, Role::Biller, None, hash).await;
            let wrong = site.try_sign_in(name, "Lucknow#2024").await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(hash_of(&site, name).await, hash, "a wrong password changes nothing");

            assert_eq!(site.try_sign_in(name, password).await.status, StatusCode::SEE_OTHER);
            let better = hash_of(&site, name).await;
            assert!(!needs_upgrade(&better) && verify_password(password, Some(&better)));
            let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
            assert_eq!(
                (newest.action.as_str(), newest.after.as_deref()),
                ("login_success", Some(r#"{"hash_upgraded":true}"#))
            );

            assert_eq!(site.try_sign_in(name, password).await.status, StatusCode::SEE_OTHER);
            assert_eq!(hash_of(&site, name).await, better, "once is enough");
            let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
            assert_eq!((newest.action.as_str(), newest.after), ("login_success", None));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_refusal_is_quick_enough_to_tell_who_is_known() {
    for site in each_site().await {
        create_account(&site.db, "biller1", Role::Biller, None, EARLIER[1].2).await;
        for name in ["biller1", "nobody"] {
            let asked = Instant::now();
            let refused = site.try_sign_in(name, "Wrong-Password-1").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(asked.elapsed().as_millis() >= 350, "{name}");
        }
    }
}
