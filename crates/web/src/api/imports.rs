//! Imports: a file is brought and tried at once, started, stopped, taken back.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bags_rules::import::{ImportKind, ImportMode, ImportState};
use bags_store::import;
use bags_store::import::{Import, ImportLine, Phase};
use base_core::entropy::new_id;
use base_core::permission::IMPORT_RUN;
use base_core::time::Moment;
use serde::{Deserialize, Serialize};
use tallyhouse_import::ResultWriter;
use tallyhouse_import::intake::{self, IntakeError, NewFile};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::error::{Problem, ProblemBody};
use crate::locale;
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::upload::{self, SentFile};

/// Imports on a page.
const LISTED: u32 = 50;
/// Rows of a result that are read at once.
const PAGE_ROWS: u32 = 1000;

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            IntakeError::In { error, .. } => Self::new(Self::from(*error).status(), code, detail).about("file"),
            IntakeError::Store(cause) => cause.into(),
            IntakeError::Broken(cause) => {
                tracing::error!(error = &cause as &dyn std::error::Error, "an import could not be looked at");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, "The file could not be looked at. Try again.")
            }
            IntakeError::Unknown => Self::not_found("This import"),
            IntakeError::WrongState(_) | IntakeError::NotClean(_) | IntakeError::FileGone => {
                Self::new(StatusCode::CONFLICT, code, detail)
            }
            IntakeError::File(_) | IntakeError::Ending => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).about("file")
            }
        }
    }
}

/// What is brought.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CreateQuery {
    /// `bags`, `bills`, `children` or `parents`; in a form it may be a field.
    pub kind: Option<String>,
    /// The file's name, where the body is the file itself.
    pub name: Option<String>,
    /// Which heading of the file is which column, as JSON: `{"qr_id": "Bag No"}`. Guessed where it is left out.
    pub columns: Option<String>,
    /// Codes stand in longer texts, such as `Bag SB00001 (mustard)`, and are taken out of them.
    #[serde(default)]
    pub label_text: bool,
}

/// An import.
#[derive(Serialize, ToSchema)]
pub struct ImportJson {
    id: String,
    /// `bags`, `bills`, `children` or `parents`.
    kind: &'static str,
    file: String,
    /// `waiting`, `checking`, `checked`, `running`, `done`, `failed`, `cancelled`, `rolling_back` or `rolled_back`.
    state: &'static str,
    /// `skip_bad` or `all_or_nothing`.
    mode: &'static str,
    /// Why it failed or took itself back.
    fault: Option<String>,
    person: Option<String>,
    started_at: String,
    finished_at: Option<String>,
    /// Rows of the file.
    rows: i64,
    /// How far the work under way is, and of how much.
    done: i64,
    total: i64,
    /// New bags or bills.
    created: i64,
    /// New links.
    linked: i64,
    /// Rows that say what is so already.
    known: i64,
    refused: i64,
    /// What refused rows were refused for, with examples.
    #[schema(value_type = Object)]
    outcomes: import::Outcomes,
    /// What the dry run found; null before it is done.
    #[schema(value_type = Object)]
    checked: Option<import::Checked>,
    /// What was taken back and what had to stay; null before a roll back.
    #[schema(value_type = Object)]
    taken_back: Option<import::TakenBack>,
}

impl From<ImportLine> for ImportJson {
    fn from(line: ImportLine) -> Self {
        let ImportLine { import, person } = line;
        let (done, total) = done_of(&import);
        Self {
            kind: import.kind.name(),
            file: import.file_name,
            state: import.state.name(),
            mode: import.mode.name(),
            fault: import.fault,
            person,
            started_at: import.started_at.rfc3339(),
            finished_at: import.finished_at.map(Moment::rfc3339),
            rows: import.rows_total,
            done,
            total,
            created: import.counts.created,
            linked: import.counts.linked,
            known: import.counts.known,
            refused: import.counts.refused,
            outcomes: import.outcomes,
            checked: import.checked,
            taken_back: import.taken_back,
            id: import.id,
        }
    }
}

