//! Many rows as one text. SQLite hands each row to another thread and wakes it; for forty small rows that costs more
//! than finding and writing them.
//!
//! Invariant: a field is its length in characters, a colon and the field itself, or `-` where it is null, so it may
//! contain anything.

use crate::error::StoreError;

/// The columns of a row, in SQL, as one text.
#[macro_export]
macro_rules! packed {
    (@ $column:literal) => {
        concat!("coalesce(length(cast(", $column, " as text)) || ':' || ", $column, ", '-')")
    };
    ($first:literal $(, $column:literal)* $(,)?) => {
        concat!($crate::packed!(@ $first) $(, " || ", $crate::packed!(@ $column))*)
    };
}

/// A row of a list, which comes packed or by itself: the fields are the columns of the statement.
#[macro_export]
macro_rules! packed_row {
    ($visible:vis struct $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        #[derive(sqlx::FromRow)]
        $visible struct $name {
            $($field: $type),+
        }

        impl $crate::packed::Row for $name {
            const PACK: &'static str = concat!(
                "select coalesce(string_agg(''",
                $(" || coalesce(length(cast(x.", stringify!($field), " as text)) || ':' || x.", stringify!($field),
                    ", '-')",)+
                ", ''), '') from ("
            );

            fn read(fields: &mut $crate::packed::Fields<'_>) -> Result<Self, $crate::error::StoreError> {
                Ok(Self { $($field: $crate::packed::Field::read(fields)?),+ })
            }
        }
    };
}

/// Runs a [`Query`](crate::query::Query) and gives all its rows, packed on the way. Its own order and limit keep the
/// rows in order: without a limit, the database could ignore the order.
#[macro_export]
macro_rules! select_packed {
    ($conn:expr, $query:expr, $type:ty) => {{
        let mut query = $crate::query::Query::new(<$type as $crate::packed::Row>::PACK);
        query.append($query).push(") x");
        let texts = $crate::select_query!($conn, query, (String,));
        $crate::packed::rows::<$type>(&texts)?
    }};
}

/// What can come packed.
pub trait Row: Sized {
    /// A statement that packs the rows of the one that follows, which ends with `) x`.
    const PACK: &'static str;

    /// Reads one row.
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError>;
}

/// A column.
pub trait Field: Sized {
    /// Reads one field.
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError>;
}

impl Field for String {
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        fields.some_text().map(str::to_owned)
    }
}

impl Field for Option<String> {
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(fields.text()?.map(str::to_owned))
    }
}

impl Field for i64 {
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        fields.some_int()
    }
}

impl Field for Option<i64> {
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        fields.int()
    }
}

/// The statement that packs the rows of this one, which ends with an order and a limit.
pub fn around<T: Row>(text: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{}{text}) x", T::PACK))
}

/// Reads the rows of a packed answer, which is one text.
pub fn rows<T: Row>(texts: &[(String,)]) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    for (text,) in texts {
        let mut fields = Fields::of(text);
        while !fields.is_empty() {
            found.push(T::read(&mut fields)?);
        }
    }
    Ok(found)
}

/// Reads the fields of packed rows, one after another.
pub struct Fields<'t> {
    rest: &'t str,
}

impl<'t> Fields<'t> {
    /// Begins at the first field of a text.
    pub fn of(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// True when all fields were read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field, which may be null.
    pub fn text(&mut self) -> Result<Option<&'t str>, StoreError> {
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Ok(None);
        }
        let field = self.rest.split_once(':').and_then(|(characters, rest)| {
            let characters = characters.parse::<usize>().ok()?;
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(characters)?;
            rest.split_at_checked(ends)
        });
        let (field, rest) = field.ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(Some(field))
    }

    /// The next field, which is a number or null.
    pub fn int(&mut self) -> Result<Option<i64>, StoreError> {
        let Some(text) = self.text()? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| StoreError::Unreadable { what: "number", value: text.to_owned() })
    }

    /// The next field, which is never null.
    pub fn some_text(&mut self) -> Result<&'t str, StoreError> {
        self.text()?.ok_or_else(|| self.unreadable())
    }

    /// The next field, which is a number and never null.
    pub fn some_int(&mut self) -> Result<i64, StoreError> {
        self.int()?.ok_or_else(|| self.unreadable())
    }

    fn unreadable(&self) -> StoreError {
        StoreError::Unreadable { what: "packed row", value: self.rest.chars().take(80).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_hold_anything() {
        let mut fields = Fields::of("3:SB1-0:5:a:-\u{1f}é2:-7");
        assert_eq!(fields.text().expect("a field"), Some("SB1"));
        assert_eq!(fields.text().expect("null"), None);
        assert_eq!(fields.text().expect("an empty one"), Some(""));
        assert_eq!(fields.some_text().expect("a field"), "a:-\u{1f}é");
        assert_eq!(fields.int().expect("a number"), Some(-7));
        assert!(fields.is_empty());
    }

    #[test]
    fn what_is_cut_off_or_wrong_is_no_row() {
        for text in ["", "3:SB", "x:SB", "SB", "99999999999999999999:a"] {
            assert!(Fields::of(text).text().is_err(), "{text}");
        }
        assert!(Fields::of("-").some_text().is_err() && Fields::of("1:a").int().is_err());
    }

    #[test]
    fn columns_become_one_text() {
        let text = packed!("b.code", "b.area");
        let column = |name| format!("coalesce(length(cast({name} as text)) || ':' || {name}, '-')");
        assert_eq!(text, format!("{} || {}", column("b.code"), column("b.area")));
    }
}
