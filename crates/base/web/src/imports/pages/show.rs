//! One import from the choice of its columns to taking it back: each state has its own part of the page.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::file::{FileColumn, FileKind};
use base_core::import::{ImportMode, ImportState};
use base_core::text::as_shown;
use base_files::import::Mapping;
use base_files::import::check::ROWS_CHECKED_MAX;
use base_files::import::intake::{self, Choice, Look, Preview, SheetShown};
use base_records::import::{Checked, Counts, Import, Outcomes, Seen, TakenBack};
use serde::Deserialize;

use super::{Shown, words};
use crate::app::App;
use crate::error::Problem;
use crate::form::Form;
use crate::imports::api;
use crate::imports::api::AskedOfImport;
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::view::{Frame, grouped, render};

#[derive(Template)]
#[template(path = "imports/show.html")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) shown: Shown,
    pub(crate) import: Import,
    /// What its file is; `None` where no wing of this site knows it.
    pub(crate) kind: Option<&'static FileKind>,
    /// What is counted when it is undone.
    pub(crate) undone: &'static [&'static str],
    /// The beginning of the file, where its columns are to be settled.
    pub(crate) preview: Option<Preview>,
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) line: String,
    pub(crate) rows_checked_max: String,
    /// What is wrong: in the page's language, and precisely.
    pub(crate) fault: Option<(String, String)>,
}

impl ShowPage {
    async fn of(app: &App, caller: &Caller, id: &str, look: Look) -> Result<Self, Problem> {
        let line = api::find(app, caller, id).await?;
        let frame = Frame::of(caller, "imports");
        let shown = Shown::of(&line, app);
        let import = line.import;
        let (mut preview, mut fault) = (None, None);
        if may_choose(&import) {
            match intake::preview(app.files(), &import, look, &app.imports).await {
                Ok(found) => preview = Some(found),
                Err(error) => {
                    let problem = Problem::from(error);
                    if problem.status().is_server_error() {
                        problem.log("an import could not be previewed", Some(&caller.facts.id));
                    }
                    fault = Some(words(&frame, &problem));
                }
            }
        }
        let (done, total) = api::done_of(app, &import);
        let line = api::line(app, frame.locale, &import);
        let rows_checked_max = grouped(ROWS_CHECKED_MAX);
        let kind = app.imports.kind(&import.kind);
        let undone = kind.map_or(&[][..], |kind| app.imports.undone(kind));
        Ok(Self { frame, shown, import, kind, undone, preview, done, total, line, rows_checked_max, fault })
    }

    fn is(&self, name: &str) -> bool {
        self.import.state.name() == name
    }

    fn is_under_way(&self) -> bool {
        self.import.state.is_under_way()
    }

    fn may_roll_back(&self) -> bool {
        self.import.state.may_be_rolled_back() && self.import.has_begun()
    }

    fn may_go_on(&self) -> bool {
        let stopped = matches!(self.import.state, ImportState::Cancelled | ImportState::Failed);
        let is_read_through = self.kind.is_some_and(|kind| self.import.round > kind.rounds);
        let left = !is_read_through && self.import.taken_back.is_none();
        stopped && left && self.import.has_begun() && self.import.is_stored
    }

    fn has_run(&self) -> bool {
        self.import.has_begun() || self.import.counts.refused > 0
    }

    fn checked(&self) -> Option<&Checked> {
        self.import.checked.as_ref().filter(|_| self.is("checked"))
    }

    fn taken(&self) -> Option<&TakenBack> {
        self.import.taken_back.as_ref()
    }

    fn taken_figure(&self, name: &str) -> String {
        grouped(self.taken().map_or(0, |taken| taken.figures.get(name)))
    }

    /// That there are cells under no heading.
    fn beyond(&self, checked: &Checked) -> String {
        let (rows, place) = (grouped(checked.beyond_rows), checked.beyond_first.as_deref().unwrap_or_default());
        crate::locale::text(self.frame.locale, "import-beyond", &[("n", &rows), ("place", place)])
    }

    fn is_clean(&self) -> bool {
        self.import.checked.as_ref().is_some_and(|checked| checked.counts.refused == 0)
    }

