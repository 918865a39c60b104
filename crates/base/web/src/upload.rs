//! Files that people send, as a form or as a plain body. Counted as they arrive: never more than the limit is held,
//! and only a few arrive at once.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use base_core::text::is_plain;
use base_secret as secret;
use futures_util::StreamExt;

use crate::app::App;
use crate::error::Problem;
use crate::imports::rights::must_import;
use crate::session::{Caller, ProofFollows};
use crate::text;

/// Longest pause between two pieces of a file.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Longest time that a whole file may take.
const SPAN_MAX: Duration = Duration::from_mins(15);
/// Longest time that is spent on the rest of what is refused.
const FORGOTTEN_SPAN_MAX: Duration = Duration::from_mins(1);
/// Most files in one form.
const FILES_MAX: usize = 20;
/// Most fields beside the files, and longest of them, in bytes.
const FIELDS_MAX: usize = 16;
const FIELD_BYTES_MAX: usize = 4096;

/// What was sent.
#[derive(Default)]
pub struct Upload {
    /// Fields beside the files.
    pub fields: HashMap<String, String>,
    /// The files; together no larger than one may be.
    pub files: Vec<SentFile>,
}

/// A file that was sent.
pub struct SentFile {
    /// Its name; empty for a plain body.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "The file did not arrive in time. Send it again.")
}

fn too_large(app: &App, are_several: bool) -> Problem {
    let mb = app.settings.upload_bytes_max / 1_048_576;
    let detail = if are_several {
        format!(
            "The files are larger than {mb} MB together. Upload them one at a time, and split one that is too large by itself."
        )
    } else {
        format!("The file is larger than {mb} MB. Split it into smaller ones.")
    };
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
}

fn cut_off() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "body_cut_off", "The file ended too early. Send it again.")
}

/// True for the form of a page or a program that sends one.
pub fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data"))
}

/// Reads the rest of a form that is refused, and forgets it: a browser that is answered before it has sent everything shows
/// a broken connection instead of the answer, and a proxy says that the site is down.
async fn forget(mut form: Multipart, app: &App) {
    let rest = async {
        let mut left = forgotten_bytes_max(app);
        while let Ok(Some(mut field)) = form.next_field().await {
            while let Ok(Some(chunk)) = field.chunk().await {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    return;
                }
            }
        }
    };
    // Whoever takes longer sees the broken connection.
    let _late = tokio::time::timeout(FORGOTTEN_SPAN_MAX, rest).await;
}

