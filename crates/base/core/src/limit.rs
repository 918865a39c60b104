//! How often something may fail before there is a pause.

/// Failures, and the pause after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Failures within [`Limit::window_us`] after which there is a pause.
    pub failures_max: i64,
    /// Failures older than this are forgotten, in microseconds.
    pub window_us: i64,
    /// How long the pause lasts, in microseconds.
    pub pause_us: i64,
    /// True if each further pause is twice as long as the one before, up to [`Limit::GROWTH_MAX`] times the first.
    pub grows: bool,
}

impl Limit {
    /// How many times as long as the first pause the longest one is.
    pub const GROWTH_MAX: i64 = 16;
}
