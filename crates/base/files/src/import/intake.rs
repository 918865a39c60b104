//! What people do with an import: bring a file, say what its columns are, start, stop and take back. Each is one small
//! transaction; the work itself is the runner's.
//!
//! Invariant: nothing of a file is kept that cannot be read to its end.

mod fault;
mod preview;

use std::collections::BTreeMap;
use std::sync::Arc;

use base_core::audit::{Entry, Origin};
use base_core::file::FileKind;
use base_core::import::{ImportMode, ImportState};
use base_core::text::{as_shown, readable};
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use base_records::audit::Record;
use base_records::import::{Counts, FILE_PART_BYTES, Import, Outcomes};
use base_records::{audit, import};
use base_sheet::SheetFault;
use base_sheet::read::{Book, Stop};
pub use fault::IntakeError;
pub use preview::{Look, Preview, ROWS_SHOWN, SheetShown, preview};

use super::error::ImportError;
use super::find::{likely_sheet, settle_header, sheet_named};
use super::mapping::{Mapping, TableFault};
use super::table::Table;

/// Longest name that is kept, in characters. Of a longer one its beginning and its end are kept.
const NAME_CHARS_MAX: usize = 100;
/// So many characters of a long name are its end.
const NAME_END_CHARS: usize = 20;

/// What files are read with.
#[derive(Clone, Copy)]
pub struct Reading<'r> {
    /// Where everything is kept.
    pub db: &'r Db,
    /// Ends every reading when the program ends.
    pub stop: &'r Stop,
}

impl Reading<'_> {
    /// Reads on a thread of its own, which ends with whoever waits for it.
    async fn run<T, E>(self, read: impl FnOnce(Stop) -> Result<T, E> + Send + 'static) -> Result<T, IntakeError>
    where
        T: Send + 'static,
        E: Send + 'static,
        IntakeError: From<E>,
    {
        let stop = self.stop.of_one();
        let _asks = stop.ask_when_dropped();
        let read = tokio::task::spawn_blocking(move || read(stop)).await;
        Ok(read.map_err(|error| IntakeError::Broken(ImportError::Reader(error)))??)
    }

    /// Opens the file of an import, and reads it.
    async fn of_stored<T, E>(
        self,
        import: &Import,
        read: impl FnOnce(Book) -> Result<T, E> + Send + 'static,
    ) -> Result<T, IntakeError>
    where
        T: Send + 'static,
        E: From<SheetFault> + Send + 'static,
        IntakeError: From<E>,
    {
        let content = import::read_file(self.db, &import.id, import.file_bytes).await?.ok_or(IntakeError::FileGone)?;
        self.run(move |stop| read(Book::of_bytes_until(content, stop)?)).await
    }
}

/// A file that somebody brings.
pub struct NewFile {
    /// The id that its import shall have; never used before.
    pub id: String,
    /// What its rows are.
    pub kind: &'static FileKind,
    /// Its name as it was sent.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
    /// Which heading is which column, where that was said; guessed and remembered otherwise.
    pub headings: BTreeMap<String, String>,
    /// How it is to be read beside that; its columns are not looked at.
    pub read_as: Mapping,
    /// True when nobody will be asked about columns: a file whose columns are in doubt is refused, and the dry run begins.
    pub is_final: bool,
}

