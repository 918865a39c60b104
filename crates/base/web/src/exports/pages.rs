//! Taking everything out: what may be chosen, the files that are being made, and those that are ready.

pub mod file;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::area::Scope;
use base_core::audit::{Entry, Origin};
use base_core::entropy::new_id;
use base_core::permission::EXPORT_RUN;
use base_core::time::Moment;
use base_files::export::{Choice, FilterField, Format, Given, Setting, Values};
use base_records::audit::Record;
use base_records::export_file::{ExportFile, OPEN_MAX};
use base_records::{audit, export_file as files};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::Problem;
use crate::form::Form;
use crate::session::Caller;
use crate::view::{Frame, TIME, grouped, render};

/// A workbook of up to so many rows is made while one waits; a larger one is made by a job. CSV has no limit: it goes out
/// while it is made.
pub const AT_ONCE_ROWS_MAX: u64 = 20_000;
/// How many files the page shows.
pub(crate) const SHOWN: u32 = 50;

/// A filter as addresses send it: field by field.
pub type Filter = BTreeMap<String, String>;

/// What the page's forms send: each its own filter.
#[derive(Deserialize)]
pub struct AskForm {
    what: String,
    format: String,
    #[serde(flatten)]
    filter: Filter,
}

/// Refuses who may not take everything out, or does not see everything.
pub(crate) fn must_see_all(caller: &Caller) -> Result<(), Problem> {
    caller.must(EXPORT_RUN)?;
    if caller.scope() == Scope::All { Ok(()) } else { Err(Problem::not_allowed(EXPORT_RUN.name())) }
}

/// What was chosen.
pub(crate) fn choose(app: &App, what: &str, filter: &Filter) -> Result<Choice, Problem> {
    let given = filter.iter().fold(Given::default(), |given, (name, text)| given.with(name, text));
    let chosen = app.exports.choose(what, &given).ok_or_else(|| Problem::not_found("This export"))?;
    Ok(chosen?)
}

pub(crate) fn setting(app: &App) -> Setting {
    Setting { zone: app.settings.zone.clone(), site: app.export_setting.clone(), at: app.clock.now() }
}

/// Writes what became of an export into the audit trail.
pub(crate) async fn note(
    app: &App,
    origin: &Origin,
    (choice, format): (&Choice, Format),
    (state, rows): (&str, Option<u64>),
) -> Result<(), Problem> {
    let after = json!({ "format": format.extension(), "filter": choice.filter(), "state": state, "rows": rows });
    let entry = Entry::new("export", "export", choice.name()).with_after(&after);
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin }]).await?;
    Ok(tx.commit().await?)
}

/// Has a workbook made by the job. Gives the id under which it is found.
pub(crate) async fn ask(app: &App, caller: &Caller, choice: Choice) -> Result<String, Problem> {
    let setting = setting(app);
    let rows = choice.expected(&app.db).await?;
    let id = new_id(&*app.entropy, setting.at).to_string();
    let file = ExportFile {
        id: id.clone(),
        what: choice.name().into(),
        filter: choice.filter().to_string(),
        zone: setting.zone.iana_name().unwrap_or("UTC").into(),
        settings: setting.as_stored(),
        account_id: Some(caller.person.id),
        person: None,
        file_name: choice.file_name(&setting, Format::Xlsx),
        state: "waiting".into(),
        rows_done: 0,
        rows_total: i64::try_from(rows).unwrap_or(i64::MAX),
        bytes: 0,
        tries: 0,
        created_at: setting.at.0,
        ended_at: None,
    };
    let after = json!({ "format": "xlsx", "filter": choice.filter(), "state": "asked", "rows": rows });
    let entry = Entry::new("export", "export", choice.name()).with_after(&after);
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    if !files::ask(tx.conn(), &file).await? {
        let detail = format!("{OPEN_MAX} files are already waiting. Wait until one is ready, or cancel one.");
        return Err(Problem::new(axum::http::StatusCode::CONFLICT, "exports_full", detail));
    }
    audit::insert(tx.conn(), &[Record { at: setting.at, entry, origin: &origin }]).await?;
    tx.commit().await?;
    Ok(id)
}

/// Ends a file that waits or is being made. False when it had ended by itself.
pub(crate) async fn cancel_file(app: &App, caller: &Caller, file: &ExportFile) -> Result<bool, Problem> {
    let now = app.clock.now();
    let rows = u64::try_from(file.rows_done).unwrap_or_default();
    let mut tx = app.db.write().await?;
    let cancelled = files::end(tx.conn(), &file.id, "cancelled", (rows, 0), now).await?;
    if cancelled {
        let after = json!({ "format": "xlsx", "state": "cancelled", "file": file.file_name });
        let (entry, origin) = (Entry::new("export", "export", &*file.what).with_after(&after), caller.origin(None));
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    }
    tx.commit().await?;
    Ok(cancelled)
}

