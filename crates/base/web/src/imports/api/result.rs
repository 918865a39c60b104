//! The refused rows of an import as a CSV file.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::permission::IMPORT_OWN;
use base_files::import::ResultWriter;
use base_records::import;
use base_records::import::{Import, Phase};
use serde::Deserialize;
use utoipa::IntoParams;

use super::find;
use crate::app::App;
use crate::error::{Problem, ProblemBody, cut_off};
use crate::followed::while_there;
use crate::parameters::Parameters;
use crate::session::Caller;

/// Rows of a result that are read at once.
const PAGE_ROWS: u32 = 1000;

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ResultQuery {
    /// `check` for the dry run, `run`, or `back` for what could not be taken back; what came last when not given.
    pub phase: Option<String>,
}

/// Gives every refused row with its number, its values and the reason, as CSV.
#[utoipa::path(get, path = "/api/v1/imports/{id}/result.csv",
    extensions(("x-permission" = json!(IMPORT_OWN.name()))),
    params(ResultQuery, ("id", description = "The import's id")),
    responses((status = 200, description = "CSV, safe to open in a spreadsheet.", content_type = "text/csv"),
        (status = 404, description = "There is no such import.", body = ProblemBody)))]
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
        Some(_) => return Err(Problem::field("phase", "The phase must be `check`, `run` or `back`.")),
        None if import.has_begun() || import.fault.is_some() => Phase::Run,
        None => Phase::Check,
    };
    let name = format!("import-{}-{}.csv", import.kind, phase.name());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, stream(app, &caller, import, phase)).into_response())
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
fn stream(app: App, caller: &Caller, import: Import, phase: Phase) -> Body {
    let pen = Pen::default();
    let kind = app.imports.kind(&import.kind);
    let writer = kind.and_then(|kind| ResultWriter::begin(pen.clone(), kind, phase).ok());
    let begin = (writer, 0_i64);
    let request_id: Arc<str> = caller.facts.id.as_str().into();
    let site = app.clone();
    let pages = futures_util::stream::unfold(begin, move |(writer, after)| {
        let (app, id, pen, request_id) = (app.clone(), import.id.clone(), pen.clone(), request_id.clone());
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
                Ok(state) => Some((Ok(Bytes::from(pen.take())), state)),
                Err(error) => Some((Err(cut_off(error, &request_id)), (None, after))),
            }
        }
    });
    Body::from_stream(while_there(&site, caller, pages))
}
