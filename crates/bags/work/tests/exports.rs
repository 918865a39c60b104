//! What may be taken out, and how it is asked for.

use bags_work::export::exports;
use base_files::export::{Choice, ChoiceFault, Given};

fn choose(name: &str, fields: &[(&'static str, &str)]) -> Result<Choice, ChoiceFault> {
    let given = fields.iter().fold(Given::default(), |given, (field, text)| given.with(field, text));
    exports().choose(name, &given).expect("there is such an export")
}

#[test]
fn a_filter_is_read_from_what_was_asked_and_from_what_was_kept() {
    for (name, fields, filter, stem) in [
        ("bags", &[("type", "Parent")][..], r#"{"type":"parent"}"#, "bags_parents"),
        ("activity", &[], r#"{"days":30}"#, "user_activity_30_days"),
        ("bills", &[("status", "all"), ("limit", "All")], r#"{"status":"all"}"#, "bills_all"),
        ("bags", &[("limit", "500")], r#"{"limit":500,"type":"all"}"#, "bags_all_first_500"),
        (
            "bills",
            &[("status", "completed"), ("limit", "1")],
            r#"{"limit":1,"status":"completed"}"#,
            "bills_completed_first_1",
        ),
        ("activity", &[("days", "7")], r#"{"days":7}"#, "user_activity_7_days"),
        ("statistics", &[], "{}", "system_stats"),
    ] {
        let choice = choose(name, fields).expect("a choice");
        assert_eq!((choice.filter().to_string().as_str(), choice.stem().as_str()), (filter, stem));
        let stored = exports().stored(name, filter).expect("what was kept");
        assert_eq!((stored.name(), stored.filter(), stored.limit()), (name, choice.filter(), choice.limit()));
    }
}

#[test]
fn a_filter_that_cannot_be_is_named() {
    for (name, given, field) in [
        ("bags", ("type", "both"), "type"),
        ("bags", ("status", "new"), "status"),
        ("bags", ("limit", "0"), "limit"),
        ("bags", ("limit", "-5"), "limit"),
        ("bills", ("status", "open"), "status"),
        ("bills", ("days", "7"), "days"),
        ("activity", ("days", "0"), "days"),
        ("activity", ("days", "-1"), "days"),
        ("activity", ("days", "3661"), "days"),
        ("activity", ("limit", "5"), "limit"),
        ("statistics", ("type", "parent"), "type"),
    ] {
        assert_eq!(choose(name, &[given]).expect_err("no choice").field, field, "{given:?}");
    }
}

#[test]
fn a_file_that_is_not_whole_says_so_in_its_name() {
    assert_eq!(choose("bags", &[("limit", "500")]).expect("a choice").stem(), "bags_all_first_500");
    assert_eq!(choose("bills", &[]).expect("a choice").stem(), "bills_all");
}