/// A file that is kept still.
pub(crate) async fn find(app: &App, id: &str) -> Result<ExportFile, Problem> {
    let file = files::find(&app.db, id).await?;
    file.ok_or_else(|| Problem::not_found("This file (kept for one day)"))
}

#[derive(Template)]
#[template(path = "exports/index.html")]
pub(crate) struct ExportsPage {
    pub(crate) frame: Frame,
    pub(crate) files: Vec<FileRow>,
    kinds: Vec<KindForm>,
}

/// One export with its filter.
struct KindForm {
    name: &'static str,
    fields: &'static [FilterField],
    /// How many rows it has without a filter, in words.
    rows: String,
}

impl KindForm {
    fn title_key(&self) -> String {
        format!("export-{}", self.name)
    }

    fn help_key(&self) -> String {
        format!("export-{}-help", self.name)
    }
}

/// A file as the page shows it.
pub(crate) struct FileRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) line: String,
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) person: String,
    pub(crate) created_at: String,
    pub(crate) kept_until: String,
}

impl FileRow {
    fn of(file: ExportFile, app: &App, frame: &Frame) -> Self {
        let time = |at: Moment| at.display(&app.settings.zone, TIME);
        Self {
            line: line(frame.locale, &file),
            name: file.file_name,
            state: file.state,
            done: file.rows_done,
            total: file.rows_total.max(1),
            person: file.person.unwrap_or_default(),
            created_at: time(Moment(file.created_at)),
            kept_until: time(Moment(file.created_at).plus_us(app.export_files_us())),
            id: file.id,
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "making")
    }

    fn is_ready(&self) -> bool {
        self.state == "ready"
    }
}

/// How far a file is, in words.
pub(crate) fn line(locale: &'static str, file: &ExportFile) -> String {
    let (done, total) = (grouped(file.rows_done), grouped(file.rows_total));
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
    let megabytes = format!("{:.1}", file.bytes as f64 / 1e6);
    let values = [("done", done.as_str()), ("total", total.as_str()), ("mb", megabytes.as_str())];
    crate::locale::text(locale, &format!("export-line-{}", file.state), &values)
}

/// `GET /exports`
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    must_see_all(&caller)?;
    let frame = Frame::of(&caller, "exports");
    let kept = files::list(&app.db, SHOWN).await?;
    let files = kept.into_iter().map(|file| FileRow::of(file, &app, &frame)).collect();
    let mut kinds = Vec::new();
    for kind in app.exports.kinds() {
        let expected = choose(&app, kind.name(), &Filter::default())?.expected(&app.db).await?;
        let rows = frame.t1("export-rows", "n", &grouped(i64::try_from(expected).unwrap_or(i64::MAX)));
        kinds.push(KindForm { name: kind.name(), fields: kind.fields(), rows });
    }
    Ok(render(&ExportsPage { frame, files, kinds }))
}

/// `POST /exports`: leads to the file, or has it made.
pub async fn create(State(app): State<App>, form: Form<AskForm>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    must_see_all(&caller)?;
    let AskForm { what, format, mut filter } = fields;
    // The proof was checked already, and is no part of the filter.
    filter.remove("csrf");
    let choice = choose(&app, &what, &filter)?;
    let format = Format::parse(&format).ok_or_else(|| Problem::field("format", "Choose csv or xlsx."))?;
    if is_at_once(&app, &choice, format).await? {
        return Ok(Redirect::to(&file::address(&choice, format)).into_response());
    }
    ask(&app, &caller, choice).await?;
    Ok(Redirect::to("/exports#files").into_response())
}

/// True for a file that can be made while one waits.
pub(crate) async fn is_at_once(app: &App, choice: &Choice, format: Format) -> Result<bool, Problem> {
    Ok(format == Format::Csv || choice.expected(&app.db).await? <= AT_ONCE_ROWS_MAX)
}

/// `POST /exports/{id}/cancel`
pub async fn cancel(State(app): State<App>, Path(id): Path<String>, form: Form<Nothing>) -> Result<Response, Problem> {
    must_see_all(&form.caller)?;
    let file = find(&app, &id).await?;
    cancel_file(&app, &form.caller, &file).await?;
    Ok(Redirect::to("/exports#files").into_response())
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub struct Nothing {}

/// Who is behind a file that goes out by the piece.
pub(crate) fn shared_origin(caller: &Caller) -> Arc<Origin> {
    Arc::new(caller.origin(None))
}
