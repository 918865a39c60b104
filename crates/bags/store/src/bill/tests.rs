//! How the statements about bills are planned, and what recounting repairs after somebody changed rows by hand.

use bags_rules::bill::{BillKey, BillStatus};
use base_core::area::Area;
use base_core::audit::Origin;
use base_core::time::Moment;
use base_db::query::Query;
use base_db::{Db, OpenOptions, Reader};

use super::filter::{BillCursor, BillFilter, BillOrder, StatusFilter};
use super::find::{ALONE, SCANS, WITH_CHILDREN};
use super::list::LOOKED_AT_MAX;
use super::text::Text;
use super::walk::Walk;
use super::{recalculate, recalculate_all};

async fn site(folder: &tempfile::TempDir) -> Db {
    let address = format!("sqlite:{}", folder.path().join("site.db").display());
    let db = Db::open(&address, OpenOptions::default()).await.expect("the database opens");
    db.migrate(&[base_records::migrations::MIGRATIONS, crate::migrations::MIGRATIONS])
        .await
        .expect("the schema is made");
    db
}

async fn write(db: &Db, text: &'static str) {
    let mut tx = db.write().await.expect("a transaction");
    let base_db::Either::Sqlite(conn) = tx.conn() else { panic!("SQLite") };
    sqlx::raw_sql(text).execute(&mut *conn).await.expect("written");
    tx.commit().await.expect("a commit");
}

async fn plan(reader: &mut Reader, text: &str) -> String {
    let Reader::Sqlite(conn) = reader else { panic!("SQLite") };
    let text = sqlx::AssertSqlSafe(format!("explain query plan {text}"));
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(text).fetch_all(&mut **conn).await.expect("a plan");
    rows.into_iter().map(|(.., line)| line).collect::<Vec<_>>().join("\n")
}

/// Tables that grow; no statement may read one of them whole. `i` is a bill, `b` a bag.
fn reads_a_whole_table(plan: &str) -> bool {
    let tables = ["bills", "bill_parents", "bill_areas", "bags", "links", "scans", "i", "b", "p", "l", "o"];
    plan.lines().any(|line| {
        let mut words = line.split_whitespace();
        // An index that is read in order until the page is full does not count.
        words.next() == Some("SCAN")
            && words.next().is_some_and(|table| tables.contains(&table))
            && !line.contains("USING")
    })
}

fn filters() -> Vec<BillFilter> {
    let mut filters = Vec::new();
    let statuses = [None, Some(StatusFilter::Open), Some(StatusFilter::One(BillStatus::Completed))];
    for order in [BillOrder::Newest, BillOrder::Oldest, BillOrder::Number] {
        for status in statuses {
            for created_by in [None, Some(7)] {
                for area in [None, Some(Area::new("lucknow"))] {
                    for day in [None, Some(Moment(5))] {
                        let area = area.clone();
                        filters.push(BillFilter {
                            status,
                            text: None,
                            from: day,
                            until: None,
                            created_by,
                            area,
                            order,
                        });
                    }
                }
            }
        }
    }
    filters
}

#[tokio::test]
async fn every_list_of_bills_walks_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = site(&folder).await;
    let mut reader = db.read().await.expect("a reader");
    let texts = [
        None,
        Some(Text::Only(vec!["A".into(), "B".into()])),
        Some(Text::Anywhere("%A%".into())),
        Some(Text::Beginning("A".into())),
    ];
    let cursor = BillCursor { created_at: Moment(9), key: BillKey::stored("A") };
    for filter in filters() {
        for text in &texts {
            let walk = Walk::new(&filter, text.as_ref(), Some(&cursor));
            let statements: [Query; 2] = [walk.end_of(LOOKED_AT_MAX), walk.page(Some(&cursor), 51)];
            for statement in statements {
                let plan = plan(&mut reader, statement.text()).await;
                assert!(!reads_a_whole_table(&plan), "{filter:?}\n{}\n{plan}", statement.text());
            }
            if text.is_none() && !walk.leaves_out() {
                let plan = plan(&mut reader, walk.page(None, 51).text()).await;
                let sorts = plan.matches("TEMP B-TREE").count();
                // A page may be sorted again; the walk itself may not.
                assert!(plan.contains("INDEX") || plan.contains("PRIMARY KEY"), "{filter:?}\n{plan}");
                assert!(sorts <= 3, "{filter:?}\n{plan}");
            }
        }
    }
}

