//! What must hold for any stock and any choice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::date;
use portal_rules::column::{Cell, Column};
use portal_rules::customer::Customer;
use portal_rules::format::{DateFormat, Format, NumberFormat};
use portal_rules::quantity::Quantity;
use portal_rules::scope::{Scope, ScopeFault};
use portal_rules::status::{Facts, Status};
use portal_rules::stock::Stock;
use portal_rules::total::by_unit;
use portal_rules::view::{Direction, Filter, Sort, View, put_in_order};
use proptest::prelude::*;

fn customer() -> impl Strategy<Value = Customer> {
    (prop::option::of(0..6_u8), 0..6_u8).prop_map(|(key, name)| Customer {
        key: key.map(|key| key.to_string()),
        name: ["Acme", "acme", "Nut|House", "All", "Ölmühle", "Zen "][usize::from(name)].into(),
    })
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "00123", "12E4", "Abc", "ABC", "%", "a*", "LOT-7", "ß", "N/A"])
        .prop_map(str::to_owned)
}

fn stock() -> impl Strategy<Value = Stock> {
    let texts = (text(), text(), text(), text(), prop::option::of(text()), prop::option::of(text()));
    let rest = (0..2_000_000_000_i64, prop::option::of(0..900_i32), 0..8_usize, prop::option::of(customer()));
    (texts, rest).prop_map(|((part, description, unit, bin, lot, order), (micros, day, status, customer))| Stock {
        customer,
        part,
        customer_part: None,
        description,
        on_hand: Quantity(micros),
        unit,
        bin,
        lot,
        expires: day.map(|day| date(2026, 1, 1).saturating_add(day.days())),
        reference: None,
        order,
        status: Status::ALL[status],
        received: None,
        moved: day.map(|day| date(2025, 1, 1).saturating_add(day.days())),
    })
}

fn format() -> impl Strategy<Value = Format> {
    let dates = prop::sample::select(vec![DateFormat::MonthDayYear, DateFormat::YearMonthDay]);
    let numbers = prop::sample::select(vec![NumberFormat::CommaPoint, NumberFormat::Indian]);
    (dates, numbers).prop_map(|(dates, numbers)| Format { dates, numbers })
}

fn view() -> impl Strategy<Value = View> {
    let filters = prop::collection::btree_map(prop::sample::select(Filter::ALL.to_vec()), text(), 0..3);
    let direction = prop::sample::select(vec![Direction::Ascending, Direction::Descending]);
    let sort = (prop::sample::select(Column::ALL.to_vec()), direction);
    (text(), filters, sort).prop_map(|(search, filters, (column, direction))| View {
        search,
        filters,
        sort: Sort { column, direction },
        columns: Vec::new(),
    })
}

/// The search, said once more and plainly.
fn is_shown(view: &View, row: &Stock, format: Format, except: Option<Filter>) -> bool {
    let shown = |column: Column| column.cell(row).shown(format).to_lowercase();
    let needle = view.search.trim().to_lowercase();
    let is_found = Column::ALL.into_iter().any(|column| shown(column).contains(&needle));
    let mut filters = view.filters.iter().filter(|(filter, _)| Some(**filter) != except);
    is_found && filters.all(|(filter, value)| filter.column().cell(row) == Cell::Text(value))
}

