//! Statements whose filters differ from call to call, put together from fixed fragments.
//!
//! Invariant: only `&'static str` fragments become text; every value is bound. So nothing that a person typed can become
//! part of a statement, and the number of different texts is that of the combinations of fragments.

use crate::dialect::Dialect;

/// A value to bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

/// A statement under construction. Each `?` of a fragment is a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    text: String,
    values: Vec<Value>,
}

impl Query {
    /// Begins with a fragment without values.
    pub fn new(fragment: &'static str) -> Self {
        let mut query = Self::default();
        query.push(fragment);
        query
    }

    /// Adds a fragment without values.
    pub fn push(&mut self, fragment: &'static str) -> &mut Self {
        debug_assert!(!fragment.contains('?'), "{fragment} wants values");
        self.text.push_str(fragment);
        self
    }

    /// Adds a fragment with as many values as it has `?`.
    pub fn bind<const N: usize>(&mut self, fragment: &'static str, values: [Value; N]) -> &mut Self {
        debug_assert_eq!(fragment.matches('?').count(), N, "{fragment}");
        let mut values = values.into_iter();
        for (n, part) in fragment.split('?').enumerate() {
            if n > 0 {
                self.values.extend(values.next());
                self.text.push('$');
                self.text.push_str(&self.values.len().to_string());
            }
            self.text.push_str(part);
        }
        self
    }

    /// Adds another statement, with its values renumbered.
    pub fn append(&mut self, other: Self) -> &mut Self {
        let before = self.values.len();
        for (at, part) in other.text.split('$').enumerate() {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let number = if at == 0 { None } else { part[..digits].parse::<usize>().ok() };
            match number {
                Some(number) => {
                    self.text.push('$');
                    self.text.push_str(&(before + number).to_string());
                    self.text.push_str(&part[digits..]);
                }
                None => self.text.push_str(part),
            }
        }
        self.values.extend(other.values);
        self
    }

    /// Adds a fragment for SQLite alone: which index to read. It plans without statistics, and may sort a whole table
    /// where two indexes look alike to it.
    pub fn hint(&mut self, dialect: Dialect, fragment: &'static str) -> &mut Self {
        if dialect == Dialect::Sqlite { self.push(fragment) } else { self }
    }

    /// The statement so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its values, in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

/// The pattern that finds `text` anywhere, for `like … escape '\'`.
pub fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Runs a [`Query`] and gives all its rows.
#[macro_export]
macro_rules! select_query {
    ($conn:expr, $query:expr, $type:ty) => {{
        let built: &$crate::query::Query = &$query;
        let rows: Vec<$type> = $crate::on!($conn, c => {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(built.text().to_owned()));
            for value in built.values() {
                query = match value {
                    $crate::query::Value::Text(text) => query.bind(text.clone()),
                    $crate::query::Value::Int(int) => query.bind(*int),
                };
            }
            query.fetch_all(&mut **c).await?
        });
        rows
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_inside_another_has_its_values_renumbered() {
        let mut inner = Query::new("select code from bags where placed = 1");
        inner.bind(" and area = ? and kind = ?", ["lucknow".into(), "child".into()]);
        let mut query = Query::default();
        query.bind("select ? from (", [1_i64.into()]).append(inner).bind(") x limit ?", [2_i64.into()]);
        let text = "select $1 from (select code from bags where placed = 1 and area = $2 and kind = $3) x limit $4";
        assert_eq!(query.text(), text);
        let values = [Value::Int(1), Value::Text("lucknow".into()), Value::Text("child".into()), Value::Int(2)];
        assert_eq!(query.values(), values);
    }

    #[test]
    fn values_are_numbered_in_the_order_of_the_text() {
        let mut query = Query::new("select 1 from bags where kind = 'child'");
        query.bind(" and (created_at, code) < (?, ?)", [7_i64.into(), "KID1".into()]).push(" and placed = 1");
        query.bind(" limit ?", [20_i64.into()]);
        let text = "select 1 from bags where kind = 'child' and (created_at, code) < ($1, $2) and placed = 1 limit $3";
        assert_eq!(query.text(), text);
        assert_eq!(query.values(), [Value::Int(7), Value::Text("KID1".into()), Value::Int(20)]);
    }
}