/// How far the work is that is under way, or was last, and of how much.
pub fn done_of(import: &Import) -> (i64, i64) {
    match import.state {
        ImportState::Waiting
        | ImportState::Checking
        | ImportState::Checked
        | ImportState::RollingBack
        | ImportState::RolledBack => (import.work_done, import.work_total),
        _ => {
            let total = import.rows_total * import.kind.passes();
            (if import.is_read_through() { total } else { import.rows_done_in_all() }, total)
        }
    }
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
pub struct ImportPage {
    /// Newest first.
    imports: Vec<ImportJson>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// Brings a file and has it tried. Send a form with the fields `kind` and `file`, or the file itself as the body.
#[utoipa::path(post, path = "/api/v1/imports", params(CreateQuery), responses(
    (status = 202, description = "The file is kept and the dry run begins.", body = ImportJson),
    (status = 413, description = "The file is too large.", body = ProblemBody),
    (status = 422, description = "The file cannot be read as what it should be.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    Parameters(query): Parameters<CreateQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, sent) = upload::read(request, &app).await.map_err(|(_, problem)| problem)?;
    let field = |name: &str| sent.fields.get(name).cloned();
    let kind = kind_of(query.kind.or_else(|| field("kind")).as_deref().unwrap_or_default())?;
    let columns = query.columns.or_else(|| field("columns")).unwrap_or_else(|| "{}".into());
    let headings: BTreeMap<String, String> = serde_json::from_str(&columns).map_err(|_| {
        Problem::field("columns", "Write the columns as a JSON object, such as {\"qr_id\": \"Bag No\"}.")
    })?;
    let label_text = query.label_text || field("label_text").is_some_and(|given| given == "true");
    let now = app.clock.now();
    let [sent_file]: [SentFile; 1] =
        sent.files.try_into().map_err(|_| Problem::field("file", "Send one file a call."))?;
    let name = if sent_file.name.is_empty() { query.name.unwrap_or_else(|| "rows.csv".into()) } else { sent_file.name };
    let id = new_id(&*app.entropy, now).to_string();
    let file = NewFile { id, kind, name, content: sent_file.content, headings, label_text, is_final: true };
    let imports = intake::accept(&app.db, vec![file], &caller.origin(None), now).await?;
    let line = |import| ImportJson::from(ImportLine { import, person: Some(caller.person.name.clone()) });
    let import = imports.into_iter().map(line).next().expect("one file is one import");
    Ok((StatusCode::ACCEPTED, Json(import)).into_response())
}

/// Reads a kind.
pub fn kind_of(text: &str) -> Result<ImportKind, Problem> {
    ImportKind::parse(text)
        .ok_or_else(|| Problem::field("kind", "The kind is `bags`, `bills`, `children` or `parents`."))
}

/// Where a page begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of imports and the cursor of the next.
pub async fn page(app: &App, caller: &Caller, query: &ListQuery) -> Result<(Vec<ImportLine>, Option<String>), Problem> {
    caller.must(IMPORT_RUN)?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let before = cursor.map(|cursor| {
        let parts = cursor.split_once('.').and_then(|(at, id)| Some((Moment(at.parse().ok()?), id)));
        let fits = parts.filter(|(_, id)| !id.chars().any(char::is_control));
        fits.ok_or_else(|| Problem::field("cursor", "This cursor is none of ours. Begin again without one."))
    });
    let mut reader = app.db.read().await?;
    let mut lines = import::list(reader.conn(), before.transpose()?, LISTED + 1).await?;
    let more = lines.len() > LISTED as usize;
    lines.truncate(LISTED as usize);
    let next = lines.last().filter(|_| more).map(|line| format!("{}.{}", line.import.started_at.0, line.import.id));
    Ok((lines, next))
}

/// Lists imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", params(ListQuery), responses(
    (status = 200, description = "A page of imports.", body = ImportPage)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<ImportPage>, Problem> {
    let (lines, next_cursor) = page(&app, &caller, &query).await?;
    Ok(Json(ImportPage { imports: lines.into_iter().map(ImportJson::from).collect(), next_cursor }))
}

/// The import behind an address.
pub async fn find(app: &App, caller: &Caller, id: &str) -> Result<ImportLine, Problem> {
    caller.must(IMPORT_RUN)?;
    let not_found = || Problem::not_found("This import");
    if id.len() > 100 || id.chars().any(char::is_control) {
        return Err(not_found());
    }
    let mut reader = app.db.read().await?;
    let import = import::find(reader.conn(), id).await?.ok_or_else(not_found)?;
    let person = import::person(reader.conn(), &import).await?;
    Ok(ImportLine { import, person })
}

/// Shows an import.
#[utoipa::path(get, path = "/api/v1/imports/{id}", params(("id", description = "The import's id")), responses(
    (status = 200, description = "The import.", body = ImportJson),
    (status = 404, description = "There is no such import.", body = ProblemBody)))]
pub async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<ImportJson>, Problem> {
    Ok(Json(find(&app, &caller, &id).await?.into()))
}

/// How it is started.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActQuery {
    /// `skip_bad`, the default, or `all_or_nothing`.
    pub mode: Option<String>,
}

/// Does what is asked of an import.
pub async fn do_with(
    app: &App,
    caller: &Caller,
    (id, action): (&str, &str),
    mode: Option<&str>,
) -> Result<Import, Problem> {
    find(app, caller, id).await?;
    let (origin, now) = (caller.origin(None), app.clock.now());
    let done = match action {
        "start" => {
            let mode = mode.filter(|mode| !mode.is_empty()).unwrap_or(ImportMode::SkipBad.name());
            let mode = ImportMode::parse(mode)
                .ok_or_else(|| Problem::field("mode", "The mode is `skip_bad` or `all_or_nothing`."))?;
            intake::start(&app.db, id, mode, &origin, now).await
        }
        "cancel" => intake::cancel(&app.db, id, &origin, now).await,
        "rollback" => intake::roll_back(&app.db, id, &origin, now).await,
        _ => return Err(Problem::not_found("This action")),
    };
    Ok(done?)
}

