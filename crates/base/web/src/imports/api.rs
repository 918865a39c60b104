//! Imports: a file is uploaded and checked, then started, stopped or undone.

pub mod result;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base_core::entropy::new_id;
use base_core::file::FileKind;
use base_core::import::{ImportMode, ImportState};
use base_core::permission::IMPORT_OWN;
use base_core::time::Moment;
use base_files::import::Mapping;
use base_files::import::intake::{self, NewFile};
use base_records::import;
use base_records::import::{Figures, Import, ImportLine, TakenBack};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;
use crate::cursor::Given;
use crate::error::{Problem, ProblemBody};
use crate::imports::rights;
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::upload::SentFile;
use crate::{cursor, locale, upload};

/// Imports on a page.
const LISTED: u32 = 50;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        // `upload` counts for itself.
        .routes(routes!(list, create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(show))
        .routes(routes!(progress))
        .routes(routes!(result::result))
        .routes(routes!(act))
}

/// What is uploaded.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CreateQuery {
    /// The name of a kind of file, as the page for a new import shows them; in a form it may be a field.
    pub kind: Option<String>,
    /// The file's name, where the body is the file itself.
    pub name: Option<String>,
    /// Which heading of the file is which column, as JSON: `{"column": "Heading"}`. Guessed where it is left out.
    pub columns: Option<String>,
    /// Codes stand in longer texts, such as `Bag SB00001 (mustard)`, and are taken out of them.
    #[serde(default)]
    pub label_text: bool,
    /// The sheet of a workbook, by its name or its number from 1; the first visible one with the columns where it is left out.
    pub sheet: Option<String>,
    /// The number of the row that holds the headings; found where it is left out.
    pub header_row: Option<i64>,
    /// Rows that are hidden in the spreadsheet are read, too; otherwise they are left out and counted.
    #[serde(default)]
    pub hidden_rows: bool,
    /// Parents that rows of children name, or bills that rows of parents name, are made where the site does not have them.
    #[serde(default)]
    pub make_missing: bool,
}

/// An import.
#[derive(Serialize, ToSchema)]
pub struct ImportJson {
    id: String,
    /// The name of the kind of file.
    kind: String,
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
    /// What was taken back and what had to stay; null before anything is taken back.
    #[schema(value_type = Object)]
    taken_back: Option<import::TakenBack>,
}

impl ImportJson {
    fn of(app: &App, line: ImportLine) -> Self {
        let ImportLine { import, person } = line;
        let (done, total) = done_of(app, &import);
        let kind = app.imports.kind(&import.kind);
        let with_figures = |taken| with_figures(app, kind, taken);
        Self {
            kind: import.kind,
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
            taken_back: import.taken_back.map(with_figures),
            id: import.id,
        }
    }
}

