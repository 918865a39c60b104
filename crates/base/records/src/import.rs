//! Imports: how far each has come and what became of its rows. Written with the rows themselves, so that an import that
//! was cut off goes on exactly where it stood.
//!
//! Invariants: who carries an import on holds its lease; and whoever writes its progress has locked its row and found it
//! where they left it, so that even two who both believe to hold the lease never do a step twice.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::import::{ImportMode, ImportState};
use base_core::time::Moment;
use base_db::query::Query;
use base_db::{Conn, Db, StoreError};
use serde::{Deserialize, Serialize};

mod files;
mod lease;
mod outcomes;
mod rows;
mod taken_back;

pub use files::{FILE_PART_BYTES, forget_old_files, put_part, read_file, recall_mapping, remember_mapping};
pub use lease::{claim, claim_one, put_off, release};
pub use outcomes::{Checked, Counts, Example, Outcomes, Seen};
pub use rows::{Phase, RowNote, cells_text, forget_rows, put_rows, rows_after};
pub use taken_back::{Figures, TakenBack};

/// An import and how far it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// What the rows are: the name of their kind.
    pub kind: String,
    /// The file's name, for people.
    pub file_name: String,
    /// Who imports; `None` is the system.
    pub account_id: Option<AccountId>,
    /// Who started it, or had it taken back, last.
    pub acting_id: Option<AccountId>,
    /// The area that it is limited to.
    pub area: Option<Area>,
    /// Where it stands.
    pub state: ImportState,
    /// What happens when a row is refused.
    pub mode: ImportMode,
    /// True when its file is in the database.
    pub is_stored: bool,
    /// The size of the file, in bytes.
    pub file_bytes: i64,
    /// Which column is which, as whoever reads files has written it.
    pub mapping: String,
    /// Which sheet, from 0; `None` is all of them.
    pub sheet: Option<i64>,
    /// The walk through the file, from 1; one more than there are when all is done.
    pub round: i64,
    /// How many rows of this walk are done.
    pub rows_done: i64,
    /// How many rows the file has; 0 where that is not known yet.
    pub rows_total: i64,
    /// How far dry run or rollback have come.
    pub work_done: i64,
    /// Of how much.
    pub work_total: i64,
    /// What became of the rows so far.
    pub counts: Counts,
    /// What refused rows were refused for.
    pub outcomes: Outcomes,
    /// What the dry run found.
    pub checked: Option<Checked>,
    /// How far taking back has come.
    pub taken_back: Option<TakenBack>,
    /// The stable code of why it failed or rolled itself back.
    pub fault: Option<String>,
    /// The address it was asked from.
    pub address: String,
    /// The agent.
    pub agent: String,
    /// The request.
    pub request_id: String,
    /// When it came.
    pub started_at: Moment,
    /// When it was last written.
    pub updated_at: Moment,
    /// When it ended.
    pub finished_at: Option<Moment>,
}

impl Import {
    /// How many rows of all walks are done.
    pub fn rows_done_in_all(&self) -> i64 {
        (self.round - 1) * self.rows_total + self.rows_done
    }

    /// True when it has made something true.
    pub fn has_begun(&self) -> bool {
        self.round > 1 || self.rows_done > 0
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    file_name: String,
    account_id: Option<i64>,
    acting_id: Option<i64>,
    area: Option<String>,
    state: String,
    mode: String,
    stored: i64,
    file_bytes: i64,
    mapping: String,
    sheet: Option<i64>,
    round: i64,
    rows_done: i64,
    rows_total: i64,
    work_done: i64,
    work_total: i64,
    created: i64,
    linked: i64,
    known: i64,
    refused: i64,
    outcomes: String,
    checked: Option<String>,
    taken_back: Option<String>,
    fault: Option<String>,
    address: String,
    agent: String,
    request_id: String,
    started_at: i64,
    updated_at: i64,
    finished_at: Option<i64>,
}

fn json<T: for<'d> Deserialize<'d>>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable { what: "part of an import", value: text.into() })
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain numbers and texts")
}

impl Row {
    fn into_import(self) -> Result<Import, StoreError> {
        let unreadable = |what, value: &str| StoreError::Unreadable { what, value: value.into() };
        let (created, linked, known, refused) = (self.created, self.linked, self.known, self.refused);
        Ok(Import {
            kind: self.kind,
            state: ImportState::parse(&self.state).ok_or_else(|| unreadable("state of an import", &self.state))?,
            mode: ImportMode::parse(&self.mode).ok_or_else(|| unreadable("mode of an import", &self.mode))?,
            outcomes: json(&self.outcomes)?,
            checked: self.checked.as_deref().map(json).transpose()?,
            taken_back: self.taken_back.as_deref().map(json).transpose()?,
            counts: Counts { created, linked, known, refused },
            id: self.id,
            file_name: self.file_name,
            account_id: self.account_id,
            acting_id: self.acting_id,
            area: self.area.as_deref().map(Area::new),
            is_stored: self.stored == 1,
            file_bytes: self.file_bytes,
            mapping: self.mapping,
            sheet: self.sheet,
            round: self.round,
            rows_done: self.rows_done,
            rows_total: self.rows_total,
            work_done: self.work_done,
            work_total: self.work_total,
            fault: self.fault,
            address: self.address,
            agent: self.agent,
            request_id: self.request_id,
            started_at: Moment(self.started_at),
            updated_at: Moment(self.updated_at),
            finished_at: self.finished_at.map(Moment),
        })
    }
}