/// Keeps files that can be read, and gives their imports, which wait for their columns to be confirmed. When one cannot be
/// read, none is kept.
pub async fn accept(
    reading: Reading<'_>,
    files: Vec<NewFile>,
    origin: &Origin,
    now: Moment,
) -> Result<Vec<Import>, IntakeError> {
    let db = reading.db;
    let several = files.len() > 1;
    let mut looked_at = Vec::with_capacity(files.len());
    for file in files {
        let name = readable(&file.name, NAME_CHARS_MAX);
        let of_one = |error| match error {
            error @ IntakeError::File(_) if several => IntakeError::In { file: name, error: Box::new(error) },
            error => error,
        };
        looked_at.push(look_at(reading, file, origin, now).await.map_err(of_one)?);
    }
    // The parts first, each by itself, so that nobody waits long for the writer; without its import nobody sees them.
    for (import, content) in &looked_at {
        for (part, bytes) in content.chunks(FILE_PART_BYTES).enumerate() {
            let mut tx = db.write().await?;
            import::put_part(tx.conn(), &import.id, i64::try_from(part).unwrap_or_default(), bytes, now).await?;
            tx.commit().await?;
        }
    }
    let imports: Vec<Import> = looked_at.into_iter().map(|(import, _)| import).collect();
    let mut tx = db.write().await?;
    for import in &imports {
        if !import::create(tx.conn(), import).await? {
            return Err(StoreError::Conflict.into());
        }
        let after = serde_json::json!({ "kind": import.kind, "file": import.file_name, "rows": import.rows_total });
        let entry = Entry::new("import_uploaded", "import", import.id.as_str()).with_after(&after);
        note(tx.conn(), entry, origin, now).await?;
    }
    tx.commit().await?;
    Ok(imports)
}

/// Looks a file through and gives the import that it is going to be.
async fn look_at(
    reading: Reading<'_>,
    file: NewFile,
    origin: &Origin,
    now: Moment,
) -> Result<(Import, Arc<[u8]>), IntakeError> {
    let name = plain_name(&file.name);
    let mut headings = file.headings;
    if let (Some(account), true) = (origin.actor, headings.is_empty()) {
        let mut conn = reading.db.read().await?;
        let remembered = import::recall_mapping(conn.conn(), account, file.kind.name).await?;
        headings = remembered.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    }
    let (kind, is_final, said, content) = (file.kind, file.is_final, file.read_as, file.content);
    let look = move |stop| {
        let content: Arc<[u8]> = content.into();
        let mut book = Book::of_bytes_until(content.clone(), stop)?;
        let sheet = match &said.sheet {
            Some(wanted) => sheet_named(&book, wanted)?,
            None => likely_sheet(&mut book, kind, &headings),
        };
        if said.header_row.is_some() || said.sheet.is_some() {
            settle_header(&mut book, sheet, kind, (&said, &headings))?;
        }
        let mapping = Mapping { columns: Mapping::of_headings(&headings, book.header(sheet)?).columns, ..said };
        let mapping = mapping.found_in(&book, sheet);
        let rows = if is_final {
            Table::open(book, kind, Some(sheet), &mapping)?.rows
        } else {
            i64::try_from(book.look_through(sheet)?.rows).unwrap_or(i64::MAX)
        };
        Ok::<_, TableFault>((content, sheet, rows, mapping))
    };
    let (content, sheet, rows, mapping) = reading.run(look).await?;
    let import = Import {
        id: file.id,
        kind: file.kind.name.to_owned(),
        file_name: name,
        account_id: origin.actor,
        acting_id: origin.actor,
        area: None,
        state: if is_final { ImportState::Checking } else { ImportState::Waiting },
        mode: ImportMode::SkipBad,
        is_stored: true,
        file_bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
        mapping: mapping.text(),
        sheet: i64::try_from(sheet).ok(),
        rows_total: rows,
        address: origin.address.clone(),
        agent: origin.agent.clone(),
        request_id: origin.request_id.clone(),
        ..blank(now)
    };
    Ok((import, content))
}

/// An import about which nothing is known yet.
pub fn blank(now: Moment) -> Import {
    Import {
        id: String::new(),
        kind: String::new(),
        file_name: String::new(),
        account_id: None,
        acting_id: None,
        area: None,
        state: ImportState::Running,
        mode: ImportMode::SkipBad,
        is_stored: false,
        file_bytes: 0,
        mapping: "{}".into(),
        sheet: None,
        round: 1,
        rows_done: 0,
        rows_total: 0,
        work_done: 0,
        work_total: 0,
        counts: Counts::default(),
        outcomes: Outcomes::default(),
        checked: None,
        taken_back: None,
        fault: None,
        address: String::new(),
        agent: String::new(),
        request_id: String::new(),
        started_at: now,
        updated_at: now,
        finished_at: None,
    }
}