proptest! {
    #[test]
    fn a_view_shows_exactly_the_rows_that_match(
        rows in prop::collection::vec(stock(), 0..40), view in view(), format in format()
    ) {
        let shown = view.apply(&rows, format);
        let mut expected: Vec<&Stock> = rows.iter().filter(|row| is_shown(&view, row, format, None)).collect();
        prop_assert_eq!(shown.len(), expected.len());
        for pair in shown.windows(2) {
            let order = view.sort.column.cell(pair[0]).order(view.sort.column.cell(pair[1]));
            let order = if view.sort.direction == Direction::Descending { order.reverse() } else { order };
            prop_assert!(order.is_le());
        }
        let mut shown = shown;
        shown.sort();
        expected.sort();
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn rows_that_are_equal_stay_as_they_were(rows in prop::collection::vec(stock(), 0..40), view in view()) {
        let place = |row: &Stock| rows.iter().position(|one| std::ptr::eq(one, row));
        let view = View { search: String::new(), filters: BTreeMap::new(), ..view };
        let shown = view.apply(&rows, Format::default());
        for pair in shown.windows(2) {
            if view.sort.column.cell(pair[0]).order(view.sort.column.cell(pair[1])).is_eq() {
                prop_assert!(place(pair[0]) < place(pair[1]));
            }
        }
    }

    #[test]
    fn what_can_be_chosen_is_what_the_other_filters_leave(
        rows in prop::collection::vec(stock(), 0..40), view in view(), format in format()
    ) {
        for filter in Filter::ALL {
            let choices = view.choices(&rows, filter, format);
            let chosen = view.filters.get(&filter);
            for choice in &choices {
                let of_value = |row: &&Stock| filter.column().cell(row) == Cell::Text(&choice.value);
                let count = rows.iter().filter(|row| is_shown(&view, row, format, Some(filter))).filter(of_value).count();
                prop_assert_eq!(choice.rows, count);
                prop_assert!(count > 0 || chosen == Some(&choice.value));
            }
            let left: usize = choices.iter().map(|choice| choice.rows).sum();
            prop_assert_eq!(left, rows.iter().filter(|row| is_shown(&view, row, format, Some(filter))).count());
            prop_assert!(chosen.is_none_or(|chosen| choices.iter().any(|choice| choice.value == *chosen)));
        }
    }

    #[test]
    fn sums_by_unit_are_those_of_all_rows(rows in prop::collection::vec(stock(), 0..40)) {
        let sums = by_unit(&rows);
        let all: i128 = rows.iter().map(|row| i128::from(row.on_hand.0)).sum();
        prop_assert_eq!(sums.values().map(|sum| sum.0).sum::<i128>(), all);
        let units: BTreeSet<&str> = rows.iter().map(|row| row.unit.as_str()).collect();
        prop_assert_eq!(sums.into_keys().collect::<BTreeSet<_>>(), units);
    }

    #[test]
    fn the_order_of_the_rows_does_not_depend_on_how_they_came(rows in prop::collection::vec(stock(), 0..30)) {
        let (mut one, mut other) = (rows.clone(), rows);
        other.reverse();
        put_in_order(&mut one);
        put_in_order(&mut other);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_scope_covers_whom_it_means_and_nobody_else(
        chosen in prop::collection::vec(customer(), 1..4), found in prop::option::of(customer())
    ) {
        let scope = Scope::chosen(false, chosen.clone()).expect("somebody is chosen");
        let is_meant = found.as_ref().is_some_and(|found| chosen.iter().any(|one| match (&one.key, &found.key) {
            (Some(one), Some(found)) => one == found,
            (Some(_), None) => false,
            (None, _) => one.name.trim_end().to_lowercase() == found.name.trim_end().to_lowercase(),
        }));
        prop_assert_eq!(scope.covers(found.as_ref()), is_meant);
        prop_assert!(!Scope::Nothing.covers(found.as_ref()));
        prop_assert!(Scope::All.covers(found.as_ref()));
    }

    #[test]
    fn a_quantity_is_read_as_it_is_written(micros in -1_000_000_000_000_000_000..1_000_000_000_000_000_000_i64) {
        let quantity = Quantity(micros);
        prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
    }

    #[test]
    fn any_text_is_a_quantity_or_refused(text in "\\PC{0,24}") {
        if let Ok(quantity) = Quantity::parse(&text) {
            #[expect(clippy::cast_precision_loss, reason = "compared roughly")]
            let read = quantity.0 as f64 / 1e6;
            let number: f64 = text.trim().parse().expect("a number for others, too");
            prop_assert!((number - read).abs() <= 1e-6 + number.abs() * 1e-12);
        }
    }
}

#[test]
fn the_first_state_that_fits_counts() {
    let of = |segment, quality, has_failed| Status::of(Facts { segment, quality, has_failed });
    let segments = [
        ("quarantine", Status::Quarantined),
        ("job", Status::IssuedToJob),
        ("sal-reserv", Status::SalesReserved),
        ("staging", Status::StagedToJob),
    ];
    for (segment, status) in segments {
        for quality in [None, Some(""), Some("Pending"), Some("Passed")] {
            for has_failed in [false, true] {
                assert_eq!(of(Some(segment), quality, has_failed), status);
                let upper = format!("{}  ", segment.to_uppercase());
                assert_eq!(Status::of(Facts { segment: Some(&upper), quality, has_failed }), status);
            }
        }
    }
    for segment in [None, Some(""), Some("stock"), Some(" job")] {
        assert_eq!(of(segment, Some("Pending"), true), Status::FailedQc);
        assert_eq!(of(segment, Some("pending "), false), Status::PendingQc);
        assert_eq!(of(segment, Some("  "), false), Status::ApprovedQc);
        assert_eq!(of(segment, None, false), Status::ApprovedQc);
        assert_eq!(of(segment, Some("Passed"), false), Status::Available);
    }
    for status in Status::ALL {
        assert_eq!(Status::of_label(&status.label().to_uppercase()), Some(status));
    }
}

#[test]
fn nobody_chosen_is_refused_and_all_overrules_the_rest() {
    assert_eq!(Scope::chosen(false, []), Err(ScopeFault::Empty));
    assert_eq!(Scope::chosen(false, [Customer::named(" ")]), Err(ScopeFault::Nameless));
    let many = (0..501).map(|n| Customer::named(&n.to_string()));
    assert_eq!(Scope::chosen(false, many), Err(ScopeFault::TooMany));
    assert_eq!(Scope::chosen(true, [Customer::named("Acme")]), Ok(Scope::All));
    // A customer of that name is a customer.
    let of_name = Scope::chosen(false, [Customer::named("All")]).expect("somebody is chosen");
    assert!(!of_name.covers(Some(&Customer::named("Acme"))));
}

#[test]
fn what_the_earlier_portal_kept_is_read_and_names_with_a_bar_are_known() {
    let named = |names: &[&str]| Scope::Customers(names.iter().map(|name| Customer::named(name)).collect());
    assert_eq!(Scope::of_old_text("All", &[]), Scope::All);
    assert_eq!(Scope::of_old_text("all", &[]), named(&["all"]));
    assert_eq!(Scope::of_old_text("Acme|Zen", &[]), named(&["Acme", "Zen"]));
    assert_eq!(Scope::of_old_text("All|Acme", &[]), named(&["All", "Acme"]));
    assert_eq!(Scope::of_old_text("Nut|House", &[Customer::keyed("1", "Nut|House")]), named(&["Nut|House"]));
    for nobody in ["", "|", " | "] {
        assert_eq!(Scope::of_old_text(nobody, &[]), Scope::Nothing);
    }
}

#[test]
fn a_scope_names_those_whom_the_erp_does_not_have() {
    let scope = Scope::chosen(false, [Customer::named("Acme"), Customer::keyed("9", "Gone")]).expect("two");
    let known = [Customer::keyed("1", "ACME"), Customer::keyed("2", "Gone")];
    assert_eq!(scope.missing(&known), [&Customer::keyed("9", "Gone")]);
    assert!(scope.is_of_several());
}

#[test]
fn the_earlier_portals_columns_come_in_its_order() {
    let titles: Vec<&str> = Column::shown(false).into_iter().map(Column::title).collect();
    let expected = "Part, Description, On Hand Qty, Unit, Bin, User Lot, Exp Date, Reference, PO, Status, Last Rec Date, Last Tran Date";
    assert_eq!(titles.join(", "), expected);
    assert_eq!(Column::shown(true).first(), Some(&Column::Customer));
    assert!(Column::ALL.into_iter().all(|column| Column::of_key(column.key()) == Some(column)));
}

#[test]
fn a_view_that_is_too_long_or_has_a_column_twice_is_not_sound() {
    assert!(View::default().is_sound());
    assert!(!View { search: "a".repeat(201), ..View::default() }.is_sound());
    assert!(!View { columns: vec![Column::Part, Column::Part], ..View::default() }.is_sound());
}

#[test]
fn absent_dates_come_last_and_numbers_by_their_size() {
    assert!(Cell::Date(None).order(Cell::Date(Some(date(9999, 12, 30)))).is_gt());
    assert!(Cell::Number(Quantity(9)).order(Cell::Number(Quantity(10))).is_lt());
    assert!(Cell::Text("9").order(Cell::Text("10")).is_gt());
}
