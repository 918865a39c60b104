//! Who may carry an import on.

use bags_rules::import::ImportKind;
use base_core::import::{ImportMode, ImportState};
use base_core::permission::Role;
use base_files::import::LEASE_US;
use base_files::import::intake::{self, NewFile, Reading};
use base_records::import;
use base_sheet::read::Stop;
use tallyhouse_support::{assert_counts_are_true, origin, person};

use crate::common::{each_site, full, runner};

#[tokio::test(flavor = "multi_thread")]
async fn several_runners_never_run_the_same_import() {
    for site in each_site().await {
        let mut ids = Vec::new();
        for n in 0..4 {
            let import = site.checked(ImportKind::Bags, &full(n * 100, 70)).await;
            site.start(&import.id, ImportMode::SkipBad).await.expect("it starts");
            ids.push(import.id);
        }
        let mut running = Vec::new();
        for node in ["node-b", "node-c", "node-d", "node-e"] {
            let runner = runner(&site.db, site.clock.clone(), node);
            running.push(tokio::spawn(async move { while runner.run_next().await.expect("it runs") {} }));
        }
        for task in running {
            task.await.expect("no runner panics");
        }
        site.work().await;
        for id in &ids {
            let done = site.import(id).await;
            assert_eq!((done.state, done.counts.created, done.counts.linked), (ImportState::Done, 2170, 2100));
        }
        // 70 parents are one step, 2,100 children are three: no step was made twice.
        assert_eq!(site.audited("import_rows").await, 4 * 4);
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_held_is_given_to_another_only_when_its_lease_has_run_out() {
    for site in each_site().await {
        let import = site.bring(ImportKind::Bags, &full(0, 1)).await.expect("a good file");
        let held = import::claim(&site.db, "dead-node", site.now(), LEASE_US).await.expect("an answer");
        assert_eq!(held.expect("it waits").id, import.id);
        assert!(!site.runner.run_next().await.expect("an answer"));
        site.clock.pass_us(LEASE_US);
        assert!(site.runner.run_next().await.expect("an answer"));
        assert_eq!(site.import(&import.id).await.state, ImportState::Checked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_the_right_imports_nothing_more() {
    for site in each_site().await {
        let biller = person(&site.db, "meera", Role::Biller, None).await;
        let file = NewFile {
            id: "of-meera".into(),
            kind: ImportKind::Bags.file(),
            name: "rows.csv".into(),
            content: full(0, 1).into_bytes(),
            headings: std::collections::BTreeMap::new(),
            read_as: base_files::import::Mapping::default(),
            is_final: true,
        };
        intake::accept(Reading { db: &site.db, stop: &Stop::default() }, vec![file], &origin(&biller), site.now())
            .await
            .expect("a good file")
            .remove(0);
        let before = site.hash().await;
        site.work().await;
        let failed = site.import("of-meera").await;
        assert_eq!((failed.state, failed.fault.as_deref()), (ImportState::Failed, Some("not_allowed")));
        assert_eq!(site.hash().await, before);
    }
}
