//! What has no place here is told, and written whole beside the report.

use bags_traitortrack::Report;
use base_db::scratch;
use tallyhouse_support::each_database;

use crate::common::*;

const STRANGE: &str = "
create table location (id int, name text, address text, api_token text);
create table empty_table (id int, name text);
insert into location values (1, 'Dock 1', null, 'hunter2'), (2, 'Dock, 2', 'Yard \"B\"', null);
alter table bag add column notes text;
alter table bag add column unused text;
alter table scan add column location_id int;
insert into \"user\" (id, username, role, verified) values (1, 'meera', 'biller', true);
insert into bag (id, qr_id, type, notes) values (1, 'SB00001', 'parent', 'wet'), (2, 'SB00002', 'parent', null);
insert into link (id, parent_bag_id, child_bag_id, created_at) values (7, 1, 99, '2025-02-01 12:00');
";

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_told_and_written_whole_and_so_is_what_was_left_out() {
    for test in each_database().await {
        let Some(earlier) = Earlier::bare().await else { return };
        earlier.feed(STRANGE.as_bytes());
        let site = site(test.db.clone());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("findings.csv");
        let mut report = Report::new(Some(&path)).unwrap();
        run(&site, &earlier, &mut report).await;
        let told = std::fs::read_to_string(&path).unwrap();
        for line in ["location,unknown_table,\"2 rows", "bag.notes,unknown_column,\"1 rows", "secret_column"] {
            assert!(told.contains(line), "{line} in {told}");
        }
        assert!(!told.contains("unused") && !told.contains("empty_table"), "what holds nothing is not told: {told}");
        let file = |name: &str| std::fs::read_to_string(folder.path().join("findings-archive").join(name)).unwrap();
        assert_eq!(file("location.csv"), "address,id,name\n,1,Dock 1\n\"Yard \"\"B\"\"\",2,\"Dock, 2\"\n");
        assert_eq!(file("bag.csv"), "id,notes,unused\n1,wet,\n");
        let left_out = "child_bag_id,created_at,id,parent_bag_id\n99,2025-02-01 12:00:00,7,1\n";
        assert_eq!(file("left-out-link.csv"), left_out);
        assert_eq!(std::fs::read_dir(folder.path().join("findings-archive")).unwrap().count(), 3);
        let all = scratch::contents(&site.db).await.unwrap();
        assert!(!all.values().flatten().any(|row| row.contains("hunter2")));
    }
}
