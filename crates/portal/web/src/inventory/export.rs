//! What a customer sees, as a file. The browser sends what is chosen, and the server chooses again among the rows that the
//! account sees: a file can hold nothing else.
//!
//! Invariants: a file is whole before its first byte goes out, so that a reader who is slow keeps nobody else from theirs;
//! an account has one file under way at a time, until its reader has it or is gone.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_core::audit::Entry;
use base_records::audit::{self, Record};
use base_sheet::{WriteFault, stamped_name};
use base_web::body::JsonBody;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::Frame;
use base_web::while_there;
use bytes::Bytes;
use futures_util::{Stream, stream};
use portal_rules::format::Format;
use portal_rules::scope::Scope;
use portal_rules::usage::{CUSTOMER, EXPORT};
use portal_rules::view::View;
use portal_work::live::Read;
use portal_work::sheet::{Form, Sheet};
use serde::Deserialize;
use serde_json::json;

use super::packed::moment_of;
use super::turn::Turn;
use super::work::{choices, must_be_sound, scope_of, stock};
use crate::state::Portal;

/// Bytes that are sent at once.
const PIECE_BYTES: usize = 64 * 1024;

/// What the page sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What is chosen.
    view: View,
    /// The read that is shown; without it, or when it is forgotten, the stock of now.
    #[serde(default)]
    read: String,
}

/// `POST /inventory/api/export-xlsx`
pub async fn xlsx(
    State(portal): State<Portal>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Response, Problem> {
    export(&portal, &caller, asked, Form::Xlsx).await
}

/// `POST /inventory/api/export-csv`
pub async fn csv(
    State(portal): State<Portal>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Response, Problem> {
    export(&portal, &caller, asked, Form::Csv).await
}

/// The read that is shown, or the stock of now.
async fn read_of(portal: &Portal, scope: &Scope, id: &str) -> Result<Arc<Read>, Problem> {
    let shown = moment_of(id).and_then(|at| portal.live.as_ref()?.remembered(scope, at));
    let read = match shown {
        Some(read) => Some(read),
        None => stock(portal, scope).await.read,
    };
    let detail = "The stock cannot be read at the moment. Try again in a minute.";
    read.ok_or_else(|| Problem::unavailable("stock_unavailable", detail))
}

async fn export(portal: &Portal, caller: &Caller, asked: Asked, form: Form) -> Result<Response, Problem> {
    must_be_sound(&asked.view)?;
    let turn = portal.exporting.begin(caller.person.id);
    let turn = turn.ok_or_else(|| Problem::busy("Another file is on its way to you. Try again when it is there."))?;
    let scope = scope_of(portal, caller.person.id).await?;
    let read = read_of(portal, &scope, &asked.read).await?;
    let format = choices(portal, caller.person.id).await?.format;
    let frame = Frame::of(caller, "stock");
    let columns = asked.view.columns(scope.is_of_several());
    let columns = columns.into_iter().map(|column| (column, frame.t(&format!("column-{}", column.key())))).collect();
    let now = jiff::Timestamp::from_microsecond(portal.clock.now().0).unwrap_or(jiff::Timestamp::MAX);
    let made_at = now.to_zoned(portal.settings.zone.clone()).datetime();
    let sheet = Sheet { title: frame.t("stock"), columns, made_at };
    note(portal, caller, (form, &asked.view)).await?;
    let (extension, media_type) = match form {
        Form::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Form::Csv => ("csv", "text/csv; charset=utf-8"),
    };
    let name = stamped_name("stock", now, &portal.settings.zone, extension);
    let made = made(portal, Wanted { sheet, read, view: asked.view, format, form }).await?;
    let body = Body::from_stream(while_there(portal, caller, pieces(made, turn)));
    let disposition = format!("attachment; filename=\"{name}\"");
    let kind = (header::CONTENT_TYPE, media_type.to_owned());
    Ok((StatusCode::OK, [kind, (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

async fn note(portal: &Portal, caller: &Caller, (form, view): (Form, &View)) -> Result<(), Problem> {
    let form = if form == Form::Xlsx { "xlsx" } else { "csv" };
    let entry = Entry::new(EXPORT, CUSTOMER, caller.person.name.as_str());
    let entry = entry.with_after(&json!({ "format": form, "search": view.search, "filters": view.filters }));
    let origin = caller.origin(None);
    let mut tx = portal.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: portal.clock.now(), entry, origin: &origin }]).await?;
    Ok(tx.commit().await?)
}

/// A file that is to be written.
struct Wanted {
    sheet: Sheet,
    read: Arc<Read>,
    view: View,
    format: Format,
    form: Form,
}

impl Wanted {
    /// Writes it into a file that has no name and is gone with its last handle.
    fn write(&self) -> Result<File, WriteFault> {
        let rows = self.view.apply(&self.read.inventory.rows, self.format);
        let mut out = BufWriter::new(tempfile::tempfile()?);
        self.sheet.write(self.form, &rows, &mut out)?;
        out.flush()?;
        let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}

/// The file, made on a thread of its own; two at once. It is made to its end, whoever is still waiting.
async fn made(portal: &Portal, wanted: Wanted) -> Result<File, Problem> {
    let portal = portal.clone();
    let making = tokio::spawn(async move {
        let _turn = portal.file_writers.acquire().await.map_err(|_| Problem::busy("The server is closing."))?;
        let written = tokio::task::spawn_blocking(move || wanted.write()).await;
        written.map_err(|fault| not_made(&fault))?.map_err(|fault| not_made(&fault))
    });
    making.await.map_err(|fault| not_made(&fault))?
}

fn not_made(fault: &dyn std::error::Error) -> Problem {
    Problem::broken("file_not_made", "The file could not be created. Try again in a moment.", fault)
}

/// The file, piece by piece. The account's turn ends with it.
fn pieces(file: File, turn: Turn) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    stream::unfold(Some((file, turn)), async |going_on| {
        let (mut file, turn) = going_on?;
        let read = move || {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece).map(|_| (piece, file))
        };
        match tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other).flatten() {
            Ok((piece, _)) if piece.is_empty() => None,
            Ok((piece, file)) => Some((Ok(Bytes::from(piece)), Some((file, turn)))),
            // It is cut off, so that it does not look complete.
            Err(fault) => Some((Err(fault), None)),
        }
    })
}