/// The last part of a path, as it is shown: without control characters, with single blanks, and not too long. What a file
/// is, its content tells and not its name.
fn plain_name(name: &str) -> String {
    let name = as_shown(&readable(name.rsplit(['/', '\\']).next().unwrap_or_default(), usize::MAX));
    let length = name.chars().count();
    if name.trim_matches('.').is_empty() {
        return "file".into();
    }
    if length <= NAME_CHARS_MAX {
        return name;
    }
    let begin: String = name.chars().take(NAME_CHARS_MAX - NAME_END_CHARS - 1).collect();
    let end: String = name.chars().skip(length - NAME_END_CHARS).collect();
    format!("{begin}…{end}")
}

/// What a person has said about a file.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the rows of the file are.
    pub kind: &'static FileKind,
    /// The sheet, from 0; the most likely one where none is said.
    pub sheet: Option<usize>,
    /// Which column is which; names that are left out are guessed.
    pub mapping: Mapping,
}

/// Settles which column is which and has the dry run made.
pub async fn choose(
    reading: Reading<'_>,
    id: &str,
    choice: Choice,
    origin: &Origin,
    now: Moment,
) -> Result<Import, IntakeError> {
    let db = reading.db;
    let import = known(db, id).await?;
    let (kind, mut given) = (choice.kind, choice);
    let look = move |mut book: Book| {
        let place = given.sheet.unwrap_or_else(|| likely_sheet(&mut book, kind, &BTreeMap::new()));
        given.sheet = Some(place);
        settle_header(&mut book, place, kind, (&given.mapping, &BTreeMap::new()))?;
        given.mapping = given.mapping.found_in(&book, place);
        let headings = given.mapping.by_headings(book.header(place)?);
        let table = Table::open(book, kind, given.sheet, &given.mapping)?;
        Ok::<_, TableFault>((table.rows, headings, given))
    };
    let (rows_total, headings, choice) = reading.of_stored(&import, look).await?;
    let mut tx = db.write().await?;
    let mut import = import::lock(tx.conn(), id).await?.ok_or(IntakeError::Unknown)?;
    let may = matches!(import.state, ImportState::Waiting | ImportState::Checked | ImportState::Failed)
        || import.state == ImportState::Cancelled;
    if !may || import.has_begun() || import.taken_back.is_some() {
        return Err(IntakeError::WrongState(import.state));
    }
    import.state = ImportState::Checking;
    import.mapping = choice.mapping.text();
    import.sheet = choice.sheet.and_then(|sheet| i64::try_from(sheet).ok());
    (import.rows_total, import.checked, import.fault, import.finished_at) = (rows_total, None, None, None);
    (import.work_done, import.work_total) = (0, 0);
    act(&mut import, origin, now);
    import::put(tx.conn(), &import).await?;
    if let Some(account) = origin.actor {
        let text = serde_json::to_string(&headings).expect("names of columns");
        import::remember_mapping(tx.conn(), account, &import.kind, &text).await?;
    }
    tx.commit().await?;
    Ok(import)
}

async fn known(db: &Db, id: &str) -> Result<Import, IntakeError> {
    let mut reader = db.read().await?;
    import::find(reader.conn(), id).await?.ok_or(IntakeError::Unknown)
}

fn act(import: &mut Import, origin: &Origin, now: Moment) {
    import.acting_id = origin.actor;
    import.address.clone_from(&origin.address);
    import.agent.clone_from(&origin.agent);
    import.request_id.clone_from(&origin.request_id);
    import.updated_at = now;
}

async fn note(conn: Conn<'_>, entry: Entry, origin: &Origin, at: Moment) -> Result<(), StoreError> {
    audit::insert(conn, &[Record { at, entry, origin }]).await
}

