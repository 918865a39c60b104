//! Imports: the list, and bringing a file. One import stands in `show`.

pub mod show;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::entropy::new_id;
use base_core::file::FileKind;
use base_core::import::ImportState;
use base_core::setting::IMPORT_FILES_DAYS;
use base_core::time::Moment;
use base_files::import::Mapping;
use base_files::import::intake::{self, NewFile};
use base_records::import::ImportLine;
use serde::Deserialize;

use crate::app::App;
use crate::error::Problem;
use crate::filter::FilterBar;
use crate::imports::{IMPORTS, api, rights};
use crate::list::{self, Cell, Kept, List, Row, Tone};
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::upload;
use crate::upload::SentFile;
use crate::view::{Fragment, Frame, TIME, grouped, render};

pub(crate) fn shown(at: Moment, app: &App) -> String {
    at.display(&app.settings.zone, TIME)
}

/// An import as pages show it.
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) state: ImportState,
    pub(crate) person: String,
    pub(crate) started_at: String,
    pub(crate) finished_at: String,
    pub(crate) rows: String,
    pub(crate) created: String,
    pub(crate) linked: String,
    pub(crate) known: String,
    pub(crate) refused: String,
}

impl Shown {
    pub(crate) fn of(line: &ImportLine, app: &App) -> Self {
        let import = &line.import;
        Self {
            id: import.id.clone(),
            kind: import.kind.clone(),
            file: import.file_name.clone(),
            state: import.state,
            person: line.person.clone().unwrap_or_default(),
            started_at: shown(import.started_at, app),
            finished_at: import.finished_at.map(|at| shown(at, app)).unwrap_or_default(),
            rows: grouped(import.rows_total),
            created: grouped(import.counts.created),
            linked: grouped(import.counts.linked),
            known: grouped(import.counts.known),
            refused: grouped(import.counts.refused),
        }
    }

    pub(crate) fn kind_key(&self) -> String {
        format!("import-kind-{}", self.kind)
    }

    pub(crate) fn state_key(&self) -> String {
        format!("import-state-{}", self.state.name())
    }

    /// How the chip looks that tells the state.
    pub(crate) fn tone(&self) -> Tone {
        match self.state {
            ImportState::Done => Tone::Ok,
            ImportState::Failed | ImportState::Cancelled => Tone::Stop,
            ImportState::RolledBack => Tone::Plain,
            _ => Tone::Look,
        }
    }

    /// The look of the chip that tells the state.
    pub(crate) fn look(&self) -> &'static str {
        self.tone().class()
    }

    fn row(&self, frame: &Frame) -> Row {
        Row::new()
            .with("file", Cell::link(&self.file, format!("/imports/{}", self.id)))
            .with("kind", Cell::words(frame.t(&self.kind_key())))
            .with("status", Cell::chip(self.tone(), frame.t(&self.state_key())))
            .with("rows", Cell::words(&self.rows))
            .with("created", Cell::words(&self.created))
            .with("linked", Cell::words(&self.linked))
            .with("known", Cell::words(&self.known))
            .with("refused", Cell::words(&self.refused))
            .with("time", Cell::time_by(&self.started_at, &self.person))
    }
}

#[derive(Template)]
#[template(path = "imports/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) list: Fragment,
    pub(crate) tools: Fragment,
    pub(crate) is_empty: bool,
    pub(crate) next: Option<String>,
}

/// `GET /imports`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<api::ListQuery>,
) -> Result<Response, Problem> {
    let (lines, next) = api::page(&app, &caller, &query).await?;
    let frame = Frame::of(&caller, "imports");
    let kept = Kept::of(app.db.read().await?.conn(), &caller, IMPORTS).await?;
    let rows: Vec<Row> = lines.iter().map(|line| Shown::of(line, &app).row(&frame)).collect();
    let bar = FilterBar::new(IMPORTS.path, "import-filters");
    Ok(render(&ListPage {
        is_empty: rows.is_empty(),
        tools: list::above(&frame, IMPORTS, &kept, &bar, Vec::new())?.tools,
        list: List::new(&frame, IMPORTS, &kept, rows).shown()?,
        frame,
        next,
    }))
}

#[derive(Template)]
#[template(path = "imports/new.html")]
pub(crate) struct NewPage {
    pub(crate) frame: Frame,
    pub(crate) kind: String,
    pub(crate) kinds: Vec<(&'static str, Vec<&'static str>)>,
    pub(crate) size_mb: String,
    pub(crate) kept_days: String,
    /// What is wrong with the file: in the page's language, and precisely.
    pub(crate) fault: Option<(String, String)>,
}

