//! The files of imports, in the database so that any node can go on with them, and how people read their columns.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// Largest part of a file, in bytes: no transaction holds the writer for long.
pub const FILE_PART_BYTES: usize = 1 << 20;

/// Keeps a part of a file.
pub async fn put_part(
    mut conn: Conn<'_>,
    import_id: &str,
    part: i64,
    content: &[u8],
    at: Moment,
) -> Result<(), StoreError> {
    const PUT: &str = "insert into import_files (import_id, part, at, content) values ($1, $2, $3, $4)";
    execute!(conn, PUT, import_id, part, at.0, content);
    Ok(())
}

/// A whole file; `None` when it is not here any more.
pub async fn read_file(db: &Db, import_id: &str, bytes: i64) -> Result<Option<Vec<u8>>, StoreError> {
    const PART: &str = "select content from import_files where import_id = $1 and part = $2";
    let wanted = usize::try_from(bytes).unwrap_or_default();
    let mut content = Vec::with_capacity(wanted);
    let mut part = 0_i64;
    while content.len() < wanted {
        let mut reader = db.read().await?;
        let more: Option<Vec<u8>> = on!(reader.conn(), c => sqlx::query_scalar(PART)
            .bind(import_id).bind(part).fetch_optional(&mut **c).await?);
        let Some(more) = more else { return Ok(None) };
        content.extend_from_slice(&more);
        part += 1;
    }
    Ok(Some(content))
}

/// Removes up to `limit` parts of files that came before a moment and that nobody works on. Zero: none is left.
pub async fn forget_old_files(db: &Db, before: Moment, limit: u32) -> Result<u64, StoreError> {
    const OLD: &str = "select import_id, part from import_files where at < $1
            and not exists (select 1 from imports i where i.id = import_id and i.state in ('checking', 'running'))
        order by at limit $2";
    const FORGET: &str = "delete from import_files where import_id = $1 and part = $2";
    const GONE: &str = "update imports set stored = 0 where id = $1";
    let mut reader = db.read().await?;
    let old: Vec<(String, i64)> = on!(reader.conn(), c => sqlx::query_as(OLD)
        .bind(before.0).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    drop(reader);
    for (id, part) in &old {
        let mut tx = db.write().await?;
        execute!(tx.conn(), GONE, id);
        execute!(tx.conn(), FORGET, id, part);
        tx.commit().await?;
    }
    Ok(old.len() as u64)
}

/// Remembers which column was which, for the next file of this kind and person.
pub async fn remember_mapping(
    mut conn: Conn<'_>,
    account: AccountId,
    kind: &str,
    mapping: &str,
) -> Result<(), StoreError> {
    const REMEMBER: &str = "insert into import_mappings (account_id, kind, mapping) values ($1, $2, $3)
        on conflict (account_id, kind) do update set mapping = excluded.mapping";
    execute!(conn, REMEMBER, account, kind, mapping);
    Ok(())
}

/// Which column was which the last time.
pub async fn recall_mapping(mut conn: Conn<'_>, account: AccountId, kind: &str) -> Result<Option<String>, StoreError> {
    const RECALL: &str = "select mapping from import_mappings where account_id = $1 and kind = $2";
    Ok(on!(conn, c => sqlx::query_scalar(RECALL).bind(account).bind(kind).fetch_optional(&mut **c).await?))
}