/// Has the rows become true: after a dry run, or where a run was stopped.
pub async fn start(db: &Db, id: &str, mode: ImportMode, origin: &Origin, now: Moment) -> Result<Import, IntakeError> {
    let mut tx = db.write().await?;
    let mut import = import::lock(tx.conn(), id).await?.ok_or(IntakeError::Unknown)?;
    // One that was read to its end is done, so what was stopped or has failed has rows left.
    let goes_on = matches!(import.state, ImportState::Cancelled | ImportState::Failed)
        && import.has_begun()
        && import.taken_back.is_none();
    if import.state != ImportState::Checked && !goes_on {
        return Err(IntakeError::WrongState(import.state));
    }
    if !import.is_stored {
        return Err(IntakeError::FileGone);
    }
    if !goes_on {
        let refused = import.checked.as_ref().map_or(0, |checked| checked.counts.refused);
        if mode == ImportMode::AllOrNothing && refused > 0 {
            return Err(IntakeError::NotClean(refused));
        }
        import.mode = mode;
    }
    (import.state, import.fault, import.finished_at) = (ImportState::Running, None, None);
    act(&mut import, origin, now);
    import::put(tx.conn(), &import).await?;
    let after = serde_json::json!({ "kind": import.kind, "file": import.file_name, "mode": import.mode.name() });
    note(tx.conn(), Entry::new("import_started", "import", id).with_after(&after), origin, now).await?;
    tx.commit().await?;
    Ok(import)
}

/// Stops an import after the step that is under way. What became true stays, until it is taken back.
pub async fn cancel(db: &Db, id: &str, origin: &Origin, now: Moment) -> Result<Import, IntakeError> {
    let mut tx = db.write().await?;
    let mut import = import::lock(tx.conn(), id).await?.ok_or(IntakeError::Unknown)?;
    if !import.state.may_be_cancelled() {
        return Err(IntakeError::WrongState(import.state));
    }
    let before = serde_json::json!({ "state": import.state.name() });
    (import.state, import.finished_at, import.updated_at) = (ImportState::Cancelled, Some(now), now);
    import::put(tx.conn(), &import).await?;
    note(tx.conn(), Entry::new("import_cancelled", "import", id).with_before(&before), origin, now).await?;
    tx.commit().await?;
    Ok(import)
}

/// Has taken back what an import made, as far as it still is as it was made.
pub async fn roll_back(db: &Db, id: &str, origin: &Origin, now: Moment) -> Result<Import, IntakeError> {
    let mut tx = db.write().await?;
    let mut import = import::lock(tx.conn(), id).await?.ok_or(IntakeError::Unknown)?;
    if !import.state.may_be_rolled_back() || !import.has_begun() {
        return Err(IntakeError::WrongState(import.state));
    }
    // One that was stopped on the way back goes on where it stood.
    import.taken_back.get_or_insert_default();
    (import.work_done, import.work_total) = (0, import.counts.created + import.counts.linked);
    (import.state, import.finished_at) = (ImportState::RollingBack, None);
    act(&mut import, origin, now);
    import::put(tx.conn(), &import).await?;
    note(tx.conn(), Entry::new("import_rolling_back", "import", id), origin, now).await?;
    tx.commit().await?;
    Ok(import)
}

/// Makes the import of a file known that stays where it is, and begins it; or finds it where it was left. `id_of` gives
/// its id for the first, second, … attempt: one that was taken back is followed by another.
pub async fn begin_here(
    db: &Db,
    import: Import,
    id_of: &(dyn Fn(u32) -> String + Sync),
    origin: &Origin,
    now: Moment,
) -> Result<Import, IntakeError> {
    for attempt in 0.. {
        let id = id_of(attempt);
        let mut tx = db.write().await?;
        let Some(mut found) = import::lock(tx.conn(), &id).await? else {
            let import = Import { id, state: ImportState::Running, is_stored: false, ..import };
            import::create(tx.conn(), &import).await?;
            let after = serde_json::json!({
                "kind": import.kind, "file": import.file_name, "mode": import.mode.name(),
            });
            let entry = Entry::new("import_started", "import", import.id.as_str()).with_after(&after);
            note(tx.conn(), entry, origin, now).await?;
            tx.commit().await?;
            return Ok(import);
        };
        if found.state == ImportState::RollingBack {
            return Err(IntakeError::WrongState(found.state));
        }
        if found.taken_back.is_some() {
            continue;
        }
        if matches!(found.state, ImportState::Cancelled | ImportState::Failed) {
            (found.state, found.fault, found.finished_at) = (ImportState::Running, None, None);
            act(&mut found, origin, now);
            import::put(tx.conn(), &found).await?;
            tx.commit().await?;
        }
        return Ok(found);
    }
    unreachable!("the loop has no end but its returns")
}
