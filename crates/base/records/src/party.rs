//! Parties: whom goods go to or belong to, as other systems know them. A row stays when its system has it no more, because
//! a bill or an account may name it.
//!
//! Invariant: a party is known by its source and the key that it has there; its name may change.

use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::query::anywhere;
use base_db::{Conn, StoreError};

/// A party.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Party {
    /// Its number here.
    pub id: i64,
    /// Which system knows it.
    pub source: String,
    /// What stays the same there when the name changes.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Since when that system does not have it any more, in microseconds.
    pub gone_at: Option<i64>,
}

/// A party as its system has it now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// What stays the same there when the name changes.
    pub key: String,
    /// What it is called.
    pub name: String,
}

/// What became of the parties of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// New ones, those with another name, and those that came back.
    pub changed: u64,
    /// Those that the source does not have any more.
    pub gone: u64,
}

static PUT: Batch = Batch::rows(
    "with r (source, key, name, name_folded, seen_at) as (values ",
    5,
    ") insert into parties (source, key, name, name_folded, seen_at)
     select source, key, name, name_folded, seen_at from r where source is not null
     on conflict (source, key) do update set name = excluded.name, name_folded = excluded.name_folded,
        seen_at = excluded.seen_at, gone_at = null",
);

/// Keeps the parties of a source as it has them now. Those that it has no more are noted as gone; none is removed.
pub async fn keep(mut conn: Conn<'_>, source: &str, known: &[Known], now: Moment) -> Result<Kept, StoreError> {
    const GONE: &str = "update parties set gone_at = $2 where source = $1 and gone_at is null and seen_at < $2";
    const SEEN: &str = "update parties set seen_at = $2 where source = $1 and gone_at is null";
    let there = of_source(conn.reborrow(), source).await?;
    let same = |party: &&Known| {
        there.binary_search_by(|row| row.key.as_str().cmp(&party.key)).is_ok_and(|at| {
            let row = &there[at];
            row.gone_at.is_none() && row.name == party.name
        })
    };
    let is_there = |row: &Party| known.iter().any(|party| party.key == row.key);
    let gone = there.iter().filter(|row| row.gone_at.is_none() && !is_there(row)).count();
    let changed: Vec<&Known> = known.iter().filter(|party| !same(party)).collect();
    if changed.is_empty() && gone == 0 {
        execute!(conn, SEEN, source, now.0);
        return Ok(Kept::default());
    }
    let folded: Vec<(&Known, String)> = known.iter().map(|party| (party, party.name.to_lowercase())).collect();
    let _written = execute_rows!(conn, PUT, &folded, |row| [
        source => &str,
        row.0.key.as_str() => &str,
        row.0.name.as_str() => &str,
        row.1.as_str() => &str,
        now.0 => i64,
    ]);
    execute!(conn, GONE, source, now.0);
    Ok(Kept { changed: changed.len() as u64, gone: gone as u64 })
}

/// Every party of a source, by key, also those that it has no more.
pub async fn of_source(mut conn: Conn<'_>, source: &str) -> Result<Vec<Party>, StoreError> {
    const ALL: &str = "select id, source, key, name, gone_at from parties where source = $1 order by key";
    let mut all: Vec<Party> = on!(conn, c => sqlx::query_as(ALL).bind(source).fetch_all(&mut **c).await?);
    all.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(all)
}

/// The party with a number.
pub async fn find(mut conn: Conn<'_>, id: i64) -> Result<Option<Party>, StoreError> {
    const FIND: &str = "select id, source, key, name, gone_at from parties where id = $1";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?))
}

/// Up to `limit` parties that their system still has and whose name contains a text, by name.
pub async fn search(mut conn: Conn<'_>, text: &str, limit: u32) -> Result<Vec<Party>, StoreError> {
    const SEARCH: &str = "select id, source, key, name, gone_at from parties
        where gone_at is null and name_folded like $1 escape '\\' order by name_folded, id limit $2";
    let pattern = anywhere(&text.trim().to_lowercase());
    Ok(on!(conn, c => sqlx::query_as(SEARCH).bind(&pattern).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
