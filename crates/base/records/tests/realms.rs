//! Staff and customers: the same names and e-mails in both, and nothing of one realm is found with the other.

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Db, StoreError};
use base_records::account::NewAccount;
use base_records::audit::Record;
use base_records::session::Session;
use base_records::token::NewToken;
use base_records::{account, audit, session, token};
use tallyhouse_support::{each_database, grants};

const NOW: Moment = Moment(1_790_000_000_000_000);

fn meera(realm: Realm) -> NewAccount {
    NewAccount {
        realm,
        username: "Meera".into(),
        email: Some("meera@example.com".into()),
        password_hash: format!("the hash of {}", realm.name()),
        roles: Vec::new(),
        area: None,
    }
}

/// The same person in both realms: the accounts of staff and of the customer.
async fn both(db: &Db) -> [AccountId; 2] {
    let mut ids = [0; 2];
    for (id, realm) in ids.iter_mut().zip(Realm::ALL) {
        let mut tx = db.write().await.expect("a transaction");
        *id = account::create(tx.conn(), &meera(realm), NOW).await.expect("an answer").expect("a free name");
        tx.commit().await.expect("a commit");
    }
    ids
}

async fn open_session(db: &Db, realm: Realm, account_id: AccountId, token_hash: &str) -> Result<(), StoreError> {
    let session = Session {
        realm,
        token_hash: token_hash.into(),
        account_id,
        created_at: NOW.0,
        seen_at: NOW.0,
        expires_at: NOW.0 + 1,
        ..Session::default()
    };
    let mut tx = db.write().await?;
    session::create(tx.conn(), &session).await?;
    tx.commit().await
}