/// As [`forget`], for a plain body.
async fn forget_plain(mut stream: BodyDataStream, app: &App) {
    let rest = async {
        let mut left = forgotten_bytes_max(app);
        while let Some(Ok(chunk)) = stream.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    let _late = tokio::time::timeout(FORGOTTEN_SPAN_MAX, rest).await;
}

/// Most of what is refused that is read on, in bytes.
fn forgotten_bytes_max(app: &App) -> usize {
    app.settings.upload_bytes_max * 2
}

/// Who sends, and what. A form proves itself by its field `csrf`, which comes before the file; all else by the header.
pub async fn read(request: Request, app: &App) -> Result<(Caller, Upload), (Option<Caller>, Problem)> {
    let is_form = is_form(&request);
    let (mut parts, body) = request.into_parts();
    if !is_form {
        let mut stream = body.into_data_stream();
        let refused = match allowed(&mut parts, app).await {
            Ok(caller) => match in_time(app, read_plain(&mut stream, app)).await {
                Ok(upload) => return Ok((caller, upload)),
                Err(problem) => (Some(caller), problem),
            },
            Err(problem) => (None, problem),
        };
        forget_plain(stream, app).await;
        return Err(refused);
    }
    parts.extensions.insert(ProofFollows);
    let caller = allowed(&mut parts, app).await;
    let form = Multipart::from_request(Request::from_parts(parts, body), &()).await;
    let broken = || Problem::field("file", "The form could not be read. Load the page again.");
    let (mut form, caller) = match (form, caller) {
        (Ok(form), Ok(caller)) => (form, caller),
        (Ok(form), Err(problem)) => {
            forget(form, app).await;
            return Err((None, problem));
        }
        (Err(_), Err(problem)) => return Err((None, problem)),
        (Err(_), Ok(caller)) => return Err((Some(caller), broken())),
    };
    let read = in_time(app, read_form(&mut form, app, &caller)).await;
    match read {
        Ok(upload) => Ok((caller, upload)),
        Err(problem) => {
            forget(form, app).await;
            // Without the proof that the form is from our page, nothing more is said.
            Err((Some(caller).filter(|_| problem.status() != StatusCode::FORBIDDEN), problem))
        }
    }
}

/// Who sends, if they may.
async fn allowed(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
    let caller = Caller::from_request_parts(parts, app).await?;
    must_import(&caller)?;
    Ok(caller)
}

/// Takes what is sent, unless too many others send as well.
async fn in_time(app: &App, reading: impl Future<Output = Result<Upload, Problem>>) -> Result<Upload, Problem> {
    let place = app.uploads.try_acquire();
    let _place = place.map_err(|_| Problem::busy("Other files are being uploaded. Try again in a minute."))?;
    tokio::time::timeout(SPAN_MAX, reading).await.map_err(|_| too_slow())?
}

async fn read_plain(stream: &mut BodyDataStream, app: &App) -> Result<Upload, Problem> {
    let mut content = Vec::new();
    while let Some(chunk) = tokio::time::timeout(PAUSE_MAX, stream.next()).await.map_err(|_| too_slow())? {
        let chunk = chunk.map_err(|_| cut_off())?;
        if content.len() + chunk.len() > app.settings.upload_bytes_max {
            return Err(too_large(app, false));
        }
        content.extend_from_slice(&chunk);
    }
    Ok(Upload { files: vec![SentFile { name: String::new(), content }], ..Upload::default() })
}

async fn read_form(form: &mut Multipart, app: &App, caller: &Caller) -> Result<Upload, Problem> {
    let has_header_proof = caller.session_hash.is_empty();
    let mut upload = Upload::default();
    let mut is_proven = has_header_proof;
    loop {
        let next = tokio::time::timeout(PAUSE_MAX, form.next_field()).await.map_err(|_| too_slow())?;
        let Some(field) = next.map_err(|error| told(&error))? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if !is_proven {
                return Err(Problem::foreign_form());
            }
            if upload.files.len() == FILES_MAX {
                return Err(Problem::field("file", format!("Upload at most {FILES_MAX} files at once.")));
            }
            let name = field.file_name().unwrap_or_default().to_owned();
            if !is_plain(&name) {
                return Err(text::not_plain("file"));
            }
            let before: usize = upload.files.iter().map(|file| file.content.len()).sum();
            let content = take(field, app.settings.upload_bytes_max - before).await?;
            upload.files.push(SentFile { name, content: content.ok_or_else(|| too_large(app, before > 0))? });
            continue;
        }
        let value = take(field, FIELD_BYTES_MAX).await?;
        let value = value.and_then(|bytes| String::from_utf8(bytes).ok());
        let value = value.ok_or_else(|| Problem::field(name.clone(), "This field is too long, or it is not text."))?;
        if !is_plain(&name) || !is_plain(&value) {
            return Err(text::not_plain(if is_plain(&name) { name } else { "form".to_owned() }));
        }
        if name == "csrf" {
            if !is_proven && !secret::equal(&value, &caller.csrf) {
                return Err(Problem::foreign_form());
            }
            is_proven = true;
        }
        upload.fields.insert(name, value);
        if upload.fields.len() > FIELDS_MAX {
            return Err(Problem::field("form", "The form has too many fields. Load the page again."));
        }
    }
    if is_proven { Ok(upload) } else { Err(Problem::foreign_form()) }
}

/// A field's content; `None` when it is longer than it may be.
async fn take(mut field: Field<'_>, bytes_max: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut content = Vec::new();
    loop {
        let chunk = tokio::time::timeout(PAUSE_MAX, field.chunk()).await.map_err(|_| too_slow())?;
        let Some(chunk) = chunk.map_err(|error| told(&error))? else { return Ok(Some(content)) };
        if content.len() + chunk.len() > bytes_max {
            return Ok(None);
        }
        content.extend_from_slice(&chunk);
    }
}

fn told(error: &MultipartError) -> Problem {
    tracing::debug!(%error, "a form with a file could not be read");
    cut_off()
}