#[tokio::test]
async fn a_bills_parents_and_scans_are_found_by_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = site(&folder).await;
    let mut reader = db.read().await.expect("a reader");
    for text in [ALONE, WITH_CHILDREN, SCANS] {
        let plan = plan(&mut reader, text).await;
        assert!(!reads_a_whole_table(&plan) && !plan.contains("AUTOMATIC"), "{plan}");
        assert!(!plan.contains("SCAN s USING"), "{plan}");
    }
}

#[tokio::test]
async fn recounting_repairs_what_was_changed_by_hand_and_reports_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = site(&folder).await;
    write(
        &db,
        "insert into bags (code, kind, area, children, status, created_at, updated_at, placed) values
            ('SB00001', 'parent', 'lucknow', 30, 'completed', 1, 1, 1),
            ('SB00002', 'parent', 'indore', 7, 'in_progress', 1, 1, 1),
            ('SB00003', 'parent', null, 5, 'in_progress', 1, 1, 1);
        insert into bills (key, bill, description, capacity, status, parents, children, created_at, updated_at) values
            ('RIGHT', 'Right', '', 5, 'processing', 1, 5, 1, 1),
            ('COUNTS', 'Counts', '', 5, 'processing', 4, 99, 2, 1),
            ('EMPTY', 'Empty', '', 5, 'new', 0, 0, 3, 1);
        insert into bill_parents (parent, bill, linked_at) values
            ('SB00001', 'COUNTS', 1), ('SB00002', 'COUNTS', 2), ('SB00003', 'RIGHT', 3);
        insert into bill_areas (area, created_at, bill, parents) values
            ('lucknow', 2, 'COUNTS', 2), ('jaipur', 3, 'EMPTY', 1);",
    )
    .await;
    let origin = Origin::default();
    let all = recalculate_all(&db, Moment(50), &origin).await.expect("counted");
    assert_eq!((all.bills, all.wrong), (3, 2));
    assert_eq!(
        crate::counter::wrong_bills(db.read().await.expect("a reader").conn()).await.expect("a check"),
        Vec::<String>::new()
    );
    let again = recalculate_all(&db, Moment(60), &origin).await.expect("counted");
    assert_eq!((again.bills, again.wrong), (3, 0), "nothing is left to repair");
    let one = recalculate(&db, &BillKey::stored("COUNTS"), Moment(70), &origin).await.expect("counted").expect("there");
    assert_eq!((one.before, one.after, one.was_wrong), ((2, 37), (2, 37), false));
    let mut reader = db.read().await.expect("a reader");
    let Reader::Sqlite(conn) = &mut reader else { panic!("SQLite") };
    let told: Vec<(String, String, Option<String>, Option<String>)> =
        sqlx::query_as("select action, entity, before, after from audit order by seq")
            .fetch_all(&mut **conn)
            .await
            .expect("the trail");
    assert_eq!(told[0].1, "Counts");
    assert_eq!(told[0].2.as_deref(), Some(r#"{"areas":[["lucknow",2]],"children":99,"parents":4}"#));
    assert_eq!(told[0].3.as_deref(), Some(r#"{"areas":[["indore",1],["lucknow",1]],"children":37,"parents":2}"#));
    let actions: Vec<&str> = told.iter().map(|row| row.0.as_str()).collect();
    let one = "bill_weight_recalculated";
    assert_eq!(actions, [one, one, "all_bill_weights_recalculated", "all_bill_weights_recalculated", one]);
}
