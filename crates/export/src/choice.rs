//! What may be taken out, and how it is asked for.

use serde_json::{Value, json};
use tallyhouse_core::bag::BagKind;
use tallyhouse_core::bill::BillStatus;
use tallyhouse_sheet::{Column, Kind};

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
    /// Bags, perhaps of one kind only.
    Bags(Option<BagKind>),
    /// Bills, perhaps of one status only.
    Bills(Option<BillStatus>),
    /// People, with their scans of so many days, today included.
    Activity(u32),
    /// Totals.
    Statistics,
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
    /// Reads a filter. Empty texts and `all` stand for no filter; what belongs to another export is not looked at.
    pub fn parse(what: What, kind: &str, status: &str, days: &str) -> Result<Self, ChoiceFault> {
        let given =
            |text: &str| Some(text.trim().to_ascii_lowercase()).filter(|text| !text.is_empty() && text != "all");
        Ok(match what {
            What::Bags => Self::Bags(match given(kind) {
                None => None,
                Some(kind) => {
                    let detail = "This is parent, child or all.";
                    Some(BagKind::parse(&kind).ok_or(ChoiceFault { field: "type", detail })?)
                }
            }),
            What::Bills => Self::Bills(match given(status) {
                None => None,
                Some(status) => {
                    let detail = "This is new, processing, completed or all.";
                    Some(BillStatus::parse(&status).ok_or(ChoiceFault { field: "status", detail })?)
                }
            }),
            What::Activity => Self::Activity(match given(days) {
                None => DAYS_DEFAULT,
                Some(days) => {
                    let days = days.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
                    days.ok_or(ChoiceFault { field: "days", detail: "This is a number from 1 to 3660." })?
                }
            }),
            What::Statistics => Self::Statistics,
        })
    }

    /// What is in the file.
    pub fn what(&self) -> What {
        match self {
            Self::Bags(_) => What::Bags,
            Self::Bills(_) => What::Bills,
            Self::Activity(_) => What::Activity,
            Self::Statistics => What::Statistics,
        }
    }

    /// The filter, for the audit trail and for [`Choice::stored`].
    pub fn filter(&self) -> Value {
        match self {
            Self::Bags(kind) => json!({ "type": kind.map_or("all", BagKind::name) }),
            Self::Bills(status) => json!({ "status": status.map_or("all", BillStatus::name) }),
            Self::Activity(days) => json!({ "days": days }),
            Self::Statistics => json!({}),
        }
    }

    /// Reads what was kept.
    pub fn stored(what: &str, filter: &str) -> Option<Self> {
        let filter: Value = serde_json::from_str(filter).ok()?;
        let text = |name: &str| filter[name].as_str().unwrap_or_default().to_owned();
        let days = filter["days"].as_u64().map(|days| days.to_string()).unwrap_or_default();
        Self::parse(What::parse(what)?, &text("type"), &text("status"), &days).ok()
    }

    /// What the file's name begins with.
    pub(crate) fn stem(&self) -> String {
        match self {
            Self::Bags(None) => "bags_all".into(),
            Self::Bags(Some(BagKind::Parent)) => "bags_parents".into(),
            Self::Bags(Some(BagKind::Child)) => "bags_children".into(),
            Self::Bills(status) => format!("bills_{}", status.map_or("all", BillStatus::name)),
            Self::Activity(days) => format!("user_activity_{days}_days"),
            Self::Statistics => "system_stats".into(),
        }
    }

    /// The name of the sheet.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Bags(_) => "Bags",
            Self::Bills(_) => "Bills",
            Self::Activity(_) => "User activity",
            Self::Statistics => "System statistics",
        }
    }

    /// The one line of a file without rows.
    pub(crate) fn no_data(&self) -> &'static str {
        match self {
            Self::Bags(_) => "There are no bags.",
            Self::Bills(_) => "There are no bills.",
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
            Self::Bags(_) => vec![
                text("QR ID", 18),
                text("Type", 10),
                whole("Children Count"),
                text("Linked to Bill", 28),
                time("Created At"),
                text("Area", 18),
                text("Parent", 18),
            ],
            Self::Bills(_) => vec![
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

    #[test]
    fn a_filter_is_read_from_what_was_asked_and_from_what_was_kept() {
        let choice = Choice::parse(What::Bags, "Parent", "nonsense of another form", "").expect("a choice");
        assert_eq!(choice, Choice::Bags(Some(BagKind::Parent)));
        assert_eq!(Choice::parse(What::Activity, "", "", ""), Ok(Choice::Activity(30)));
        assert_eq!(Choice::parse(What::Bills, "", "all", ""), Ok(Choice::Bills(None)));
        for choice in [choice, Choice::Bills(Some(BillStatus::Completed)), Choice::Activity(7), Choice::Statistics] {
            assert_eq!(Choice::stored(choice.what().name(), &choice.filter().to_string()), Some(choice));
        }
        for (what, kind, status, days, field) in [
            (What::Bags, "both", "", "", "type"),
            (What::Bills, "", "open", "", "status"),
            (What::Activity, "", "", "0", "days"),
            (What::Activity, "", "", "-1", "days"),
            (What::Activity, "", "", "3661", "days"),
        ] {
            assert_eq!(Choice::parse(what, kind, status, days).expect_err("no choice").field, field);
        }
    }
}