/// Makes an import known. False, and nothing written, when there is one with this id.
pub async fn create(mut conn: Conn<'_>, import: &Import) -> Result<bool, StoreError> {
    const CREATE: &str = "insert into imports (id, kind, file_name, account_id, area, state, mode, stored, file_bytes,
            mapping, sheet, round, rows_done, created, linked, known, refused, address, agent, request_id, started_at,
            updated_at, rows_total, acting_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, $13, $14, $15, $16, $16, $17, $4)
        on conflict (id) do nothing";
    let created = execute!(
        conn,
        CREATE,
        &import.id,
        &import.kind,
        &import.file_name,
        import.account_id,
        import.area.as_ref().map(Area::as_str),
        import.state.name(),
        import.mode.name(),
        i64::from(import.is_stored),
        import.file_bytes,
        &import.mapping,
        import.sheet,
        import.round,
        &import.address,
        &import.agent,
        &import.request_id,
        import.started_at.0,
        import.rows_total
    );
    Ok(created == 1)
}

/// An import.
pub async fn find(mut conn: Conn<'_>, id: &str) -> Result<Option<Import>, StoreError> {
    const FIND: &str = "select id, kind, file_name, account_id, acting_id, area, state, mode, stored, file_bytes, mapping,
            sheet, round, rows_done, rows_total, work_done, work_total, created, linked, known, refused, outcomes, checked,
            taken_back, fault, address, agent, request_id, started_at, updated_at, finished_at
        from imports where id = $1";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?);
    row.map(Row::into_import).transpose()
}

/// An import, its row locked until the transaction ends.
pub async fn lock(mut conn: Conn<'_>, id: &str) -> Result<Option<Import>, StoreError> {
    const LOCK: &str = "select 1 from imports where id = $1 for update";
    if let Conn::Postgres(c) = &mut conn {
        sqlx::query(LOCK).bind(id).execute(&mut **c).await?;
    }
    find(conn, id).await
}

/// Writes down where an import stands. The caller has locked its row.
pub async fn put(mut conn: Conn<'_>, import: &Import) -> Result<(), StoreError> {
    const PUT: &str = "update imports set state = $2, mode = $3, mapping = $4, sheet = $5, round = $6, rows_done = $7,
            rows_total = $8, work_done = $9, work_total = $10, created = $11, linked = $12, known = $13, refused = $14,
            outcomes = $15, checked = $16, taken_back = $17, fault = $18, address = $19, agent = $20, request_id = $21,
            updated_at = $22, finished_at = $23, acting_id = $24, stored = $25, file_bytes = $26
        where id = $1";
    execute!(
        conn,
        PUT,
        &import.id,
        import.state.name(),
        import.mode.name(),
        &import.mapping,
        import.sheet,
        import.round,
        import.rows_done,
        import.rows_total,
        import.work_done,
        import.work_total,
        import.counts.created,
        import.counts.linked,
        import.counts.known,
        import.counts.refused,
        text(&import.outcomes),
        import.checked.as_ref().map(text),
        import.taken_back.as_ref().map(text),
        import.fault.as_deref(),
        &import.address,
        &import.agent,
        &import.request_id,
        import.updated_at.0,
        import.finished_at.map(|at| at.0),
        import.acting_id,
        i64::from(import.is_stored),
        import.file_bytes
    );
    Ok(())
}

/// Which imports somebody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenBy {
    /// Those of this account alone.
    pub account: Option<AccountId>,
    /// Those of these kinds alone.
    pub kinds: Option<Vec<&'static str>>,
}

impl SeenBy {
    /// True for an import that is seen.
    pub fn sees(&self, import: &Import) -> bool {
        self.account.is_none_or(|account| import.account_id == Some(account))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&import.kind.as_str()))
    }
}

/// An import as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportLine {
    /// The import.
    pub import: Import,
    /// Who brought it.
    pub person: Option<String>,
}

/// Imports that somebody sees, newest first, from before a moment and an id.
pub async fn list(
    mut conn: Conn<'_>,
    seen: &SeenBy,
    before: Option<(Moment, &str)>,
    limit: u32,
) -> Result<Vec<ImportLine>, StoreError> {
    let (at, id) = before.unwrap_or((Moment(i64::MAX), ""));
    let mut query = Query::new("select id from imports");
    query.bind(" where (started_at, id) < (?, ?)", [at.0.into(), id.into()]);
    if let Some(account) = seen.account {
        query.bind(" and account_id = ?", [account.into()]);
    }
    if let Some(kinds) = &seen.kinds {
        query.push(" and kind in (''");
        for kind in kinds {
            query.bind(", ?", [(*kind).into()]);
        }
        query.push(")");
    }
    query.bind(" order by started_at desc, id desc limit ?", [i64::from(limit).into()]);
    let ids = select_query!(conn, query, (String,));
    let mut lines = Vec::with_capacity(ids.len());
    for (id,) in ids {
        if let Some(import) = find(conn.reborrow(), &id).await? {
            let person = person(conn.reborrow(), &import).await?;
            lines.push(ImportLine { import, person });
        }
    }
    Ok(lines)
}

/// How many imports that began since a moment have failed.
pub async fn failed_since(db: &Db, since: Moment) -> Result<i64, StoreError> {
    const FAILED: &str = "select count(*) from imports where state = 'failed' and started_at >= $1";
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    Ok(on!(conn, c => sqlx::query_scalar(FAILED).bind(since.0).fetch_one(&mut **c).await?))
}

/// The name of who imports.
pub async fn person(mut conn: Conn<'_>, import: &Import) -> Result<Option<String>, StoreError> {
    const PERSON: &str = "select called from accounts where id = $1";
    Ok(on!(conn, c => sqlx::query_scalar(PERSON).bind(import.account_id).fetch_optional(&mut **c).await?))
}
