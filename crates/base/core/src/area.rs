//! Dispatch areas, and the scope of what a person may see and touch.
//!
//! Invariant: scope fails closed. A person without an area sees nothing, never everything (U7).

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// The areas of the earlier system, in its order. A site's configuration may name others.
pub const AREAS_OF_SOURCE: &[&str] =
    &["lucknow", "indore", "jaipur", "hisar", "sri_ganganagar", "sangaria", "bathinda", "raipur", "ranchi", "akola"];

/// A dispatch area by its stored name, such as `sri_ganganagar`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Area(Arc<str>);

impl Area {
    /// Takes a stored or configured name unchanged.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The stored name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `sri_ganganagar` is "Sri Ganganagar".
    pub fn title(&self) -> String {
        let word = |word: &str| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        };
        self.0.split('_').map(word).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person may see and touch, by area. Part of every query's type, so that no query can forget it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every area, and things without one.
    All,
    /// One area only.
    Area(Area),
    /// Nothing: a dispatcher to whom no area was given yet.
    Nothing,
}

impl Scope {
    /// True when a thing of `area` lies in this scope.
    pub fn covers(&self, area: Option<&Area>) -> bool {
        match self {
            Self::All => true,
            Self::Area(own) => area == Some(own),
            Self::Nothing => false,
        }
    }

    /// The area of a person who works in one only. What they register or take over gets this area.
    pub fn own_area(&self) -> Option<&Area> {
        if let Self::Area(area) = self { Some(area) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_read_as_names() {
        assert_eq!(Area::new("sri_ganganagar").title(), "Sri Ganganagar");
        assert_eq!(Area::new("lucknow").title(), "Lucknow");
    }

    #[test]
    fn scope_fails_closed() {
        let lucknow = Area::new("lucknow");
        assert!(!Scope::Nothing.covers(Some(&lucknow)));
        assert!(!Scope::Nothing.covers(None));
        assert!(!Scope::Area(lucknow.clone()).covers(None));
        assert!(!Scope::Area(lucknow.clone()).covers(Some(&Area::new("indore"))));
        assert!(Scope::Area(lucknow.clone()).covers(Some(&lucknow)));
        assert!(Scope::All.covers(None));
    }
}
