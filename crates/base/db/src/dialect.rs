//! The real differences between the two databases. Everything else is one text.

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The built-in one.
    Sqlite,
    /// The one for several nodes.
    Postgres,
}

impl Dialect {
    /// The placeholder of parameter number `n`, counted from 1.
    ///
    /// SQLite understands `$1` too, but looks every such name up in a list for each value that is bound; with a
    /// thousand parameters that is most of the time spent. Batches, which have that many, use the nameless form.
    pub fn write_placeholder(self, text: &mut String, n: usize) {
        match self {
            Self::Sqlite => text.push('?'),
            Self::Postgres => {
                text.push('$');
                text.push_str(&n.to_string());
            }
        }
    }

    /// The condition for the newest or oldest rows of one owner among many: `$owner = ?` with bounds, in the form for
    /// which this database uses the index by owner. PostgreSQL gets no `=`, so that the owner stays part of the order:
    /// otherwise it would read everybody's rows from the newest down and skip those of others, which may be years of
    /// rows. SQLite is told which index to use, and uses only its first column where two columns are compared as one.
    pub fn of_owner(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self == Self::Sqlite { sqlite } else { postgres }
    }

    /// True when `select … for update` locks rows until the transaction ends. SQLite has one writer and needs none.
    pub fn locks_rows(self) -> bool {
        self == Self::Postgres
    }
}
