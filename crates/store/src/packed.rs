//! Many rows as one text. SQLite hands each row over to another thread and wakes it; forty small rows cost more on that
//! way than finding and writing them does.
//!
//! Invariant: a field is its length in signs, a colon and itself, or `-` where it is null, so it may hold anything.

use crate::error::StoreError;

/// The columns of a row, in SQL, as one text.
macro_rules! packed {
    (@ $column:literal) => {
        concat!("coalesce(length(cast(", $column, " as text)) || ':' || ", $column, ", '-')")
    };
    ($first:literal $(, $column:literal)* $(,)?) => {
        concat!(packed!(@ $first) $(, " || ", packed!(@ $column))*)
    };
}

/// Reads the fields of packed rows, one after another.
pub(crate) struct Fields<'t> {
    rest: &'t str,
}

impl<'t> Fields<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { rest: text }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field, which may be null.
    pub fn text(&mut self) -> Result<Option<&'t str>, StoreError> {
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Ok(None);
        }
        let field = self.rest.split_once(':').and_then(|(signs, rest)| {
            let signs = signs.parse::<usize>().ok()?;
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(signs)?;
            rest.split_at_checked(ends)
        });
        let (field, rest) = field.ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(Some(field))
    }

    /// The next field, which is a number or null.
    pub fn whole(&mut self) -> Result<Option<i64>, StoreError> {
        let Some(text) = self.text()? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| StoreError::Unreadable { what: "number", value: text.to_owned() })
    }

    /// The next field, which is never null.
    pub fn some_text(&mut self) -> Result<&'t str, StoreError> {
        self.text()?.ok_or_else(|| self.unreadable())
    }

    /// The next field, which is a number and never null.
    pub fn some_whole(&mut self) -> Result<i64, StoreError> {
        self.whole()?.ok_or_else(|| self.unreadable())
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
        assert_eq!(fields.whole().expect("a number"), Some(-7));
        assert!(fields.is_empty());
    }

    #[test]
    fn what_is_cut_off_or_wrong_is_no_row() {
        for text in ["", "3:SB", "x:SB", "SB", "99999999999999999999:a"] {
            assert!(Fields::of(text).text().is_err(), "{text}");
        }
        assert!(Fields::of("-").some_text().is_err() && Fields::of("1:a").whole().is_err());
    }

    #[test]
    fn columns_become_one_text() {
        let text = packed!("b.code", "b.area");
        let column = |name| format!("coalesce(length(cast({name} as text)) || ':' || {name}, '-')");
        assert_eq!(text, format!("{} || {}", column("b.code"), column("b.area")));
    }
}
