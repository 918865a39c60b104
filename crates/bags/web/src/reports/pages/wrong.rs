//! What is wrong with a filter of a report. The page is the report's own form again, with everything that was typed, and
//! says it beside the field.

use base_core::report::RangeFault;
use base_web::error::Problem;
use base_web::view::Frame;

/// Why there is no report.
pub(crate) enum Refusal {
    /// Its form tells it.
    Filter(Wrong),
    /// It is no matter of a filter.
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

/// A filter that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The days.
    Days(RangeFault),
    /// A status that there is not.
    Status,
    /// Nobody has this user name.
    Person,
}

impl Wrong {
    /// The field beside which it is said.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Days(fault) => fault.field(),
            Self::Status => "status",
            Self::Person => "person",
        }
    }

    /// What is wrong, and the way out.
    pub(crate) fn words(self, frame: &Frame) -> String {
        match self {
            Self::Days(RangeFault::NoDate(_)) => frame.t("report-wrong-day"),
            Self::Days(RangeFault::ToBeforeFrom) => frame.t("report-wrong-order"),
            Self::Days(RangeFault::TooLong { days_max }) => frame.t1("report-wrong-length", "n", &days_max.to_string()),
            Self::Status => frame.t("wrong-choice"),
            Self::Person => frame.t("report-wrong-person"),
        }
    }
}

impl From<RangeFault> for Wrong {
    fn from(fault: RangeFault) -> Self {
        Self::Days(fault)
    }
}