impl NewPage {
    /// `kind` is chosen, or the first one where there is no such kind.
    fn of(app: &App, caller: &Caller, kind: &str) -> Self {
        let kinds = rights::kinds_of(app, &caller.person);
        let chosen = kinds.iter().find(|one| one.name == kind).or(kinds.first());
        let kind = chosen.map_or("", |kind| kind.name);
        let columns = |kind: &FileKind| kind.read_columns().map(|column| column.name).collect();
        Self {
            frame: Frame::of(caller, "imports"),
            kind: kind.to_owned(),
            kinds: kinds.into_iter().map(|kind| (kind.name, columns(kind))).collect(),
            size_mb: (app.settings.upload_bytes_max / 1_048_576).max(1).to_string(),
            kept_days: app.stored.number(&IMPORT_FILES_DAYS).to_string(),
            fault: None,
        }
    }

    fn is_chosen(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn kind_key(&self, kind: &str) -> String {
        format!("import-kind-{kind}")
    }

    fn kind_help_key(&self, kind: &str) -> String {
        format!("import-kind-{kind}-help")
    }
}

/// Which kind is chosen already.
#[derive(Debug, Default, Deserialize)]
pub struct NewQuery {
    #[serde(default)]
    kind: String,
}

/// `GET /imports/new`
pub async fn ask_new(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<NewQuery>,
) -> Result<Response, Problem> {
    rights::must_import(&caller)?;
    Ok(render(&NewPage::of(&app, &caller, &query.kind)))
}

/// `POST /imports/new`: what is wrong with the file is said beside the field that it was chosen in.
pub async fn create(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (caller, sent) = match upload::read(request, &app).await {
        Ok(read) => read,
        Err((Some(caller), problem)) => return Ok(asked_again(&app, &caller, "", &problem)),
        Err((None, problem)) => return Err(problem),
    };
    let given = sent.fields.get("kind").cloned().unwrap_or_default();
    let kind = match api::kind_of(&app, &caller, &given) {
        Ok(kind) => kind,
        Err(problem) if problem.status() == StatusCode::FORBIDDEN => return Err(problem),
        Err(problem) => return Ok(asked_again(&app, &caller, "", &problem)),
    };
    let now = app.clock.now();
    let file = |sent: SentFile| NewFile {
        id: new_id(&*app.entropy, now).to_string(),
        kind,
        name: sent.name,
        content: sent.content,
        headings: std::collections::BTreeMap::new(),
        read_as: Mapping::default(),
        is_final: false,
    };
    let files: Vec<NewFile> = sent.files.into_iter().map(file).collect();
    if files.is_empty() {
        return Ok(asked_again(&app, &caller, &given, &Problem::field("file", "Choose a file.")));
    }
    match intake::accept(app.files(), files, &caller.origin(None), now).await {
        // Each of several waits in the list for its columns.
        Ok(imports) if imports.len() > 1 => Ok(Redirect::to("/imports").into_response()),
        Ok(imports) => Ok(Redirect::to(&format!("/imports/{}", imports[0].id)).into_response()),
        Err(error) => {
            let problem = Problem::from(error);
            if problem.status().is_server_error() {
                Err(problem)
            } else {
                Ok(asked_again(&app, &caller, &given, &problem))
            }
        }
    }
}

fn asked_again(app: &App, caller: &Caller, kind: &str, problem: &Problem) -> Response {
    let mut page = NewPage::of(app, caller, kind);
    page.fault = Some(words(&page.frame, problem));
    let mut response = render(&page);
    *response.status_mut() =
        if problem.status().is_client_error() { problem.status() } else { StatusCode::UNPROCESSABLE_ENTITY };
    response
}

/// A problem in the page's language, and precisely where the two differ.
pub(crate) fn words(frame: &Frame, problem: &Problem) -> (String, String) {
    let key = format!("import-fault-{}", problem.code());
    let words = frame.t(&key);
    if frame.locale == "en" || words == key {
        (problem.detail().to_owned(), String::new())
    } else if problem.code() == "invalid_field" {
        // These words say as much as the English sentence.
        (frame.t(problem.words_key()), String::new())
    } else {
        (words, problem.detail().to_owned())
    }
}
