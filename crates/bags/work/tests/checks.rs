//! The checks of bags find what is wrong, on both databases.

use std::sync::Arc;

use bags_rules::rules::Rules;
use bags_rules::scan::Action;
use bags_store::scratch;
use bags_work::checks;
use base_core::permission::Role;
use base_db::Db;
use tallyhouse_support::{TestClock, desk, each_database, outcomes, person, scan};

/// What all checks tell: how many things are wrong, and what is said.
async fn told(db: &Db, rules: &Rules) -> Vec<(u32, String)> {
    let mut told = Vec::new();
    for check in checks::all(rules) {
        told.extend(check.look(db).await.expect("a look").into_iter().map(|found| (found.wrong, found.text)));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_site_is_well_and_each_spoiled_figure_is_named() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let meera = person(&test.db, "meera", Role::Biller, None).await;
        let scans = vec![scan(Action::Parent, "SB00001", None), scan(Action::Child, "KID00001", Some("SB00001"))];
        outcomes(&desk, &meera, scans).await;
        let sound = told(&test.db, &Rules::default()).await;
        assert!(sound.len() == 5 && sound.iter().all(|(wrong, _)| *wrong == 0), "{sound:?}");
        let account = meera.account.expect("a person");
        scratch::spoil_person_totals(&test.db, account).await.expect("a fault");
        let small = Rules { capacity: 1, ..Rules::default() };
        let spoiled: Vec<_> = told(&test.db, &small).await.into_iter().filter(|(wrong, _)| *wrong > 0).collect();
        let expected = [
            (1, "the links do not give the count or the status of parent SB00001".to_owned()),
            (1, format!("the scans do not give the figures of account {account}")),
        ];
        assert_eq!(spoiled, expected, "on {}", test.db.name());
    }
}
