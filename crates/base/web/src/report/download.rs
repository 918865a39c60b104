//! A report as a file: CSV, workbook or PDF, made of the value that its page shows.
//!
//! Invariants: files are made on other threads than those that answer requests, two at once on each node; a file that
//! cannot be finished is cut off and never looks complete.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_sheet::report::{Report, Table};
use base_sheet::write::{
    CsvOptions, CsvWriter, Heading, Paper, PdfOptions, XlsxOptions, report_as_pdf, report_as_xlsx, table_as_csv,
};
use base_sheet::{Brand, Cell, Kind, WriteFault, stamped_name};
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::app::App;
use crate::error::Problem;
use crate::followed::while_there;
use crate::session::Caller;

/// The most rows of a PDF. For more there is the workbook, and the PDF says so.
pub const PDF_ROWS_MAX: usize = 5000;
/// A table with more columns is printed in landscape.
const PORTRAIT_COLUMNS_MAX: usize = 8;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comma separated.
    Csv,
    /// A workbook.
    Xlsx,
    /// For printing.
    Pdf,
}

impl Form {
    /// Reads `format`; empty is the page itself.
    pub fn parse(text: &str) -> Result<Option<Self>, Problem> {
        match text {
            "" => Ok(None),
            "csv" => Ok(Some(Self::Csv)),
            "xlsx" => Ok(Some(Self::Xlsx)),
            "pdf" => Ok(Some(Self::Pdf)),
            _ => Err(Problem::field("format", "Choose csv, xlsx or pdf.")),
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A file under a name that says when it was made.
fn answer(app: &App, form: Form, stem: &str, body: Body) -> Response {
    let name = stamped_name(stem, now(app), &app.settings.zone, form.extension());
    let disposition = format!("attachment; filename=\"{name}\"");
    let kind = (header::CONTENT_TYPE, form.media_type().to_owned());
    ([kind, (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

fn now(app: &App) -> Timestamp {
    Timestamp::from_microsecond(app.clock.now().0).unwrap_or(Timestamp::MAX)
}

/// The whole report as a workbook or PDF, or its last table as CSV.
pub async fn whole(
    app: &App,
    form: Form,
    stem: &str,
    locale: &'static str,
    mut report: Report,
) -> Result<Response, Problem> {
    // On paper the line at its head tells the zone, and columns are narrow.
    if form != Form::Pdf {
        report.tables.iter_mut().for_each(|table| name_zone(app, table));
    }
    let _turn = app.file_writers.acquire().await.map_err(|error| broken(&error))?;
    let made_at = now(app).to_zoned(app.settings.zone.clone()).datetime();
    let brand = app.settings.brand.clone();
    let written = tokio::task::spawn_blocking(move || write(form, locale, &report, Maker { made_at, brand: &brand }));
    let bytes = written.await.map_err(|error| broken(&error))?.map_err(|error| broken(&error))?;
    Ok(answer(app, form, stem, Body::from(bytes)))
}

/// Names the zone in the headings of times: a file may be read elsewhere.
fn name_zone(app: &App, table: &mut Table) {
    let Some(zone) = app.settings.zone.iana_name() else { return };
    for column in table.columns.iter_mut().filter(|column| column.kind == Kind::Time) {
        column.title = format!("{} ({zone})", column.title).into();
    }
}

/// Leaves only one table of a report, by its name; without a name the last.
pub fn only_table(report: &mut Report, name: &str) -> Result<(), Problem> {
    let at = if name.is_empty() {
        report.tables.len().checked_sub(1)
    } else {
        report.tables.iter().position(|table| table.name == name)
    };
    let Some(at) = at else {
        let names: Vec<&str> = report.tables.iter().map(|table| table.name.as_str()).collect();
        return Err(Problem::field("table", format!("Choose one of {}.", names.join(", "))));
    };
    report.tables = vec![report.tables.swap_remove(at)];
    Ok(())
}

/// By whom and when a file is made.
#[derive(Clone, Copy)]
struct Maker<'m> {
    made_at: jiff::civil::DateTime,
    brand: &'m Brand,
}

fn write(form: Form, language: &str, report: &Report, maker: Maker<'_>) -> Result<Vec<u8>, WriteFault> {
    let Maker { made_at, brand } = maker;
    let mut out = Vec::new();
    match form {
        Form::Csv => {
            let none = Table::default();
            table_as_csv(report.tables.last().unwrap_or(&none), &mut out, CsvOptions { has_bom: true })?;
        }
        Form::Xlsx => report_as_xlsx(report, &mut out, &XlsxOptions { made_at, scratch: None }, brand)?,
        Form::Pdf => out = report_as_pdf(report, &PdfOptions { paper: paper(report), language, brand })?,
    }
    Ok(out)
}

fn paper(report: &Report) -> Paper {
    let columns = report.tables.iter().map(|table| table.columns.len()).max().unwrap_or_default();
    if columns > PORTRAIT_COLUMNS_MAX { Paper::Landscape } else { Paper::Portrait }
}

fn broken(cause: &(impl std::fmt::Display + ?Sized)) -> Problem {
    tracing::error!(%cause, "a report could not be written");
    let detail = "The file could not be created. Try again in a moment.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "file_not_made", detail)
}

/// Where the rows of a long table come from, page by page.
pub trait Pages: Send + 'static {
    /// The next rows; empty at the end.
    fn next(&mut self) -> impl Future<Output = Result<Vec<Vec<Cell<'static>>>, Problem>> + Send;
}

/// A table as CSV that goes on for as long as there are rows and the caller is there: only one page of them is held in
/// memory.
pub fn stream(app: &App, caller: &Caller, stem: &str, mut table: Table, mut pages: impl Pages) -> Response {
    name_zone(app, &mut table);
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    tokio::spawn(async move {
        let heading = Heading { title: &table.title, columns: &table.columns, no_data: "" };
        if let Err(problem) = send_rows(&sender, &heading, &mut pages).await {
            problem.log("a report could not be sent to its end", None);
            let cut_off = std::io::Error::other(problem.detail().to_owned());
            // A reader that is gone needs no message.
            drop(sender.send(Err(cut_off)).await);
        }
    });
    let chunks = futures_util::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    answer(app, Form::Csv, stem, Body::from_stream(while_there(app, caller, chunks)))
}

/// What a writer has written and nobody has sent yet.
#[derive(Clone, Default)]
struct Outgoing(Arc<Mutex<Vec<u8>>>);

impl Outgoing {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().expect("no holder panics")).into()
    }
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn send_rows(
    sender: &mpsc::Sender<Result<Bytes, std::io::Error>>,
    heading: &Heading<'_>,
    pages: &mut impl Pages,
) -> Result<(), Problem> {
    let outgoing = Outgoing::default();
    let options = CsvOptions { has_bom: true };
    let mut writer = CsvWriter::begin(outgoing.clone(), heading, options).map_err(|error| broken(&error))?;
    loop {
        let rows = pages.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            writer.row(row).map_err(|error| broken(&error))?;
        }
        let chunk = outgoing.take();
        if !chunk.is_empty() && sender.send(Ok(chunk)).await.is_err() {
            return Ok(());
        }
    }
    writer.finish().map_err(|error| broken(&error))?;
    // A reader that is gone needs no last chunk.
    drop(sender.send(Ok(outgoing.take())).await);
    Ok(())
}
