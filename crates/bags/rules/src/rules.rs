//! The numbers and labels that a site may set; the rules themselves are in `decide`.

use base_core::area::{AREAS_OF_SOURCE, Area};
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
    /// The dispatch areas of the site.
    pub areas: Vec<Area>,
}

impl Rules {
    /// The area that a person writes: by its stored name or as it is shown, `sri_ganganagar` or "Sri Ganganagar".
    pub fn area(&self, text: &str) -> Option<&Area> {
        let fold = |text: &str| text.to_lowercase().replace([' ', '_', '-'], "");
        let wanted = fold(text);
        self.areas.iter().find(|area| fold(area.as_str()) == wanted)
    }
}

impl Default for Rules {
    fn default() -> Self {
        let areas = AREAS_OF_SOURCE.iter().map(|name| Area::new(name)).collect();
        Self { labels: Labels::of_source(), capacity: 30, undo_age_us_max: HOUR_US, areas }
    }
}
