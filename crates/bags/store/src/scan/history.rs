//! The newest scans: of one code, and of a scope.

use bags_rules::code::Code;
use base_core::area::Scope;
use base_db::{Conn, StoreError};

use super::line::{ScanLine, ScanRow};

macro_rules! newest {
    ($where:literal) => {
        concat!(
            scan_columns!(),
            " from (select * from scans where ",
            $where,
            " order by seq desc limit $1) s",
            scan_joins!(),
            "order by s.seq desc"
        )
    };
}

/// The history of one code, as child or as parent, in a scope, newest first: up to `limit` scans before `before`.
pub async fn of_code(
    mut conn: Conn<'_>,
    code: &Code,
    scope: &Scope,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ScanLine>, StoreError> {
    let area = match scope {
        Scope::Nothing => return Ok(Vec::new()),
        Scope::All => "",
        Scope::Area(area) => area.as_str(),
    };
    let before = before.unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    for text in [
        newest!("code = $2 and seq < $3 and ($4 = '' or area = $4)"),
        newest!("parent = $2 and seq < $3 and ($4 = '' or area = $4)"),
    ] {
        let rows: Vec<ScanRow> = on!(conn, c => sqlx::query_as(text)
            .bind(i64::from(limit)).bind(code.as_str()).bind(before).bind(area).fetch_all(&mut **c).await?);
        lines.extend(rows.into_iter().map(ScanRow::into_line).collect::<Result<Vec<_>, _>>()?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.seq));
    lines.dedup_by_key(|line| line.seq);
    lines.truncate(limit as usize);
    Ok(lines)
}

/// The newest scans of a scope.
pub async fn latest(mut conn: Conn<'_>, scope: &Scope, limit: u32) -> Result<Vec<ScanLine>, StoreError> {
    const EVERYWHERE: &str = newest!("1 = 1");
    const IN_AREA: &str = newest!("area = $2");
    let rows: Vec<ScanRow> = match scope {
        Scope::Nothing => Vec::new(),
        Scope::All => {
            on!(conn, c => sqlx::query_as(EVERYWHERE).bind(i64::from(limit)).fetch_all(&mut **c).await?)
        }
        Scope::Area(area) => on!(conn, c => sqlx::query_as(IN_AREA)
            .bind(i64::from(limit)).bind(area.as_str()).fetch_all(&mut **c).await?),
    };
    rows.into_iter().map(ScanRow::into_line).collect()
}
