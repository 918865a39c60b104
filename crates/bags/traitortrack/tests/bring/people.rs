//! Who is who when people of the earlier system meet those who are here.

use std::collections::HashMap;
use std::ops::ControlFlow;

use bags_traitortrack::bring_over;
use base_core::permission::{Grants, Role};
use base_core::realm::Realm;
use base_db::{Db, scratch};
use base_records::account;
use tallyhouse_support::{each_database, person};

use crate::common::*;

const TWO_OF_ONE_NAME: &str = "
insert into \"user\" (id, username, email, role, verified) values
    (1, 'Meera', 'meera@example.com', 'biller', true), (2, 'meera', 'other@example.com', 'biller', true),
    (3, 'Asha', 'asha@example.com', 'biller', true), (4, 'ravi.k', null, 'biller', true);
insert into bag (id, qr_id, type, user_id, created_at) values
    (1, 'SB00001', 'parent', 1, '2025-02-01'), (2, 'SB00002', 'parent', 2, '2025-02-01'),
    (3, 'SB00003', 'parent', 3, '2025-02-01'), (4, 'SB00004', 'parent', 4, '2025-02-01');
";

async fn names(db: &Db, grants: &Grants) -> Vec<String> {
    let mut names: Vec<String> =
        account::list(db, Realm::Staff, grants).await.unwrap().into_iter().map(|line| line.person.name).collect();
    names.sort();
    names
}

/// Who created each bag, by code.
async fn creators(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    for code in ["SB00001", "SB00002", "SB00003", "SB00004"] {
        found.push(line(db, code).await.unwrap().created_by.unwrap_or_default());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_matched_exactly_before_folded_and_two_people_are_never_made_one() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(TWO_OF_ONE_NAME.as_bytes());
        let site = site(test.db.clone());
        person(&site.db, "meera", Role::Biller, None).await;
        person(&site.db, "asha", Role::Biller, None).await;
        let mut report = no_report();
        run(&site, &earlier, &mut report).await;
        assert_eq!(names(&site.db, &site.grants).await, ["Meera-2", "asha", "meera", "ravi.k"]);
        assert_eq!(creators(&site.db).await, ["Meera-2", "meera", "asha", "ravi.k"], "each has what is theirs");
        assert_eq!((report.found()["already_here"], report.found()["name_twice"]), (2, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_can_decide_who_is_who() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(TWO_OF_ONE_NAME.as_bytes());
        let mut site = site(test.db.clone());
        person(&site.db, "meera", Role::Biller, None).await;
        person(&site.db, "ravi", Role::Biller, None).await;
        let map = [("Meera", "meera"), ("ravi.k", "ravi"), ("meera", "meera.s")];
        site.map_users = map.map(|(old, new)| (old.to_owned(), new.to_owned())).into();
        run(&site, &earlier, &mut no_report()).await;
        assert_eq!(names(&site.db, &site.grants).await, ["Asha", "meera", "meera.s", "ravi"]);
        assert_eq!(creators(&site.db).await, ["meera", "meera.s", "Asha", "ravi"]);

        site.map_users = HashMap::from([("nobody".to_owned(), "ravi".to_owned())]);
        let before = scratch::contents(&site.db).await.unwrap();
        let mut source = earlier.open().await;
        let watch = &mut |_, _, _| ControlFlow::Continue(());
        let refused = bring_over(&site.target(), &mut source, &mut no_report(), false, watch).await.unwrap_err();
        assert!(refused.to_string().contains("nobody is called nobody"), "{refused}");
        assert_eq!(scratch::contents(&site.db).await.unwrap(), before);
    }
}
