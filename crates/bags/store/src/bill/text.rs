//! Finding bills by a part of their number.
//!
//! A rare text is looked up among the tails first, which gives the few numbers that contain it. A common text needs no
//! such look-up: a walk along the bills soon finds enough of them.

use base_db::{Conn, StoreError};

use crate::search;
use crate::search::CHARACTERS_MIN;

/// Most numbers that a text may be found in to be looked up one by one.
const NUMBERS_MAX: i64 = 500;
/// Most numbers without tails yet that are looked at.
const WAITING_MAX: i64 = 5_000;
/// A character that no number contains.
const BETWEEN: &str = "\u{1f}";

/// What a text asks for.
pub(super) enum Text {
    /// These numbers alone, complete.
    Only(Vec<String>),
    /// Numbers of this pattern.
    Anywhere(String),
    /// Numbers with this beginning.
    Beginning(String),
}

/// Looks for a text in the numbers of bills.
pub(super) async fn look_for(mut conn: Conn<'_>, wanted: &str) -> Result<Text, StoreError> {
    const BEGINNING: &str = "select count(*), string_agg(key, $3)
        from (select key from bills where key > $1 and key < $2 order by key limit $4) s";
    const ANYWHERE: &str = "select count(*), string_agg(code, $3)
        from (select code from code_tails where what = 'bill' and tail > $1 and tail < $2 order by tail limit $4) s";
    const WAITING: &str = "select count(*), string_agg(case when code like $1 escape '\\' then code end, $2)
        from (select code from search_pending where what = 'bill' limit $3) s";
    let wanted = wanted.trim().to_uppercase();
    let is_beginning = wanted.chars().count() < CHARACTERS_MIN;
    let (first, last) = (search::before(&wanted), search::end_of(&wanted));
    let (n, found): (i64, Option<String>) = on!(conn, c => sqlx::query_as(if is_beginning { BEGINNING } else { ANYWHERE })
            .bind(first).bind(last).bind(BETWEEN).bind(NUMBERS_MAX + 1).fetch_one(&mut **c).await?);
    let mut keys = numbers(found);
    if is_beginning {
        return Ok(if n > NUMBERS_MAX { Text::Beginning(wanted) } else { Text::Only(keys) });
    }
    let pattern = base_db::query::anywhere(&wanted);
    if n > NUMBERS_MAX {
        return Ok(Text::Anywhere(pattern));
    }
    let (n, waiting): (i64, Option<String>) = on!(conn, c => sqlx::query_as(WAITING)
        .bind(&pattern).bind(BETWEEN).bind(WAITING_MAX + 1).fetch_one(&mut **c).await?);
    keys.extend(numbers(waiting));
    // A number that contains the text twice was found twice.
    keys.sort_unstable();
    keys.dedup();
    let is_common = n > WAITING_MAX || i64::try_from(keys.len()).unwrap_or(i64::MAX) > NUMBERS_MAX;
    Ok(if is_common { Text::Anywhere(pattern) } else { Text::Only(keys) })
}

fn numbers(joined: Option<String>) -> Vec<String> {
    joined.map(|keys| keys.split(BETWEEN).map(ToOwned::to_owned).collect()).unwrap_or_default()
}