/// How far the work is that is under way, or was last, and of how much.
pub fn done_of(app: &App, import: &Import) -> (i64, i64) {
    match import.state {
        ImportState::Waiting
        | ImportState::Checking
        | ImportState::Checked
        | ImportState::RollingBack
        | ImportState::RolledBack => (import.work_done, import.work_total),
        _ => {
            let rounds = app.imports.kind(&import.kind).map_or(1, |kind| kind.rounds);
            let total = import.rows_total * rounds;
            (if import.round > rounds { total } else { import.rows_done_in_all() }, total)
        }
    }
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
pub struct ImportPage {
    /// Newest first.
    imports: Vec<ImportJson>,
    /// Where the next page starts; null on the last page.
    next_cursor: Option<String>,
}

/// Uploads a file and checks it. Send a form with the fields `kind` and `file`, or the file itself as the body.
#[utoipa::path(post, path = "/api/v1/imports", extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(CreateQuery), responses(
    (status = 202, description = "The file is kept and the dry run begins.", body = ImportJson),
    (status = 400, description = "The file ended too early.", body = ProblemBody),
    (status = 408, description = "The file did not arrive in time.", body = ProblemBody),
    (status = 413, description = "The file is too large.", body = ProblemBody),
    (status = 422, description = "The file cannot be read as what it should be.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    Parameters(query): Parameters<CreateQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, sent) = upload::read(request, &app).await.map_err(|(_, problem)| problem)?;
    let field = |name: &str| sent.fields.get(name).cloned();
    let kind = kind_of(&app, &caller, query.kind.or_else(|| field("kind")).as_deref().unwrap_or_default())?;
    let columns = query.columns.or_else(|| field("columns")).unwrap_or_else(|| "{}".into());
    let headings: BTreeMap<String, String> = serde_json::from_str(&columns).map_err(|_| {
        Problem::field("columns", "Write the columns as a JSON object such as {\"column\": \"Heading\"}.")
    })?;
    let label_text = query.label_text || field("label_text").is_some_and(|given| given == "true");
    let header_row = match field("header_row") {
        Some(row) => Some(row.trim().parse().map_err(|_| {
            Problem::field("header_row", "Write the number of the row that holds the headings, such as 3.")
        })?),
        None => query.header_row,
    };
    let hidden_rows = query.hidden_rows || field("hidden_rows").is_some_and(|given| given == "true");
    let make_missing = query.make_missing || field("make_missing").is_some_and(|given| given == "true");
    let sheet = query.sheet.or_else(|| field("sheet")).filter(|sheet| !sheet.trim().is_empty());
    let read_as = Mapping { label_text, sheet, header_row, hidden_rows, make_missing, ..Mapping::default() };
    let now = app.clock.now();
    let [sent_file]: [SentFile; 1] =
        sent.files.try_into().map_err(|_| Problem::field("file", "Send one file per call."))?;
    let name = if sent_file.name.is_empty() { query.name.unwrap_or_else(|| "rows.csv".into()) } else { sent_file.name };
    let id = new_id(&*app.entropy, now).to_string();
    let file = NewFile { id, kind, name, content: sent_file.content, headings, read_as, is_final: true };
    let imports = intake::accept(app.files(), vec![file], &caller.origin(None), now).await?;
    let line = |import| ImportJson::of(&app, ImportLine { import, person: Some(caller.person.name.clone()) });
    let import = imports.into_iter().map(line).next().expect("one file is one import");
    Ok((StatusCode::ACCEPTED, Json(import)).into_response())
}

/// Reads a kind that the caller may bring in.
pub fn kind_of(app: &App, caller: &Caller, text: &str) -> Result<&'static FileKind, Problem> {
    let kind = app.imports.kind(text);
    if let Some(kind) = kind {
        caller.must(kind.permission)?;
    }
    kind.ok_or_else(|| {
        let names: Vec<String> =
            rights::kinds_of(app, &caller.person).iter().map(|kind| format!("`{}`", kind.name)).collect();
        let (last, others) = names.split_last().map_or(("nothing", &[][..]), |(last, others)| (last.as_str(), others));
        let names = if others.is_empty() { last.to_owned() } else { format!("{} or {last}", others.join(", ")) };
        Problem::field("kind", format!("The kind must be {names}."))
    })
}

/// The same with everything counted that is counted when it is undone, if only 0 so far.
fn with_figures(app: &App, kind: Option<&'static FileKind>, taken: TakenBack) -> TakenBack {
    match kind {
        Some(kind) if taken.figures.is_empty() => {
            TakenBack { figures: Figures::none_of(app.imports.undone(kind)), ..taken }
        }
        _ => taken,
    }
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
    rights::must_import(caller)?;
    let before = cursor::read(app, caller, Given::of(query.cursor.as_deref()), |text| {
        let (at, id) = text.split_once('.')?;
        Some((Moment(at.parse().ok()?), id.to_owned()))
    })?;
    let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
    let mut reader = app.db.read().await?;
    let mut lines = import::list(reader.conn(), &rights::seen_by(app, &caller.person), before, LISTED + 1).await?;
    let more = lines.len() > LISTED as usize;
    lines.truncate(LISTED as usize);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|line| cursor::write(app, caller, &format!("{}.{}", line.import.started_at.0, line.import.id)));
    Ok((lines, next))
}

/// Lists imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(ListQuery), responses(
    (status = 200, description = "A page of imports.", body = ImportPage)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Json<ImportPage>, Problem> {
    let (lines, next_cursor) = page(&app, &caller, &query).await?;
    Ok(Json(ImportPage { imports: lines.into_iter().map(|line| ImportJson::of(&app, line)).collect(), next_cursor }))
}

