//! The figures of sales, on both databases: whatever is done to passes at once, they are what a recount says.

use std::sync::Arc;

use base_core::audit::Origin;
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::Db;
use passes_rules::event::{EventDetails, EventId, EventState};
use passes_rules::pass::{Described, Details};
use passes_store::event::{self, By};
use passes_store::sale::{self, NewPass, Sold};
use passes_store::{pass, sales};
use tallyhouse_support::{each_database, origin, person};

fn guest(n: usize, mode: &str) -> Details {
    let described = Described {
        name1: format!("Guest {n}"),
        phone1: format!("{n:010}"),
        name2: "Partner".into(),
        phone2: "0123456789".into(),
        pass_type: if n.is_multiple_of(2) { "COUPLE" } else { "SINGLE" }.into(),
        timing: "7 PM".into(),
        payment_mode: mode.into(),
        txn_info: String::new(),
    };
    described.read().expect("a right pass")
}

/// Everything that people do to a pass, one after another; others do the same to the same pass.
async fn everything(db: Db, event: EventId, n: usize, origin: Arc<Origin>) {
    let by = By { at: Moment(1_791_172_800_000_000), origin: &origin };
    let id = format!("pass-{n}");
    let new = NewPass { id: &id, event, details: &guest(n, "CASH"), amount: 549 };
    let sold = sale::sell(&db, new, by).await.expect("the database answers");
    assert!(matches!(sold, Sold::Done | Sold::Duplicate | Sold::NoPlace), "{sold:?}");
    for round in 0..4 {
        let found = pass::find(db.read().await.expect("a reader").conn(), &id).await.expect("an answer");
        let Some(line) = found else { return };
        let mode = if round % 2 == 0 { "ONLINE" } else { "CASH" };
        sale::correct(&db, &line, &guest(n, mode), false, by).await.expect("the database answers");
        sale::cancel(&db, &line, 100, "ill", by).await.expect("the database answers");
        let found = pass::find(db.read().await.expect("a reader").conn(), &id).await.expect("an answer");
        // Somebody else may have taken back the sale.
        let Some(line) = found else { return };
        sale::bring_back(&db, &line, by).await.expect("the database answers");
    }
    if n == 0 {
        let found = pass::find(db.read().await.expect("a reader").conn(), &id).await.expect("an answer");
        let Some(line) = found else { return };
        sale::take_back(&db, &line, by).await.expect("the database answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_equal_a_recount_whatever_is_done_to_passes_at_once() {
    for test in each_database().await {
        let organiser = person(&test.db, "asha", Role::Organiser, None).await;
        let origin = origin(&organiser);
        let details = EventDetails { name: "Diwali".into(), capacity: Some(12), ..EventDetails::default() };
        let by = By { at: Moment(1), origin: &origin };
        let event = event::create(&test.db, &details, EventState::OnSale, None, by).await.expect("an event");
        let calls: Vec<_> =
            (0..24).map(|call| tokio::spawn(everything(test.db.clone(), event, call % 8, origin.clone()))).collect();
        for call in calls {
            call.await.expect("no panic");
        }
        let mut snapshot = test.db.snapshot().await.expect("a snapshot");
        assert_eq!(sales::wrong(snapshot.conn()).await.expect("a recount"), [""; 0], "{}", test.db.name());
        assert_eq!(sales::wrong_places(snapshot.conn()).await.expect("a recount"), [""; 0], "{}", test.db.name());
        assert!(!sales::of_event(snapshot.conn(), event).await.expect("figures").is_empty());
    }
}
