//! Where a page of bags begins.

use std::fmt;

use bags_rules::code::Code;

/// Which part of a list a page goes on in. A search looks last at codes that are not in the index yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Only,
    Tails,
    Waiting,
}

/// Where a page begins: after this bag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(super) part: Part,
    pub(super) n: i64,
    pub(super) code: Code,
}

impl Cursor {
    pub(super) fn behind(n: i64, code: &Code) -> Self {
        Self { part: Part::Only, n, code: code.clone() }
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, rest) = text.split_once('.')?;
        let (n, code) = rest.split_once('.')?;
        let part = match part {
            "l" => Part::Only,
            "t" => Part::Tails,
            "w" => Part::Waiting,
            _ => return None,
        };
        let sound = code.len() <= 1_000 && !code.chars().any(char::is_control);
        sound.then_some(Self { part, n: n.parse().ok()?, code: Code::stored(code) })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Only => 'l',
            Part::Tails => 't',
            Part::Waiting => 'w',
        };
        write!(f, "{part}.{}.{}", self.n, self.code)
    }
}