/// The import behind an address.
pub async fn find(app: &App, caller: &Caller, id: &str) -> Result<ImportLine, Problem> {
    rights::must_import(caller)?;
    let not_found = || Problem::not_found("This import");
    if id.len() > 100 || id.chars().any(char::is_control) {
        return Err(not_found());
    }
    let mut reader = app.db.read().await?;
    let import = import::find(reader.conn(), id).await?;
    let import = import.filter(|import| rights::sees(app, &caller.person, import)).ok_or_else(not_found)?;
    let person = import::person(reader.conn(), &import).await?;
    Ok(ImportLine { import, person })
}

/// Shows an import.
#[utoipa::path(get, path = "/api/v1/imports/{id}", extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(("id", description = "The import's id")), responses(
    (status = 200, description = "The import.", body = ImportJson),
    (status = 404, description = "There is no such import.", body = ProblemBody)))]
pub async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<ImportJson>, Problem> {
    Ok(Json(ImportJson::of(&app, find(&app, &caller, &id).await?)))
}

/// How it is started.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActQuery {
    /// `skip_bad`, the default, or `all_or_nothing`.
    pub mode: Option<String>,
}

/// What is asked of an import.
#[derive(Clone, Copy)]
pub struct AskedOfImport<'a> {
    /// Its id.
    pub id: &'a str,
    /// `start`, `cancel` or `rollback`.
    pub action: &'a str,
    /// How it is started; the default where it is missing or empty.
    pub mode: Option<&'a str>,
}

/// Does what is asked of an import.
pub async fn do_with(app: &App, caller: &Caller, asked: AskedOfImport<'_>) -> Result<Import, Problem> {
    let AskedOfImport { id, action, mode } = asked;
    find(app, caller, id).await?;
    let (origin, now) = (caller.origin(None), app.clock.now());
    let done = match action {
        "start" => {
            let mode = mode.filter(|mode| !mode.is_empty()).unwrap_or(ImportMode::SkipBad.name());
            let mode = ImportMode::parse(mode)
                .ok_or_else(|| Problem::field("mode", "The mode must be `skip_bad` or `all_or_nothing`."))?;
            intake::start(&app.db, id, mode, &origin, now).await
        }
        "cancel" => intake::cancel(&app.db, id, &origin, now).await,
        "rollback" => intake::roll_back(&app.db, id, &origin, now).await,
        _ => return Err(Problem::not_found("This action")),
    };
    Ok(done?)
}

/// Starts, stops or undoes an import: `start`, `cancel`, `rollback`.
#[utoipa::path(post, path = "/api/v1/imports/{id}/{action}",
    extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(ActQuery, ("id", description = "The import's id"), ("action", description = "`start`, `cancel`, `rollback`")),
    responses((status = 202, description = "The work begins, or ends.", body = ImportJson),
        (status = 404, description = "There is no such import, or no such action.", body = ProblemBody),
        (status = 409, description = "The import's state does not allow it.", body = ProblemBody)))]
pub async fn act(
    State(app): State<App>,
    caller: Caller,
    Path((id, action)): Path<(String, String)>,
    Parameters(query): Parameters<ActQuery>,
) -> Result<Response, Problem> {
    let import =
        do_with(&app, &caller, AskedOfImport { id: &id, action: &action, mode: query.mode.as_deref() }).await?;
    let mut reader = app.db.read().await?;
    let person = import::person(reader.conn(), &import).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportJson::of(&app, ImportLine { import, person }))).into_response())
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
#[utoipa::path(get, path = "/api/v1/imports/{id}/progress",
    extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(("id", description = "The import's id")), responses(
    (status = 200, description = "How far it is.", body = ProgressJson),
    (status = 404, description = "There is no such import.", body = ProblemBody)))]
pub async fn progress(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProgressJson>, Problem> {
    let import = find(&app, &caller, &id).await?.import;
    let (done, total) = done_of(&app, &import);
    let state = if import.state == ImportState::Checked { "finished" } else { import.state.name() };
    Ok(Json(ProgressJson { done, total, state, line: line(&app, locale::choose(&caller.locale), &import) }))
}

/// How far an import is, in words.
pub fn line(app: &App, locale: &str, import: &Import) -> String {
    let (done, total) = done_of(app, import);
    let (done, total) = (done.to_string(), total.to_string());
    locale::text(locale, "import-progress-line", &[("done", &done), ("total", &total)])
}
