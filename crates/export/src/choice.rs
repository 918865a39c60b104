//! What may be taken out, and how it is asked for.

use bags_rules::bag::BagKind;
use bags_rules::bill::BillStatus;
use base_sheet::{Column, Kind};
use serde_json::{Value, json};

/// Days of activity unless asked otherwise (`bags.md` 7.4).
pub const DAYS_DEFAULT: u32 = 30;
/// Most days of activity.
pub const DAYS_MAX: u32 = 3_660;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Bags.
    Bags,
    /// Bills.
    Bills,
    /// What each person scanned.
    Activity,
    /// Totals.
    Statistics,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated text, UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

/// What is in a file, with its filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Bags, perhaps of one kind only, perhaps only the first so many by their codes.
    Bags(Option<BagKind>, Option<u64>),
    /// Bills, perhaps of one status only, perhaps only the first so many by their numbers.
    Bills(Option<BillStatus>, Option<u64>),
    /// People, with their scans of so many days, today included.
    Activity(u32),
    /// Totals.
    Statistics,
}

/// A filter as it was given; empty texts and `all` stand for no filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Bags: `parent` or `child`.
    pub kind: &'a str,
    /// Bills: `new`, `processing` or `completed`.
    pub status: &'a str,
    /// Activity: how many days, today included.
    pub days: &'a str,
    /// Bags and bills: only the first so many.
    pub limit: &'a str,
}

/// A part of the filter that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceFault {
    /// Which field.
    pub field: &'static str,
    /// What it should be.
    pub detail: &'static str,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bags, Self::Bills, Self::Activity, Self::Statistics];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bags => "bags",
            Self::Bills => "bills",
            Self::Activity => "activity",
            Self::Statistics => "statistics",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == name)
    }
}

impl Format {
    /// The extension of a file's name, which is the format's name too.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Reads a name; `excel` is the old one.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "xlsx" | "excel" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// What a browser calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl Choice {
    /// Reads a filter. One that belongs to another export is refused: who gives it expects it to do something.
    pub fn parse(what: What, given: Given<'_>) -> Result<Self, ChoiceFault> {
        let read = |text: &str| Some(text.trim().to_ascii_lowercase()).filter(|text| !text.is_empty() && text != "all");
        let (kind, status, days, limit) = (read(given.kind), read(given.status), read(given.days), read(given.limit));
        let [bags, bills, people] = [What::Bags, What::Bills, What::Activity].map(|one| one == what);
        for (field, is_given, belongs, detail) in [
            ("type", kind.is_some(), bags, "Only bags have a type. Leave it out."),
            ("status", status.is_some(), bills, "Only bills have a status. Leave it out."),
            ("days", days.is_some(), people, "Only activity has days. Leave it out."),
            ("limit", limit.is_some(), bags || bills, "Only bags and bills have a limit. Leave it out."),
        ] {
            if is_given && !belongs {
                return Err(ChoiceFault { field, detail });
            }
        }
        let number = |field, text: Option<String>, max: u64, detail| match text.map(|text| text.parse::<u64>()) {
            None => Ok(None),
            Some(Ok(n)) if (1..=max).contains(&n) => Ok(Some(n)),
            Some(_) => Err(ChoiceFault { field, detail }),
        };
        let limit = number("limit", limit, u64::MAX, "This is a number from 1, or all.")?;
        Ok(match what {
            What::Bags => {
                let fault = ChoiceFault { field: "type", detail: "This is parent, child or all." };
                Self::Bags(kind.map(|kind| BagKind::parse(&kind).ok_or(fault)).transpose()?, limit)
            }
            What::Bills => {
                let fault = ChoiceFault { field: "status", detail: "This is new, processing, completed or all." };
                Self::Bills(status.map(|status| BillStatus::parse(&status).ok_or(fault)).transpose()?, limit)
            }
            What::Activity => {
                let days = number("days", days, DAYS_MAX.into(), "This is a number from 1 to 3660.")?;
                Self::Activity(days.and_then(|days| u32::try_from(days).ok()).unwrap_or(DAYS_DEFAULT))
            }
            What::Statistics => Self::Statistics,
        })
    }

    /// How many rows there are at most.
    pub(crate) fn limit(&self) -> Option<u64> {
        match self {
            Self::Bags(_, limit) | Self::Bills(_, limit) => *limit,
            Self::Activity(_) | Self::Statistics => None,
        }
    }

    /// What is in the file.
    pub fn what(&self) -> What {
        match self {
            Self::Bags(..) => What::Bags,
            Self::Bills(..) => What::Bills,
            Self::Activity(_) => What::Activity,
            Self::Statistics => What::Statistics,
        }
    }

    /// The filter, for the audit trail and for [`Choice::stored`].
    pub fn filter(&self) -> Value {
        let mut filter = match self {
            Self::Bags(kind, _) => json!({ "type": kind.map_or("all", BagKind::name) }),
            Self::Bills(status, _) => json!({ "status": status.map_or("all", BillStatus::name) }),
            Self::Activity(days) => json!({ "days": days }),
            Self::Statistics => json!({}),
        };
        if let Some(limit) = self.limit() {
            filter["limit"] = limit.into();
        }
        filter
    }

