//! What a wing declares of its lists: where each is, and the columns that it has.

/// A list as its wing declares it.
#[derive(Debug)]
pub struct ListKind {
    /// The id of its table, and the name under which choices about it are kept.
    pub id: &'static str,
    /// The address of its page. Where there are many of its kind, `{}` stands for the part that differs.
    pub path: &'static str,
    /// The key of its title.
    pub title: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

impl ListKind {
    /// True for the address of a list of this kind.
    pub fn is_at(&self, address: &str) -> bool {
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte))
        };
        let (mut parts, mut given) = (self.path.split('/'), address.split('/'));
        loop {
            match (parts.next(), given.next()) {
                (None, None) => return true,
                (Some("{}"), Some(part)) if is_part(part) => {}
                (Some(part), Some(given)) if part == given => {}
                _ => return false,
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_many_of_its_kind_is_at_the_addresses_that_differ_in_one_part() {
        let of = |path| ListKind { id: "lamps", path, title: "lamps", columns: &[] };
        let many = of("/rooms/{}/lamps");
        assert!(many.is_at("/rooms/7/lamps") && many.is_at("/rooms/A%2FB/lamps"));
        for other in [
            "/rooms/lamps",
            "/rooms//lamps",
            "/rooms/a/b/lamps",
            "/rooms/7",
            "//x.example/rooms/7/lamps",
            "/rooms/?/lamps",
        ] {
            assert!(!many.is_at(other), "{other}");
        }
        assert!(of("/lamps").is_at("/lamps") && !of("/lamps").is_at("/lamps/7"));
    }
}
