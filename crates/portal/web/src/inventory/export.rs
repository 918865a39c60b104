//! What a customer sees, as a file. The browser sends what is chosen, and the server chooses again among the rows that the
//! account sees: a file can hold nothing else.

use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_core::audit::Entry;
use base_records::audit::{self, Record};
use base_sheet::stamped_name;
use base_web::body::JsonBody;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::Frame;
use bytes::Bytes;
use futures_util::stream;
use portal_rules::format::Format;
use portal_rules::scope::Scope;
use portal_rules::usage::{CUSTOMER, EXPORT};
use portal_rules::view::View;
use portal_work::live::Read;
use portal_work::sheet::{Form, Sheet};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::packed::moment_of;
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
    let body = written(portal.clone(), File { sheet, read, view: asked.view, format, form });
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
struct File {
    sheet: Sheet,
    read: Arc<Read>,
    view: View,
    format: Format,
    form: Form,
}

/// The file as it is made, on a thread of its own; two at once. One that cannot be finished is cut off.
fn written(portal: Portal, file: File) -> Body {
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        let Ok(_turn) = portal.file_writers.acquire().await else { return };
        let write = move || {
            let rows = file.view.apply(&file.read.inventory.rows, file.format);
            let mut pipe = Pipe { sender: sender.clone(), bytes: Vec::with_capacity(PIECE_BYTES) };
            let done = file.sheet.write(file.form, &rows, &mut pipe).map_err(std::io::Error::other);
            if let Err(fault) = done.and_then(|()| pipe.send()) {
                // A reader that is gone needs no message.
                drop(sender.blocking_send(Err(fault)));
            }
        };
        if let Err(fault) = tokio::task::spawn_blocking(write).await {
            tracing::error!(%fault, "a file of stock could not be written");
        }
    });
    Body::from_stream(stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver))))
}

/// What is written, on its way to the reader.
struct Pipe {
    sender: mpsc::Sender<Result<Bytes, std::io::Error>>,
    bytes: Vec<u8>,
}

impl Pipe {
    fn send(&mut self) -> std::io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.bytes, Vec::with_capacity(PIECE_BYTES));
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| std::io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
