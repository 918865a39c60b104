//! Finding bills by a piece of their number.
//!
//! A rare text is looked up in the search index first and gives the few numbers that hold it. A common one is not worth
//! that: walking the bills meets them soon enough.

use crate::db::Conn;
use crate::error::StoreError;
use crate::search::{self, SIGNS_MIN};

/// Most numbers that a text may be found in to be looked up one by one.
const NUMBERS_MAX: i64 = 500;
/// Most entries of the search index, which holds bags too, that are looked at.
const FOUND_MAX: i64 = 2_000;
/// Most entries that wait for the index and are looked at.
const WAITING_MAX: i64 = 5_000;
/// Stands in no number.
const BETWEEN: &str = "\u{1f}";

/// What a text asks for.
pub(super) enum Text {
    /// These numbers alone, complete.
    Only(Vec<String>),
    /// Numbers of this pattern.
    Anywhere(String),
    /// Numbers that begin so.
    Beginning(String),
}

/// Where the numbers that begin so end.
pub(super) fn end_of(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

/// Looks for a text in the numbers of bills.
pub(super) async fn look_for(mut conn: Conn<'_>, wanted: &str) -> Result<Text, StoreError> {
    const BEGINNING: &str = "select count(*), string_agg(key, $3)
        from (select key from bills where key >= $1 and key < $2 order by key limit $4) s";
    // The index only knows patterns without `escape`; the second one is exact.
    const ANYWHERE: &str = "select count(*), string_agg(case when what = 'bill' then code end, $3)
        from (select code, what from code_search where code like $1 and code like $2 escape '\\' limit $4) s";
    const WAITING: &str =
        "select count(*), string_agg(case when what = 'bill' and code like $1 escape '\\' then code end, $2)
        from (select code, what from search_pending limit $3) s";
    let wanted = wanted.trim().to_uppercase();
    if longest_run(&wanted) < SIGNS_MIN {
        let end = end_of(&wanted);
        let (n, keys): (i64, Option<String>) = on!(conn, c => sqlx::query_as(BEGINNING)
            .bind(&wanted).bind(&end).bind(BETWEEN).bind(NUMBERS_MAX + 1).fetch_one(&mut **c).await?);
        return Ok(if n > NUMBERS_MAX { Text::Beginning(wanted) } else { Text::Only(numbers(keys)) });
    }
    let pattern = search::anywhere(&wanted);
    let wide = wide(&wanted);
    let (n, found): (i64, Option<String>) = on!(conn, c => sqlx::query_as(ANYWHERE)
        .bind(&wide).bind(&pattern).bind(BETWEEN).bind(FOUND_MAX + 1).fetch_one(&mut **c).await?);
    if n > FOUND_MAX {
        return Ok(Text::Anywhere(pattern));
    }
    let (n, waiting): (i64, Option<String>) = on!(conn, c => sqlx::query_as(WAITING)
        .bind(&pattern).bind(BETWEEN).bind(WAITING_MAX + 1).fetch_one(&mut **c).await?);
    let mut keys = numbers(found);
    keys.extend(numbers(waiting));
    keys.sort_unstable();
    keys.dedup();
    let is_common = n > WAITING_MAX || i64::try_from(keys.len()).unwrap_or(i64::MAX) > NUMBERS_MAX;
    Ok(if is_common { Text::Anywhere(pattern) } else { Text::Only(keys) })
}

fn numbers(joined: Option<String>) -> Vec<String> {
    joined.map(|keys| keys.split(BETWEEN).map(ToOwned::to_owned).collect()).unwrap_or_default()
}

/// The same pattern with every sign that patterns give a meaning to replaced by "any sign": wider, never narrower.
fn wide(wanted: &str) -> String {
    let plain: String = wanted.chars().map(|sign| if is_special(sign) { '_' } else { sign }).collect();
    format!("%{plain}%")
}

fn is_special(sign: char) -> bool {
    matches!(sign, '%' | '_' | '\\')
}

/// How many signs in a row the index can look for.
fn longest_run(text: &str) -> usize {
    text.split(is_special).map(|run| run.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_with_a_meaning_in_patterns_are_widened_and_end_a_run() {
        assert_eq!(wide("A_B%C\\D"), "%A_B_C_D%");
        assert_eq!((longest_run("A_BCD"), longest_run("A%B"), longest_run("")), (3, 1, 0));
    }
}
