//! What is wrong with a filter of a report. The page shows the report's form again, with everything that was typed, and
//! the fault beside its field.

use base_core::report::RangeFault;
use base_web::error::Problem;
use base_web::view::Frame;

/// Why a report is refused.
pub(crate) enum Refusal {
    /// The form shows it.
    Filter(Wrong),
    /// It has nothing to do with a filter.
    Other(Problem),
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::Filter(wrong)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

/// A filter that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The days.
    Days(RangeFault),
    /// A status that does not exist.
    Status,
    /// Nobody has this name.
    Person,
    /// Several people have this name.
    SeveralPeople,
}

impl Wrong {
    /// The field beside which it is shown.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Days(fault) => fault.field(),
            Self::Status => "status",
            Self::Person | Self::SeveralPeople => "person",
        }
    }

    /// What is wrong, and what to do about it.
    pub(crate) fn words(self, frame: &Frame) -> String {
        match self {
            Self::Days(RangeFault::NoDate(_)) => frame.t("report-wrong-day"),
            Self::Days(RangeFault::ToBeforeFrom) => frame.t("report-wrong-order"),
            Self::Days(RangeFault::TooLong { days_max }) => frame.t1("report-wrong-length", "n", &days_max.to_string()),
            Self::Status => frame.t("wrong-choice"),
            Self::Person => frame.t("report-wrong-person"),
            Self::SeveralPeople => frame.t("wrong-person-several"),
        }
    }
}

impl From<RangeFault> for Wrong {
    fn from(fault: RangeFault) -> Self {
        Self::Days(fault)
    }
}
