//! A customer who has the name, the e-mail or the token of somebody of staff is still not staff.

use axum::http::StatusCode;
use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, HOUR_US, Moment};
use base_records::account::NewAccount;
use base_records::session::Session;
use base_records::token::NewToken;
use base_records::{account, audit, session, token};
use base_secret::{Token, hash_password, hash_token};

use crate::common::{Chance, PASSWORD, Site, each_site};

const OTHER_PASSWORD: &str = "Coriander-Hill-9";

/// One name and one e-mail in a realm, with a password of its own and, were it staff, with every right.
async fn create(site: &Site, realm: Realm, password: &str) -> AccountId {
    let new = NewAccount {
        realm,
        username: "meera".into(),
        email: Some("meera@example.com".into()),
        password_hash: hash_password(password, &Chance),
        roles: vec![Role::Admin],
        area: None,
    };
    let mut tx = site.db.write().await.expect("a transaction");
    let id = account::create(tx.conn(), &new, Moment(1)).await.expect("an answer").expect("a free name");
    tx.commit().await.expect("a commit");
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_and_one_email_sign_in_to_the_realm_of_the_page_alone() {
    for site in each_site().await {
        create(&site, Realm::Customer, OTHER_PASSWORD).await;
        for name in ["meera", "meera@example.com"] {
            let refused = site.try_sign_in(name, OTHER_PASSWORD).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "there is no such person of staff");
        }
        let staff = create(&site, Realm::Staff, PASSWORD).await;
        for name in ["meera", "MEERA@example.com"] {
            assert_eq!(site.try_sign_in(name, OTHER_PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
            let answer = site.try_sign_in(name, PASSWORD).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            let token_hash = hash_token(&answer.cookie("__Host-tallyhouse").expect("a session"));
            let mut reader = site.db.read().await.expect("a reader");
            let mut found = async |realm| {
                let found = session::find(reader.conn(), realm, &token_hash, site.clock.now()).await;
                found.expect("an answer").map(|session| session.account_id)
            };
            assert_eq!((found(Realm::Staff).await, found(Realm::Customer).await), (Some(staff), None));
        }
        let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
        assert_eq!((newest.action.as_str(), newest.realm.as_str()), ("login_success", "staff"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_session_or_token_is_nobody_of_staff() {
    for site in each_site().await {
        let customer = create(&site, Realm::Customer, OTHER_PASSWORD).await;
        let (cookie, key) = (Token::new("", &Chance), Token::new("tally_", &Chance));
        let now = site.clock.now();
        let opened = Session {
            realm: Realm::Customer,
            token_hash: cookie.hash,
            account_id: customer,
            created_at: now.0,
            seen_at: now.0,
            expires_at: now.plus_us(HOUR_US).0,
            ..Session::default()
        };
        let new = NewToken {
            realm: Realm::Customer,
            account: customer,
            name: "test",
            token_hash: &key.hash,
            ..NewToken::default()
        };
        let mut tx = site.db.write().await.expect("a transaction");
        session::create(tx.conn(), &opened).await.expect("a session");
        token::create(tx.conn(), new, now).await.expect("a token");
        tx.commit().await.expect("a commit");
        let by_cookie = site.get_with_cookie("/api/v1/me", &format!("__Host-tallyhouse={}", cookie.text)).await;
        assert_eq!(by_cookie.status, StatusCode::UNAUTHORIZED, "{}", by_cookie.body);
        assert_eq!(site.get("/api/v1/me", &key.text).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sessions_token_is_no_token_of_the_api_and_the_other_way_round() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("asha").await;
        let (_, session) = cookie.split_once('=').expect("a cookie");
        assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::OK);
        assert_eq!(site.get("/api/v1/me", session).await.status, StatusCode::UNAUTHORIZED, "within the same second");
        let token = site.token("meera", Role::Admin, None).await;
        assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::OK);
        let as_cookie = site.get_with_cookie("/api/v1/me", &format!("__Host-tallyhouse={token}")).await;
        assert_eq!(as_cookie.status, StatusCode::UNAUTHORIZED, "within the same second");
    }
}