    /// What is said of columns that the file has.
    fn notes(&self) -> Vec<&'static str> {
        let found = self.preview.iter().flat_map(|preview| &preview.columns).filter(|(_, at)| at.is_some());
        let note = |(name, _): &(&str, Option<usize>)| self.kind?.column(name)?.note;
        found.filter_map(note).collect()
    }

    fn has_codes(&self) -> bool {
        self.kind.is_some_and(|kind| kind.has_codes)
    }

    /// The text of the choice that what rows name is made.
    fn makes(&self) -> Option<&'static str> {
        self.kind?.makes
    }

    fn undone_key(&self, name: &str) -> String {
        format!("import-undone-{}", name.replace('_', "-"))
    }

    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }

    fn figures(&self, counts: &Counts) -> Vec<(&'static str, String)> {
        [
            ("import-created", counts.created),
            ("import-linked", counts.linked),
            ("import-known", counts.known),
            ("import-refused", counts.refused),
        ]
        .into_iter()
        .map(|(key, n)| (key, grouped(n)))
        .collect()
    }

    fn reasons(&self, outcomes: &Outcomes) -> Vec<Reason> {
        let reason = |(code, seen): (&String, &Seen)| Reason {
            words: self.frame.t(&format!("outcome-{code}")),
            n: grouped(seen.n),
            examples: seen
                .examples
                .iter()
                .map(|example| {
                    let key = format!("import-refused-{code}");
                    let words = self.frame.t1_if_any(&key, "code", &example.code);
                    let message = words.unwrap_or_else(|| example.message.clone());
                    // Most sentences name the code themselves.
                    let code = if message.contains(&example.code) { String::new() } else { example.code.clone() };
                    (example.row.to_string(), code, message)
                })
                .collect(),
        };
        let mut found: Vec<_> = outcomes.0.iter().collect();
        found.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.n));
        found.into_iter().map(reason).collect()
    }

    /// Why it failed, in the page's language.
    fn failed(&self) -> String {
        let Some(code) = &self.import.fault else { return String::new() };
        let key = format!("import-fault-{code}");
        self.frame.t(&key)
    }

    #[expect(clippy::ref_option, reason = "templates hand references on")]
    fn is_column(&self, at: &Option<usize>, place: &usize) -> bool {
        *at == Some(*place)
    }

    fn is_needed(&self, name: &str) -> bool {
        self.kind.and_then(|kind| kind.column(name)).is_some_and(FileColumn::is_needed)
    }

    fn column_key(&self, name: &str) -> String {
        format!("import-column-{}", name.replace('_', "-"))
    }

    /// Of a file with several sheets: how many there are, and which one is read.
    fn sheet_note(&self, preview: &Preview) -> String {
        let chosen = preview.sheets.iter().find(|sheet| sheet.place == preview.sheet);
        let name = chosen.map_or("", |sheet| self.sheet_name(&sheet.name));
        let n = preview.sheets.len().to_string();
        crate::locale::text(self.frame.locale, "import-sheet-note", &[("n", &n), ("sheet", name)])
    }

    /// How a sheet is offered: one that nobody sees in the spreadsheet says so.
    fn sheet_option(&self, sheet: &SheetShown) -> String {
        let name = self.sheet_name(&sheet.name);
        if sheet.is_hidden { self.frame.t1("import-sheet-hidden", "sheet", name) } else { name.to_owned() }
    }

    fn sheet_name<'a>(&self, name: &'a str) -> &'a str {
        if name.is_empty() { "1" } else { name }
    }
}

/// Why rows were refused, how many, and the first few.
pub(crate) struct Reason {
    words: String,
    n: String,
    examples: Vec<(String, String, String)>,
}

fn may_choose(import: &Import) -> bool {
    let is_open = matches!(import.state, ImportState::Waiting | ImportState::Checked)
        || (matches!(import.state, ImportState::Cancelled | ImportState::Failed) && !import.has_begun());
    is_open && import.is_stored && import.taken_back.is_none()
}

/// Which sheet is shown, and how.
#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    sheet: Option<usize>,
    /// The row that holds its headings.
    header: Option<i64>,
}

/// `GET /imports/{id}`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    let look = Look { sheet: query.sheet, header_row: query.header };
    Ok(render(&ShowPage::of(&app, &caller, &id, look).await?))
}

/// `POST /imports/{id}/columns`: settles the columns and begins the dry run.
pub async fn choose(
    State(app): State<App>,
    Path(id): Path<String>,
    form: Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let (caller, fields) = (&form.caller, &form.fields);
    let import = api::find(&app, caller, &id).await?.import;
    let sheet = fields.get("sheet").and_then(|sheet| sheet.parse().ok());
    let mut mapping = BTreeMap::new();
    let kind = app.imports.kind(&import.kind).ok_or_else(|| Problem::not_found("This import"))?;
    for column in kind.read_columns() {
        if let Some(chosen) = fields.get(&format!("column-{}", column.name)) {
            mapping.insert(column.name.to_owned(), chosen.parse().ok());
        }
    }
    let mapping = Mapping {
        columns: mapping,
        label_text: fields.contains_key("label_text"),
        sheet: None,
        header_row: fields.get("header_row").and_then(|row| row.parse().ok()),
        separator: fields.get("separator").and_then(|one| one.chars().next()),
        hidden_rows: fields.contains_key("hidden_rows"),
        make_missing: fields.contains_key("make_missing"),
    };
    let choice = Choice { kind, sheet, mapping };
    let chosen = intake::choose(app.files(), &id, choice, &caller.origin(None), app.clock.now()).await;
    let look = Look { sheet, header_row: fields.get("header_row").and_then(|row| row.parse().ok()) };
    answer(&app, caller, &id, (look, chosen.map_err(Problem::from).map(drop))).await
}

/// `POST /imports/{id}/{action}`: start, stop, take back.
pub async fn act(
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    form: Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let (caller, fields) = (&form.caller, &form.fields);
    let import = api::find(&app, caller, &id).await?.import;
    // What is typed is compared as it is shown.
    let typed = fields.get("confirm").map(|typed| as_shown(typed)).unwrap_or_default();
    if action == "rollback" && typed != as_shown(&import.file_name) {
        let problem = Problem::field("confirm", "Type the name of the file to undo this import.");
        return answer(&app, caller, &id, (Look::default(), Err(problem))).await;
    }
    let mode = fields.get("mode").map_or(ImportMode::SkipBad.name(), String::as_str);
    let done = api::do_with(&app, caller, AskedOfImport { id: &id, action: &action, mode: Some(mode) }).await;
    answer(&app, caller, &id, (Look::default(), done.map(drop))).await
}

/// Back to the page; with what was wrong on it where something was.
async fn answer(
    app: &App,
    caller: &Caller,
    id: &str,
    (look, done): (Look, Result<(), Problem>),
) -> Result<Response, Problem> {
    let problem = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Err(problem) if problem.status().is_server_error() || problem.status() == StatusCode::NOT_FOUND => {
            return Err(problem);
        }
        Err(problem) => problem,
    };
    let mut page = ShowPage::of(app, caller, id, look).await?;
    page.fault = Some(words(&page.frame, &problem));
    let mut response = render(&page);
    *response.status_mut() = problem.status();
    Ok(response)
}
