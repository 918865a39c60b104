//! Search for any part of a code. Every code is in `code_tails` once for each place at which a part of it can begin:
//! `SB00017` as `SB00017`, `B00017`, `00017`, `0017` and `017`. So a part of a code is the beginning of a tail, and is
//! found in order, however many codes contain it.
//!
//! Writing the tails costs more than the scan itself. New codes wait in `search_pending` until a job takes them over; a
//! search looks in both, so nothing is missing meanwhile.

use base_db::batch::{Batch, ROWS_MAX};
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError};

/// Fewest characters that can be looked up in the tails; there are no shorter tails.
pub const CHARACTERS_MIN: usize = 3;

/// Sorts after every code.
pub(crate) const LAST: &str = "\u{10ffff}";

static OFFER: Batch = Batch::rows(
    "with r (what, code) as (values ",
    2,
    ") insert into search_pending (what, code) select what, code from r where code is not null
     on conflict (what, code) do update set code = excluded.code",
);
static TAKE: Batch = Batch::rows(
    "with r (what, tail, code) as (values ",
    3,
    ") insert into code_tails (what, tail, code) select what, tail, code from r where code is not null
     on conflict (what, tail, code) do nothing",
);
static TAKEN: Batch = Batch::rows(
    "with r (what, code) as (values ",
    2,
    ") delete from search_pending where (what, code) in (select what, code from r where code is not null)",
);
static FORGET: Batch = Batch::rows(
    "with r (what, tail, code) as (values ",
    3,
    ") delete from code_tails where (what, tail, code) in (select what, tail, code from r where code is not null)",
);

/// Collects new codes of one kind, `bag` or `bill`, for search.
pub fn gather<'c>(what: &'static str, codes: impl Iterator<Item = &'c str>, writes: &mut Writes<'c>) {
    writes.add(&OFFER, codes, |code| [what.into(), code.into()]);
}

/// Removes codes of bags and bills that were removed, whether they still wait or not.
pub async fn withdraw(mut conn: Conn<'_>, what: &'static str, codes: &[&str]) -> Result<(), StoreError> {
    // The waiting ones first: a job that takes them over at the same time has written their tails by then, or gives up.
    let _waited = execute_rows!(conn, TAKEN, codes, |code| [what => &str, *code => &str]);
    let rows: Vec<(String, &str)> = codes.iter().flat_map(|code| tails(code).map(move |tail| (tail, *code))).collect();
    let _known = execute_rows!(conn, FORGET, &rows, |row| [what => &str, row.0.as_str() => &str, row.1 => &str]);
    Ok(())
}

/// The tails of a code, in capitals, the whole code first.
fn tails(code: &str) -> impl Iterator<Item = String> {
    let characters = code.chars().count();
    (0..(characters + 1).saturating_sub(CHARACTERS_MIN)).map(|from| tail(code, from))
}

/// A code without its first `from` characters, in capitals.
pub fn tail(code: &str, from: usize) -> String {
    code.chars().skip(from).map(|character| character.to_ascii_uppercase()).collect()
}

/// Takes over up to `limit` waiting codes and returns how many there were. Zero: none are waiting.
pub async fn take_over(db: &Db, limit: u32) -> Result<usize, StoreError> {
    const WAITING: &str = "select what, code from search_pending order by what, code limit $1";
    // Read before the writer is taken, so that an idle site never waits for it.
    let limit = i64::from(limit).min(i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    let mut reader = db.read().await?;
    let waiting: Vec<(String, String)> =
        on!(reader.conn(), c => sqlx::query_as(WAITING).bind(limit).fetch_all(&mut **c).await?);
    drop(reader);
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut rows: Vec<(&str, String, &str)> =
        waiting.iter().flat_map(|(what, code)| tails(code).map(move |tail| (&**what, tail, &**code))).collect();
    // In the order in which they are stored, so that each page of the table is touched once.
    rows.sort_unstable();
    let mut tx = db.write().await?;
    let taken = execute_rows!(tx.conn(), TAKEN, &waiting, |row| [row.0.as_str() => &str, row.1.as_str() => &str]);
    if taken != waiting.len() as u64 {
        // Another node is taking over the same ones and does the work; or one was removed meanwhile.
        tx.rollback().await?;
        return Ok(waiting.len());
    }
    let _known = execute_rows!(tx.conn(), TAKE, &rows, |row| [row.0 => &str, row.1.as_str() => &str, row.2 => &str]);
    tx.commit().await?;
    Ok(waiting.len())
}

/// How many codes wait to be taken over.
pub async fn waiting(db: &Db) -> Result<i64, StoreError> {
    const WAITING: &str = "select count(*) from search_pending";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(WAITING).fetch_one(&mut **c).await?))
}

/// A text that sorts after all texts with this beginning.
pub fn end_of(beginning: &str) -> String {
    format!("{beginning}{LAST}")
}

/// A text that sorts before all texts with this beginning, and after every text that sorts before those.
pub fn before(beginning: &str) -> String {
    let mut characters = beginning.chars();
    let last = characters.next_back().and_then(|character| ('\0'..character).next_back());
    let ahead = characters.as_str();
    last.map_or_else(|| ahead.to_owned(), |last| format!("{ahead}{last}{LAST}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_each_of_its_places() {
        assert_eq!(tails("sb017").collect::<Vec<_>>(), ["SB017", "B017", "017"]);
        assert_eq!((tails("").count(), tails("ab").count(), tails("abc").count()), (0, 0, 1));
        assert_eq!(tails("ÄÖ\u{1f600}x").collect::<Vec<_>>(), ["ÄÖ\u{1f600}X", "Ö\u{1f600}X"]);
    }

    #[test]
    fn texts_with_a_beginning_sort_between_its_bounds() {
        for (text, inside) in
            [("B01", ["B01", "B019", "B01\u{fffd}"]), ("\u{e000}", ["\u{e000}", "\u{e000}0", "\u{e000}Z"])]
        {
            assert!(inside.iter().all(|inside| *inside > &*before(text) && *inside < &*end_of(text)), "{text:?}");
        }
        assert!("B00ZZZ" < &*before("B01") && "B02" > &*end_of("B01"));
    }
}
