//! Parties stay under their key, whatever they are called, and are never lost.

use base_core::time::Moment;
use base_records::party::{self, Kept, Known};
use tallyhouse_support::each_database;

fn known(pairs: &[(&str, &str)]) -> Vec<Known> {
    pairs.iter().map(|(key, name)| Known { key: (*key).to_owned(), name: (*name).to_owned() }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_keeps_its_number_when_its_name_changes_and_when_it_goes_and_comes_back() {
    for test in each_database().await {
        let keep = async |pairs: &[(&str, &str)], at: i64| {
            let mut tx = test.db.write().await.expect("a transaction");
            let kept = party::keep(tx.conn(), "erp", &known(pairs), Moment(at)).await.expect("kept");
            tx.commit().await.expect("a commit");
            kept
        };
        let all = async || {
            let mut reader = test.db.read().await.expect("a reader");
            party::of_source(reader.conn(), "erp").await.expect("an answer")
        };
        assert_eq!(keep(&[("7", "Acme"), ("8", "Nut|House")], 10).await, Kept { changed: 2, gone: 0 });
        assert_eq!(keep(&[("7", "Acme"), ("8", "Nut|House")], 20).await, Kept::default());
        let number = all().await[0].id;
        assert_eq!(keep(&[("7", "Acme Foods")], 30).await, Kept { changed: 1, gone: 1 });
        let now = all().await;
        assert_eq!((now[0].id, now[0].name.as_str(), now[0].gone_at), (number, "Acme Foods", None));
        assert_eq!((now[1].name.as_str(), now[1].gone_at), ("Nut|House", Some(30)));
        let mut reader = test.db.read().await.expect("a reader");
        let found = party::search(reader.conn(), "acme", 5).await.expect("an answer");
        assert_eq!(found.iter().map(|party| party.id).collect::<Vec<_>>(), [number]);
        assert_eq!(party::search(reader.conn(), "nut|", 5).await.expect("an answer"), []);
        assert_eq!(party::find(reader.conn(), number).await.expect("an answer").expect("there").key, "7");
        drop(reader);
        assert_eq!(keep(&[("7", "Acme Foods"), ("8", "Nut|House")], 40).await, Kept { changed: 1, gone: 0 });
        assert!(all().await.iter().all(|party| party.gone_at.is_none()));
    }
}