/// Starts, stops or takes an import back: `start`, `cancel`, `rollback`.
#[utoipa::path(post, path = "/api/v1/imports/{id}/{action}",
    params(ActQuery, ("id", description = "The import's id"), ("action", description = "`start`, `cancel`, `rollback`")),
    responses((status = 202, description = "The work begins, or ends.", body = ImportJson),
        (status = 409, description = "The import is not where this can be done.", body = ProblemBody)))]
pub async fn act(
    State(app): State<App>,
    caller: Caller,
    Path((id, action)): Path<(String, String)>,
    Parameters(query): Parameters<ActQuery>,
) -> Result<Response, Problem> {
    let import = do_with(&app, &caller, (&id, &action), query.mode.as_deref()).await?;
    let mut reader = app.db.read().await?;
    let person = import::person(reader.conn(), &import).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportJson::from(ImportLine { import, person }))).into_response())
}

/// How far the work is.
#[derive(Serialize, ToSchema)]
pub struct ProgressJson {
    done: i64,
    total: i64,
    /// The import's state; `finished` after a dry run.
    state: &'static str,
    /// The same in words, in the caller's language.
    line: String,
}

/// Tells how far the work is, for pages that follow it.
#[utoipa::path(get, path = "/api/v1/imports/{id}/progress", params(("id", description = "The import's id")), responses(
    (status = 200, description = "How far it is.", body = ProgressJson)))]
pub async fn progress(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProgressJson>, Problem> {
    let import = find(&app, &caller, &id).await?.import;
    let (done, total) = done_of(&import);
    let state = if import.state == ImportState::Checked { "finished" } else { import.state.name() };
    Ok(Json(ProgressJson { done, total, state, line: line(locale::choose(&caller.locale), &import) }))
}

/// How far an import is, in words.
pub fn line(locale: &str, import: &Import) -> String {
    let (done, total) = done_of(import);
    let (done, total) = (done.to_string(), total.to_string());
    locale::text(locale, "import-progress-line", &[("done", &done), ("total", &total)])
}

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ResultQuery {
    /// `check` for the dry run, `run`, or `back` for what a roll back kept; what came last when not given.
    pub phase: Option<String>,
}

/// Gives every refused row with its number, its values and the reason, as CSV.
#[utoipa::path(get, path = "/api/v1/imports/{id}/result.csv",
    params(ResultQuery, ("id", description = "The import's id")),
    responses((status = 200, description = "CSV, safe to open in a spreadsheet.", content_type = "text/csv")))]
pub async fn result(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<ResultQuery>,
) -> Result<Response, Problem> {
    let import = find(&app, &caller, &id).await?.import;
    let phase = match query.phase.as_deref() {
        Some("check") => Phase::Check,
        Some("run") => Phase::Run,
        Some("back") => Phase::Back,
        Some(_) => return Err(Problem::field("phase", "The phase is `check`, `run` or `back`.")),
        None if import.has_begun() || import.fault.is_some() => Phase::Run,
        None => Phase::Check,
    };
    let name = format!("import-{}-{}.csv", import.kind.name(), phase.name());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, stream(app, import, phase)).into_response())
}

/// What is written and not yet sent.
#[derive(Clone, Default)]
struct Pen(Arc<Mutex<Vec<u8>>>);

impl Pen {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().expect("no holder panics"))
    }
}

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Page by page, so that a result of any length is sent in little memory.
fn stream(app: App, import: Import, phase: Phase) -> Body {
    let pen = Pen::default();
    let writer = ResultWriter::begin(pen.clone(), import.kind, phase).ok();
    let begin = (writer, 0_i64);
    let pages = futures_util::stream::unfold(begin, move |(writer, after)| {
        let (app, id, pen) = (app.clone(), import.id.clone(), pen.clone());
        async move {
            let mut writer = writer?;
            let next = async {
                let page =
                    import::rows_after(&app.db, &id, phase, after, PAGE_ROWS).await.map_err(std::io::Error::other)?;
                let last = page.last().map(|note| note.row_number);
                for note in &page {
                    writer.row(note, note.row_number.to_string()).map_err(std::io::Error::other)?;
                }
                let Some(last) = last else {
                    writer.finish().map_err(std::io::Error::other)?;
                    return Ok((None, after));
                };
                Ok::<_, std::io::Error>((Some(writer), last))
            };
            match next.await {
                Ok(state) => Some((Ok(pen.take()), state)),
                Err(error) => Some((Err(error), (None, after))),
            }
        }
    });
    Body::from_stream(pages)
}
