//! The numbers and labels that a site may set; the rules themselves are in `decide`.

use base_core::time::HOUR_US;

use crate::code::Labels;

/// A site's settings for bag work.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The parent labels in use (B1).
    pub labels: Labels,
    /// Most children in one parent (P1).
    pub capacity: u32,
    /// How old a link may be to be undone without naming it, in microseconds (X1).
    pub undo_age_us_max: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { labels: Labels::of_source(), capacity: 30, undo_age_us_max: HOUR_US }
    }
}
