//! CSV files of the earlier portal's tables, read whole.

use std::path::PathBuf;

use base_core::time::Moment;
use jiff::tz::TimeZone;
use portal_oldportal::{Details, Fault, FileFault, OldPassword, Options, Reading, Refused, Table, Warning, read_file};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use proptest::prelude::*;

/// The hash of `Correct-Horse9` in the notes on the earlier portal.
const HASH: &str =
    "pbkdf2:sha256:600000$AbCdEfGh12345678$a6b6d50555361a88f1912354257c66b68a4d2d68a02849b8966c5dac3882f3a6";

fn options(known: &[&str]) -> Options {
    Options {
        zone: TimeZone::get("America/Los_Angeles").expect("bundled zone"),
        known: known.iter().map(|name| Customer::named(name)).collect(),
        null: "NULL".into(),
    }
}

fn read(table: Table, text: &str, options: &Options) -> Result<Reading, FileFault> {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join("table.csv");
    std::fs::write(&file, text).expect("written");
    let mut reading = Reading::default();
    read_file(&file, table, options, &mut reading).map(|()| reading)
}

const HEAD: &str = "customer_id,first_name,last_name,email,password_hash,erp_customer_name,is_active,created_date,\
    last_login_date,must_reset_password";

fn customers(rows: &[String], known: &[&str]) -> Reading {
    read(Table::Customers, &format!("{HEAD}\n{}\n", rows.join("\n")), &options(known)).expect("a table")
}

fn customer(id: i64, email: &str, scope: &str) -> String {
    format!("{id},Ann,,{email},{HASH},{scope},1,2025-10-30 14:05:01.997,NULL,1")
}

#[test]
fn an_account_is_read_with_its_hash_its_scope_and_its_times() {
    let reading = customers(&[customer(7, " Ann@Acme.Example ", "Acme|Nut|House")], &["Acme", "Nut", "House"]);
    assert_eq!((reading.refused.as_slice(), reading.rows()), (&[][..], 1));
    let one = &reading.customers[0];
    assert_eq!((one.id, one.email.as_str(), one.last_name.as_str()), (7, "ann@acme.example", ""));
    assert_eq!(one.password, OldPassword::Hash(HASH.into()));
    assert!(one.is_active && one.must_change_password && one.last_sign_in.is_none());
    assert_eq!(Some(one.created), Moment::parse("2025-10-30T21:05:01.997Z"));
    assert_eq!(one.scope, Scope::Customers(["Acme", "House", "Nut"].map(Customer::named).into()));
    assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
    assert!(!format!("{reading:?}").contains(HASH), "no hash in a message");
}

#[test]
fn what_is_odd_is_told_and_read_all_the_same() {
    let rows = [
        customer(1, "all@x.example", "All"),
        customer(2, "mixed@x.example", "All|Acme"),
        customer(3, "nobody@x.example", ""),
        customer(4, "gone@x.example", "Gone"),
        customer(5, "old@x.example", "Acme").replace(HASH, "sha256$salt$00ff"),
        customer(6, "twice@x.example", "acme").replace("2025-10-30 14:05:01.997", "2025-11-02 01:30:00"),
    ];
    let reading = customers(&rows, &["Acme"]);
    assert_eq!((reading.customers.len(), reading.refused.len()), (6, 0));
    assert_eq!(reading.customers[0].scope, Scope::All);
    let told = |warning| reading.warnings.get(&warning).cloned().unwrap_or_default();
    assert_eq!(told(Warning::AllAmongNames), [2]);
    assert_eq!(told(Warning::NoScope), [3]);
    assert_eq!(told(Warning::NotInErp("Gone".into())), [4]);
    assert_eq!((told(Warning::ResetNeeded), reading.customers[4].must_change_password), (vec![5], true));
    assert_eq!(told(Warning::Ambiguous), [6]);
}

#[test]
fn a_row_that_cannot_be_right_is_refused_with_its_reason() {
    let rows = [
        customer(1, "ann@x.example", "All"),
        customer(2, "ANN@x.example", "All"),
        customer(1, "bob@x.example", "All"),
        customer(3, "nobody", "All"),
        customer(4, "eve@x.example", "All").replace(",1,2025", ",maybe,2025"),
        customer(5, "kim@x.example", "All").replace("2025-10-30", "30/10/2025"),
        customer(6, "lee@x.example", "All").replace("6,Ann", "6,"),
    ];
    let refused: Vec<(u64, String)> =
        customers(&rows, &[]).refused.iter().map(|one: &Refused| (one.row, one.fault.to_string())).collect();
    let expected = [
        (2, Fault::SameEmail),
        (3, Fault::SameId),
        (4, Fault::Email),
        (5, Fault::Unreadable("is_active", "1 or 0")),
        (6, Fault::Unreadable("created_date", "a time")),
        (7, Fault::Empty("first_name")),
    ];
    assert_eq!(refused, expected.map(|(row, fault)| (row, fault.to_string())));
}

#[test]
fn entries_have_changes_or_a_text_and_a_sign_in_its_address() {
    let text = "log_id;timestamp;admin_username;action_type;target_customer_id;target_customer_email;details\n\
        3;2025-10-30 14:05:01;cp_admin;CUSTOMER_UPDATE;7;Ann@x.example;\"{\"\"is_active\"\": {\"\"from\"\": true}}\"\n\
        9;2025-10-30 14:06:00;SYSTEM;CUSTOMER_LOGIN;7;ann@x.example;Login from IP: 192.0.2.7\n\
        10;2025-10-30 14:07:00;cp_admin;SYSTEM_SETTING_CHANGE;NULL;NULL;NULL\n";
    let reading = read(Table::AuditLog, text, &options(&[])).expect("a table");
    assert_eq!((reading.entries.len(), reading.refused.len()), (3, 0), "{:?}", reading.refused);
    let [update, sign_in, setting] = &reading.entries[..] else { panic!("three entries") };
    assert!(matches!(&update.details, Details::Changes(changes) if changes.contains_key("is_active")));
    assert_eq!((update.email.as_deref(), update.customer), (Some("ann@x.example"), Some(7)));
    assert_eq!(sign_in.address.as_deref(), Some("192.0.2.7"));
    assert_eq!((setting.customer, setting.email.as_ref(), &setting.details), (None, None, &Details::None));
}

#[test]
fn a_file_without_a_column_is_refused_and_the_oldest_form_is_read() {
    let old = format!(
        "{}\n{}\n",
        HEAD.replace(",must_reset_password", ""),
        customer(1, "a@x.example", "All").trim_end_matches(",1")
    );
    let reading = read(Table::Customers, &old, &options(&[])).expect("the oldest form");
    assert!(!reading.customers[0].must_change_password);
    let fault = read(Table::Customers, "customer_id,email\n1,a@x.example\n", &options(&[])).expect_err("refused");
    assert!(matches!(fault, FileFault::NoColumn { column: "first_name", .. }));
}

proptest! {
    #[test]
    fn any_row_is_read_or_refused(cells in prop::collection::vec("\\PC{0,12}", 10)) {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let text = format!("{HEAD}\n{}\n{}\n", quoted.join(","), customer(1, "a@x.example", "All"));
        if let Ok(reading) = read(Table::Customers, &text, &options(&[])) {
            prop_assert_eq!(reading.customers.len() + reading.refused.len(), usize::try_from(reading.rows()).expect("few"));
        }
    }
}