    /// Reads what was kept.
    pub fn stored(what: &str, filter: &str) -> Option<Self> {
        let filter: Value = serde_json::from_str(filter).ok()?;
        let text = |name: &str| filter[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| filter[name].as_u64().map(|n| n.to_string()).unwrap_or_default();
        let (kind, status, days, limit) = (text("type"), text("status"), number("days"), number("limit"));
        Self::parse(What::parse(what)?, Given { kind: &kind, status: &status, days: &days, limit: &limit }).ok()
    }

    /// What the file's name begins with. A file that is not whole says so.
    pub(crate) fn stem(&self) -> String {
        let first = |limit: &Option<u64>| limit.map(|limit| format!("_first_{limit}")).unwrap_or_default();
        match self {
            Self::Bags(None, limit) => format!("bags_all{}", first(limit)),
            Self::Bags(Some(BagKind::Parent), limit) => format!("bags_parents{}", first(limit)),
            Self::Bags(Some(BagKind::Child), limit) => format!("bags_children{}", first(limit)),
            Self::Bills(status, limit) => {
                format!("bills_{}{}", status.map_or("all", BillStatus::name), first(limit))
            }
            Self::Activity(days) => format!("user_activity_{days}_days"),
            Self::Statistics => "system_stats".into(),
        }
    }

    /// The name of the sheet.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Bags(..) => "Bags",
            Self::Bills(..) => "Bills",
            Self::Activity(_) => "User activity",
            Self::Statistics => "System statistics",
        }
    }

    /// The one line of a file without rows.
    pub(crate) fn no_data(&self) -> &'static str {
        match self {
            Self::Bags(..) => "There are no bags.",
            Self::Bills(..) => "There are no bills.",
            Self::Activity(_) => "There are no people.",
            Self::Statistics => "There are no figures.",
        }
    }

    /// The columns of `bags.md` 7.4, with area and parent.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let text = |title: &'static str, width| Column::new(title, Kind::Text, width);
        let whole = |title: &'static str| Column::new(title, Kind::Whole, 18);
        let weight = |title: &'static str| Column::new(title, Kind::Kilograms, 20);
        let time = |title: &'static str| Column::new(title, Kind::Time, 16);
        match self {
            Self::Bags(..) => vec![
                text("QR ID", 18),
                text("Type", 10),
                whole("Children Count"),
                text("Linked to Bill", 28),
                time("Created At"),
                text("Area", 18),
                text("Parent", 18),
            ],
            Self::Bills(..) => vec![
                text("Bill ID", 20),
                text("Description", 40),
                text("Status", 14),
                // The name that files of the system before gave the capacity.
                whole("Parent Bags Count"),
                whole("Parent Bags Linked"),
                whole("Total Child Bags"),
                weight("Actual Weight (kg)"),
                weight("Expected Weight (kg)"),
                text("Created By", 20),
                time("Created At"),
                time("Updated At"),
            ],
            Self::Activity(days) => vec![
                text("Username", 20),
                text("Email", 28),
                text("Role", 18),
                text("Dispatch Area", 18),
                Column::new(format!("Scans (Last {days} Days)"), Kind::Whole, 22),
                whole("Total Scans"),
                text("Account Status", 16),
                time("Joined"),
            ],
            Self::Statistics => vec![text("Metric", 28), text("Value", 24)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Given<'static> = Given { kind: "", status: "", days: "", limit: "" };

    #[test]
    fn a_filter_is_read_from_what_was_asked_and_from_what_was_kept() {
        let choice = Choice::parse(What::Bags, Given { kind: "Parent", ..NONE }).expect("a choice");
        assert_eq!(choice, Choice::Bags(Some(BagKind::Parent), None));
        assert_eq!(Choice::parse(What::Activity, NONE), Ok(Choice::Activity(30)));
        let all = Given { status: "all", limit: "All", ..NONE };
        assert_eq!(Choice::parse(What::Bills, all), Ok(Choice::Bills(None, None)));
        for choice in [
            choice,
            Choice::Bags(None, Some(500)),
            Choice::Bills(Some(BillStatus::Completed), Some(1)),
            Choice::Activity(7),
            Choice::Statistics,
        ] {
            assert_eq!(Choice::stored(choice.what().name(), &choice.filter().to_string()), Some(choice));
        }
    }

    #[test]
    fn a_filter_that_cannot_be_is_named() {
        for (what, given, field) in [
            (What::Bags, Given { kind: "both", ..NONE }, "type"),
            (What::Bags, Given { status: "new", ..NONE }, "status"),
            (What::Bags, Given { limit: "0", ..NONE }, "limit"),
            (What::Bags, Given { limit: "-5", ..NONE }, "limit"),
            (What::Bills, Given { status: "open", ..NONE }, "status"),
            (What::Bills, Given { days: "7", ..NONE }, "days"),
            (What::Activity, Given { days: "0", ..NONE }, "days"),
            (What::Activity, Given { days: "-1", ..NONE }, "days"),
            (What::Activity, Given { days: "3661", ..NONE }, "days"),
            (What::Activity, Given { limit: "5", ..NONE }, "limit"),
            (What::Statistics, Given { kind: "parent", ..NONE }, "type"),
        ] {
            assert_eq!(Choice::parse(what, given).expect_err("no choice").field, field, "{given:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_whole_says_so_in_its_name() {
        assert_eq!(Choice::Bags(None, Some(500)).stem(), "bags_all_first_500");
        assert_eq!(Choice::Bills(None, None).stem(), "bills_all");
    }
}
