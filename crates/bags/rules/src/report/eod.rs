//! The report at the end of a day, and when it is sent.

use std::collections::BTreeMap;

use base_core::report::date_of;
use base_core::time::Moment;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::bills::BillLine;
use crate::bill::BillStatus;

/// The bills that were created on one day. The field names are those of the earlier system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Eod {
    /// The day, `YYYY-MM-DD`.
    pub report_date: String,
    /// When this was put together.
    pub generated_at: Moment,
    /// Bills created on that day.
    pub total_bills: i64,
    /// How many of them are in each status now.
    pub bills_by_status: BTreeMap<&'static str, i64>,
    /// How many each person created.
    pub bills_by_user: BTreeMap<String, i64>,
    /// Parents on them.
    pub total_parent_bags: i64,
    /// Children in those parents.
    pub total_child_bags: i64,
    /// What they weigh, in kilograms.
    pub total_weight_kg: i64,
    /// Every bill, in the order of their creation.
    pub detailed_bills: Vec<EodBill>,
}

/// One bill of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EodBill {
    /// Its number.
    pub bill_id: String,
    /// Who created it.
    pub created_by: String,
    /// When.
    pub created_at: Moment,
    /// Its status.
    pub status: &'static str,
    /// Parents on it.
    pub parent_bags: i64,
    /// Parents it takes.
    pub expected_bags: i64,
    /// Children in its parents.
    pub child_bags: i64,
    /// What it weighs, in kilograms.
    pub weight_kg: i64,
}

/// Stands for a creator whose account is gone.
const NOBODY: &str = "unknown";

impl Eod {
    /// Adds up the bills of a day.
    pub fn of(day: Date, generated_at: Moment, bills: &[BillLine]) -> Self {
        let mut report = Self {
            report_date: day.to_string(),
            generated_at,
            total_bills: 0,
            bills_by_status: BillStatus::ALL.iter().map(|status| (status.name(), 0)).collect(),
            bills_by_user: BTreeMap::new(),
            total_parent_bags: 0,
            total_child_bags: 0,
            total_weight_kg: 0,
            detailed_bills: Vec::with_capacity(bills.len()),
        };
        for bill in bills {
            report.add(bill);
        }
        report.detailed_bills.sort_by(|a, b| (a.created_at, &a.bill_id).cmp(&(b.created_at, &b.bill_id)));
        report
    }

    fn add(&mut self, bill: &BillLine) {
        let created_by = bill.created_by.clone().unwrap_or_else(|| NOBODY.into());
        // How many children fill a parent does not matter for the actual weight.
        let weight_kg = bill.weights(0).actual_kg;
        self.total_bills += 1;
        *self.bills_by_status.entry(bill.status.name()).or_default() += 1;
        *self.bills_by_user.entry(created_by.clone()).or_default() += 1;
        self.total_parent_bags += bill.parents;
        self.total_child_bags += bill.children;
        self.total_weight_kg += weight_kg;
        self.detailed_bills.push(EodBill {
            bill_id: bill.number.clone(),
            created_by,
            created_at: bill.created_at,
            status: bill.status.name(),
            parent_bags: bill.parents,
            expected_bags: bill.capacity,
            child_bags: bill.children,
            weight_kg,
        });
    }
}

/// When the report is sent every day. A time before noon is about the day before, for sites that work past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EodPlan {
    /// The time of the day.
    pub time: Time,
}

impl EodPlan {
    /// The day whose report is due at a moment, and only on the same calendar day: what was missed yesterday is not sent
    /// today. `None` before the time has come.
    pub fn due(self, now: Moment, zone: &TimeZone) -> Option<Date> {
        let clock = base_core::report::zoned(now, zone);
        (clock.time() >= self.time).then(|| self.day_of(date_of(now, zone)))
    }

    /// The day that a report sent on `today` is about.
    pub fn day_of(self, today: Date) -> Date {
        if self.time.hour() < 12 { today.checked_sub(1.day()).unwrap_or(today) } else { today }
    }
}

#[cfg(test)]
mod tests {
    use base_core::report::parse_date;

    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a time")
    }

    #[test]
    fn the_report_of_a_day_has_the_names_of_the_system_before() {
        let bill = |number: &str, status, parents, minute| BillLine {
            key: number.to_uppercase(),
            number: number.into(),
            created_at: at("2026-11-20T10:00:00Z").plus_us(minute * base_core::time::MINUTE_US),
            created_by: (parents > 0).then(|| "meera".into()),
            status,
            capacity: 6,
            parents,
            children: parents * 25,
        };
        let bills = [bill("b-2", BillStatus::Completed, 5, 9), bill("b-1", BillStatus::New, 0, 3)];
        let day = parse_date("2026-11-20").expect("a day");
        let json = serde_json::to_string_pretty(&Eod::of(day, at("2026-11-20T12:30:00Z"), &bills)).expect("JSON");
        let expected = r#"{
  "report_date": "2026-11-20",
  "generated_at": "2026-11-20T12:30:00Z",
  "total_bills": 2,
  "bills_by_status": {
    "completed": 1,
    "new": 1,
    "processing": 0
  },
  "bills_by_user": {
    "meera": 1,
    "unknown": 1
  },
  "total_parent_bags": 5,
  "total_child_bags": 125,
  "total_weight_kg": 125,
  "detailed_bills": [
    {
      "bill_id": "b-1",
      "created_by": "unknown",
      "created_at": "2026-11-20T10:03:00Z",
      "status": "new",
      "parent_bags": 0,
      "expected_bags": 6,
      "child_bags": 0,
      "weight_kg": 0
    },
    {
      "bill_id": "b-2",
      "created_by": "meera",
      "created_at": "2026-11-20T10:09:00Z",
      "status": "completed",
      "parent_bags": 5,
      "expected_bags": 6,
      "child_bags": 125,
      "weight_kg": 125
    }
  ]
}"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn a_report_is_due_from_its_time_to_india_midnight() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let evening = EodPlan { time: Time::constant(18, 0, 0, 0) };
        assert_eq!(evening.due(at("2026-11-20T12:29:59Z"), &zone), None);
        assert_eq!(evening.due(at("2026-11-20T12:30:00Z"), &zone), parse_date("2026-11-20"));
        assert_eq!(
            evening.due(at("2026-11-20T18:29:59Z"), &zone),
            parse_date("2026-11-20"),
            "made good on the same day"
        );
        assert_eq!(evening.due(at("2026-11-20T18:30:00Z"), &zone), None, "but not on the next");
        let morning = EodPlan { time: Time::constant(0, 15, 0, 0) };
        assert_eq!(morning.due(at("2026-11-20T18:45:00Z"), &zone), parse_date("2026-11-20"), "the day that has ended");
    }
}
