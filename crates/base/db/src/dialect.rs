//! The true differences between the two databases. Everything else is one text.

/// Which database speaks.
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

    /// What is newest, or oldest, of one owner among many: `$owner = ?` with bounds, each as this database goes straight to
    /// the index of owners. PostgreSQL gets no `=`, so that the owner stays a part of the order: it would else take
    /// everybody's from the newest down and leave out those of others, of which there may be years. SQLite, which is told
    /// its index, looks no further than the first column where two are compared as one.
    pub fn of_owner(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self == Self::Sqlite { sqlite } else { postgres }
    }

    /// True when `select … for update` locks rows until the transaction ends. SQLite has one writer and needs none.
    pub fn locks_rows(self) -> bool {
        self == Self::Postgres
    }
}
