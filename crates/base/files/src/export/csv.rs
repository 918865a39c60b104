//! CSV by the piece: each is made when it is asked for, while the next page is being read already.
//!
//! Invariant: dropped, it stops after the page that is under way: nothing more is read for somebody who has gone, and no
//! statement is cut off, because its connection would go to the next one in the middle of it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base_db::StoreError;
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter};
use tokio::task::JoinHandle;

use super::error::ExportError;
use super::kind::Page;
use super::rows::{Rows, write};

/// What the writer has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

type Read = (Rows, Result<Option<Page>, StoreError>);

/// Makes the pieces of a CSV file.
pub struct CsvMaker {
    writer: Option<CsvWriter<Written>>,
    written: Written,
    reading: JoinHandle<Read>,
    rows_done: u64,
}

fn read_next(mut rows: Rows) -> JoinHandle<Read> {
    tokio::spawn(async move {
        let page = rows.next().await;
        (rows, page)
    })
}

impl CsvMaker {
    /// Begins, with the first page under way. A byte order mark stands at the beginning: Excel wants it for Hindi.
    pub fn begin(rows: Rows) -> Result<Self, ExportError> {
        let written = Written::default();
        let (choice, columns) = (rows.choice().clone(), rows.choice().columns(rows.setting()));
        let heading = Heading { title: choice.title(), columns: &columns, no_data: choice.no_data() };
        let writer = CsvWriter::begin(written.clone(), &heading, CsvOptions { has_bom: true })?;
        let reading = read_next(rows);
        Ok(Self { writer: Some(writer), written, reading, rows_done: 0 })
    }

    /// Rows that are in the pieces so far.
    pub fn rows_done(&self) -> u64 {
        self.rows_done
    }

    /// The next piece; `None` when the file is whole.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ExportError> {
        while let Some(mut writer) = self.writer.take() {
            let (rows, page) = (&mut self.reading).await.map_err(|_| ExportError::CutOff)?;
            let Some(page) = page? else {
                writer.finish()?;
                return Ok(Some(self.take()));
            };
            let (choice, setting) = (rows.choice().clone(), rows.setting().clone());
            self.reading = read_next(rows);
            // A page is some milliseconds of work; those who scan do not wait behind it.
            let made = tokio::task::spawn_blocking(move || {
                let rows = write(&page, &choice, &setting, &mut writer as &mut dyn RowWriter)?;
                Ok::<_, ExportError>((writer, rows))
            });
            let (writer, rows) = made.await.map_err(|_| ExportError::CutOff)??;
            self.rows_done += rows;
            self.writer = Some(writer);
            let piece = self.take();
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.written.0.lock().expect("no holder panics"))
    }
}
