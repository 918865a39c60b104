//! The real differences between the three databases an ERP may be in. Everything else is one text.
//!
//! Invariant: every column of a result is text, made by the server: so one reader understands all three, and no type of
//! a server's own can surprise it.

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Microsoft SQL Server.
    SqlServer,
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// The placeholder of parameter number `n`, counted from 1.
    pub(crate) fn placeholder(self, n: usize) -> String {
        match self {
            Self::SqlServer => format!("@P{n}"),
            Self::Postgres => format!("${n}"),
            Self::Sqlite => format!("?{n}"),
        }
    }

    /// A name of a column that somebody wrote, quoted.
    pub(crate) fn quoted(self, name: &str) -> String {
        match self {
            Self::SqlServer => format!("[{}]", name.replace(']', "]]")),
            Self::Postgres | Self::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// An expression as text.
    pub(crate) fn text(self, expression: &str) -> String {
        match self {
            Self::SqlServer => format!("convert(nvarchar(4000), {expression})"),
            Self::Postgres | Self::Sqlite => format!("cast({expression} as text)"),
        }
    }

    /// A number as text: plain digits, whatever type it has. What is no number stays as it is and is refused by the
    /// reader.
    pub(crate) fn number(self, expression: &str) -> String {
        match self {
            Self::SqlServer => format!("convert(nvarchar(60), convert(decimal(30, 8), {expression}))"),
            Self::Postgres => format!("cast(cast({expression} as numeric) as text)"),
            Self::Sqlite => format!(
                "case when typeof({expression}) in ('integer', 'real') then printf('%.6f', {expression}) \
                 else cast({expression} as text) end"
            ),
        }
    }

    /// A day as text: year, month and day with hyphens.
    pub(crate) fn date(self, expression: &str) -> String {
        match self {
            Self::SqlServer => format!("convert(nvarchar(10), convert(date, {expression}), 23)"),
            Self::Postgres => format!("to_char(cast({expression} as date), 'YYYY-MM-DD')"),
            Self::Sqlite => format!("substr(cast({expression} as text), 1, 10)"),
        }
    }

    /// True where a column is a word, regardless of its case and of blanks at its end. SQL Server compares like that by
    /// itself unless the ERP's collation says otherwise, and can use an index for it.
    pub(crate) fn is_word(self, column: &str, word: &str) -> String {
        match self {
            Self::SqlServer => format!("{column} = N'{word}'"),
            Self::Postgres | Self::Sqlite => format!("lower(rtrim({column})) = '{}'", word.to_lowercase()),
        }
    }

    /// The number that a text consists of after its third character, or null: digits, with blanks around them.
    pub(crate) fn number_after_prefix(self, column: &str) -> String {
        let rest = format!("ltrim(rtrim(substring({column}, 4, 60)))");
        match self {
            Self::SqlServer => format!(
                "case when {rest} <> N'' and {rest} not like N'%[^0-9]%' and len({rest}) <= 18 \
                 then convert(bigint, {rest}) end"
            ),
            Self::Postgres => format!("case when {rest} ~ '^[0-9]{{1,18}}$' then cast({rest} as bigint) end"),
            Self::Sqlite => format!(
                "case when {rest} <> '' and {rest} not glob '*[^0-9]*' and length({rest}) <= 18 \
                 then cast({rest} as integer) end"
            ),
        }
    }

    /// What stands after `select` and at the end of a statement to have at most `rows_max` rows.
    pub(crate) fn limit(self, rows_max: usize) -> (String, String) {
        match self {
            Self::SqlServer => (format!("top ({rows_max}) "), String::new()),
            Self::Postgres | Self::Sqlite => (String::new(), format!("\nlimit {rows_max}")),
        }
    }

    /// A statement that names tables which this login could write to, a few of them; none where a connection can be
    /// opened in a way that cannot write at all.
    pub(crate) fn writable_tables(self) -> Option<&'static str> {
        match self {
            Self::SqlServer => Some(
                "select top (5) convert(nvarchar(300), schema_name(t.schema_id) + N'.' + t.name) from sys.tables t \
                 cross apply (select quotename(schema_name(t.schema_id)) + N'.' + quotename(t.name) as full_name) n \
                 where has_perms_by_name(n.full_name, N'OBJECT', N'INSERT') = 1 \
                 or has_perms_by_name(n.full_name, N'OBJECT', N'UPDATE') = 1 \
                 or has_perms_by_name(n.full_name, N'OBJECT', N'DELETE') = 1 \
                 order by 1",
            ),
            Self::Postgres => Some(
                "select cast(n.nspname as text) || '.' || cast(c.relname as text) from pg_class c \
                 join pg_namespace n on n.oid = c.relnamespace \
                 where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' \
                 and has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') \
                 order by 1 limit 5",
            ),
            Self::Sqlite => None,
        }
    }
}
