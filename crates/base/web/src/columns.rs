//! What a wing declares of its lists: where each is, and the columns that it has.

/// A list as its wing declares it.
#[derive(Debug)]
pub struct ListKind {
    /// The id of its table, and the name under which choices about it are kept.
    pub id: &'static str,
    /// The address of its page.
    pub path: &'static str,
    /// The key of its title.
    pub title: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

/// A column as it is declared.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// The key of its head.
    pub head: &'static str,
    /// True for figures, which stand at the right.
    pub is_number: bool,
    /// Whether it is there.
    pub shown: Shown,
}

/// Whether a column is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always: it says what the row is.
    Always,
    /// Until a person puts it away.
    AtFirst,
    /// Once a person takes it in.
    OnDemand,
    /// Always, with a head for screen readers only: it holds buttons.
    Acts,
}

impl Column {
    /// A column that is there until a person puts it away.
    pub const fn new(name: &'static str, head: &'static str) -> Self {
        Self { name, head, is_number: false, shown: Shown::AtFirst }
    }

    /// The column that says what the row is.
    pub const fn key(name: &'static str, head: &'static str) -> Self {
        Self { shown: Shown::Always, ..Self::new(name, head) }
    }

    /// A column of figures.
    pub const fn number(name: &'static str, head: &'static str) -> Self {
        Self { is_number: true, ..Self::new(name, head) }
    }

    /// The same, but not there until a person takes it in.
    #[must_use]
    pub const fn on_demand(self) -> Self {
        Self { shown: Shown::OnDemand, ..self }
    }

    /// A column of buttons.
    pub const fn acts(name: &'static str, head: &'static str) -> Self {
        Self { shown: Shown::Acts, ..Self::new(name, head) }
    }

    /// True for a column of buttons.
    pub fn is_acts(&self) -> bool {
        self.shown == Shown::Acts
    }

    /// True for a column that a person may put away.
    pub fn is_optional(&self) -> bool {
        matches!(self.shown, Shown::AtFirst | Shown::OnDemand)
    }
}
