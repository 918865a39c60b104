//! What people are called, and who is told: on both databases.

use base_core::account::AccountId;
use base_core::area::{Area, Scope};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Db, scratch};
use base_records::name::{self, Asking, Named, Whose};
use tallyhouse_support::{create_account, each_database};

/// Two people of Lucknow, one of whom has a name of their own, one of Indore with the same name, one of no area.
async fn people(db: &Db) -> [AccountId; 4] {
    let area = |name: &str| Some(Area::new(name));
    let mut ids = [0; 4];
    let all = [("arjun", area("lucknow")), ("imran", area("lucknow")), ("asha", area("indore")), ("root_1", None)];
    for (id, (username, area)) in ids.iter_mut().zip(all) {
        *id = create_account(db, username, Role::Dispatcher, area, "no password").await;
    }
    scratch::call_person(db, ids[0], "Arjun Singh").await.expect("a name");
    scratch::call_person(db, ids[2], "asha devi").await.expect("a name");
    ids
}

async fn picked(db: &Db, id: AccountId, scope: &Scope, text: &str) -> Vec<Named> {
    let mut reader = db.read().await.expect("a reader");
    let asking = Asking { realm: Realm::Staff, id, scope };
    name::pick(reader.conn(), asking, text, 10).await.expect("an answer")
}

fn shown(named: &[Named]) -> Vec<&str> {
    named.iter().map(Named::shown).collect()
}

#[tokio::test]
async fn people_are_found_by_any_part_of_either_name_and_the_exact_one_comes_first() {
    for test in each_database().await {
        let [arjun, ..] = people(&test.db).await;
        let pick = async |text: &str| picked(&test.db, arjun, &Scope::All, text).await;
        assert_eq!(shown(&pick("SINGH").await), ["Arjun Singh"]);
        assert_eq!(shown(&pick("a").await), ["Arjun Singh", "asha devi", "imran"]);
        assert_eq!(shown(&pick("imran").await), ["imran"]);
        assert_eq!(shown(&pick("t_").await), ["root_1"], "a sign of the pattern is a sign of the name");
        assert!(pick("%").await.is_empty());
    }
}

#[tokio::test]
async fn a_person_of_an_area_is_told_the_names_of_that_area_and_one_without_an_area_the_own_alone() {
    for test in each_database().await {
        let [arjun, _, asha, root] = people(&test.db).await;
        let lucknow = Scope::Area(Area::new("lucknow"));
        assert_eq!(shown(&picked(&test.db, arjun, &lucknow, "").await), ["Arjun Singh", "imran"]);
        assert_eq!(shown(&picked(&test.db, root, &Scope::Nothing, "").await), ["root_1"]);
        let mut reader = test.db.read().await.expect("a reader");
        let asking = Asking { realm: Realm::Staff, id: arjun, scope: &lucknow };
        assert_eq!(name::of(reader.conn(), asking, asha).await.expect("an answer"), None);
        let own = name::of(reader.conn(), asking, arjun).await.expect("an answer").expect("a person");
        assert_eq!((own.shown(), own.text()), ("Arjun Singh", "Arjun Singh"));
        let customer = Asking { realm: Realm::Customer, ..asking };
        assert_eq!(name::of(reader.conn(), customer, arjun).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn a_name_of_several_people_is_nobodys_and_a_user_name_comes_first() {
    for test in each_database().await {
        let [arjun, imran, asha, _] = people(&test.db).await;
        scratch::call_person(&test.db, imran, "Asha Devi").await.expect("a name");
        let find = async |text: &str| {
            let mut reader = test.db.read().await.expect("a reader");
            name::find(reader.conn(), Realm::Staff, text).await.expect("an answer")
        };
        assert_eq!(find("ARJUN singh ").await, Whose::Of(arjun));
        assert_eq!(find("Arjun").await, Whose::Of(arjun));
        assert_eq!(find("asha devi").await, Whose::Several);
        assert_eq!(find("Singh").await, Whose::Nobody, "a part is no name");
        scratch::call_person(&test.db, imran, "asha").await.expect("a name");
        assert_eq!(find("asha").await, Whose::Of(asha));
        let texts: Vec<_> = picked(&test.db, arjun, &Scope::All, "asha").await;
        let texts: Vec<_> = texts.iter().map(|named| (named.shown(), named.text())).collect();
        assert_eq!(texts, [("asha", "imran"), ("asha devi", "asha devi")]);
    }
}