async fn account_of_session(db: &Db, realm: Realm, token_hash: &str) -> Option<AccountId> {
    let mut reader = db.read().await.expect("a reader");
    let found = session::find(reader.conn(), realm, token_hash, NOW).await.expect("an answer");
    assert!(found.as_ref().is_none_or(|session| session.realm == realm));
    found.map(|session| session.account_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_and_one_email_are_an_account_in_each_realm_and_no_second_one() {
    for test in each_database().await {
        let ids = both(&test.db).await;
        assert_ne!(ids[0], ids[1]);
        for (id, realm) in ids.into_iter().zip(Realm::ALL) {
            for name in ["meera", " MEERA ", "Meera@Example.com"] {
                let mut reader = test.db.read().await.expect("a reader");
                let found = account::credentials(reader.conn(), realm, name, NOW)
                    .await
                    .expect("an answer")
                    .expect("an account");
                assert_eq!((found.id, found.password_hash), (id, meera(realm).password_hash), "{name}");
            }
            assert_eq!(account::find_id(&test.db, realm, "meera").await.expect("an answer"), Some(id));
            assert_eq!(account::count(&test.db, realm).await.expect("a count"), 1);
            let lines = account::list(&test.db, realm, &grants()).await.expect("a list");
            assert_eq!(lines.iter().map(|line| (line.person.id, line.person.realm)).collect::<Vec<_>>(), [(id, realm)]);
            let mut tx = test.db.write().await.expect("a transaction");
            let person = account::person(tx.conn(), &grants(), id).await.expect("an answer").expect("a person");
            assert_eq!((person.id, person.realm), (id, realm));
            assert_eq!(account::search(tx.conn(), realm, "eer", 9).await.expect("an answer"), [(id, "Meera".into())]);
            assert_eq!(account::create(tx.conn(), &meera(realm), NOW).await.expect("an answer"), None, "{realm:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_and_ended_in_its_own_realm_alone() {
    for test in each_database().await {
        let [staff, customer] = both(&test.db).await;
        // However unlikely one token in both realms is, nothing may depend on it.
        for (realm, id, token_hash) in
            [(Realm::Staff, staff, "one"), (Realm::Customer, customer, "one"), (Realm::Customer, customer, "two")]
        {
            open_session(&test.db, realm, id, token_hash).await.expect("a session");
        }
        assert_eq!(account_of_session(&test.db, Realm::Staff, "one").await, Some(staff));
        assert_eq!(account_of_session(&test.db, Realm::Customer, "one").await, Some(customer));
        assert_eq!(account_of_session(&test.db, Realm::Staff, "two").await, None);

        let mut tx = test.db.write().await.expect("a transaction");
        session::end(tx.conn(), Realm::Staff, "two").await.expect("nothing to end");
        session::end(tx.conn(), Realm::Staff, "one").await.expect("ended");
        session::end_all_of(tx.conn(), Realm::Staff, customer).await.expect("nothing to end");
        tx.commit().await.expect("a commit");
        let ended = session::remove_ended(&test.db, Realm::Staff, Moment(NOW.0 + 9)).await.expect("an answer");
        assert_eq!(ended, 0, "what has ended in one realm is not looked for in the other");
        assert_eq!(account_of_session(&test.db, Realm::Staff, "one").await, None);
        for token_hash in ["one", "two"] {
            assert_eq!(account_of_session(&test.db, Realm::Customer, token_hash).await, Some(customer));
        }
        let mut tx = test.db.write().await.expect("a transaction");
        session::end_all_of(tx.conn(), Realm::Customer, customer).await.expect("ended");
        tx.commit().await.expect("a commit");
        assert_eq!(account_of_session(&test.db, Realm::Customer, "one").await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_and_a_token_are_of_the_realm_of_their_account_or_are_not_made() {
    for test in each_database().await {
        let [staff, customer] = both(&test.db).await;
        let refused = open_session(&test.db, Realm::Staff, customer, "three").await;
        assert!(matches!(refused, Err(StoreError::Constraint(_))), "{refused:?}");
        let mut tx = test.db.write().await.expect("a transaction");
        let new =
            |realm, account| NewToken { realm, account, name: "scales", token_hash: "hash", ..NewToken::default() };
        token::create(tx.conn(), new(Realm::Staff, staff), NOW).await.expect("a token");
        let found = token::find(tx.conn(), Realm::Staff, "hash", NOW).await.expect("an answer");
        assert_eq!(found.map(|token| token.account_id), Some(staff));
        assert_eq!(token::find(tx.conn(), Realm::Customer, "hash", NOW).await.expect("an answer"), None);
        let id = token::create(tx.conn(), new(Realm::Customer, customer), NOW).await.expect("a token");
        assert!(!token::revoke(tx.conn(), Realm::Staff, id, NOW).await.expect("an answer"));
        assert!(token::revoke(tx.conn(), Realm::Customer, id, NOW).await.expect("an answer"));
        assert_eq!(token::find(tx.conn(), Realm::Customer, "hash", NOW).await.expect("an answer"), None);
        let found = token::find(tx.conn(), Realm::Staff, "hash", NOW).await.expect("an answer");
        assert_eq!(found.map(|token| token.account_id), Some(staff));
        let wrong = token::create(tx.conn(), new(Realm::Customer, staff), NOW).await;
        assert!(matches!(wrong, Err(StoreError::Constraint(_))), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_says_in_which_realm_something_happened() {
    for test in each_database().await {
        for realm in Realm::ALL {
            let origin = Origin { realm, address: "10.0.0.1".into(), agent: "test".into(), ..Origin::default() };
            let records = [Record { at: NOW, entry: Entry::new("login_failed", "account", ""), origin: &origin }];
            let mut tx = test.db.write().await.expect("a transaction");
            audit::insert(tx.conn(), &records).await.expect("an entry");
            tx.commit().await.expect("a commit");
        }
        let entries = audit::latest(&test.db, 9).await.expect("entries");
        let told: Vec<_> = entries.iter().map(|entry| (entry.realm.as_str(), entry.address.as_str())).collect();
        assert_eq!(told, [("customer", "10.0.0.1"), ("staff", "10.0.0.1")]);
        let mut reader = test.db.read().await.expect("a reader");
        assert_eq!(audit::wrong_origins(reader.conn(), 9).await.expect("a check"), Vec::<i64>::new());
    }
}
