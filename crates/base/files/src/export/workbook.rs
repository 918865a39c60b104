//! A workbook as a temporary file, row by row, in little memory.

use std::fs::File;

use base_sheet::write::{Heading, RowWriter, XlsxOptions, XlsxWriter};

use super::error::ExportError;
use super::rows::{Rows, write};

/// Makes a workbook and gives the file and the number of its rows. `progress` is asked after each page, with the rows
/// that are done, whether to go on.
pub async fn workbook<F>(mut rows: Rows, mut progress: impl FnMut(u64) -> F) -> Result<(File, u64), ExportError>
where
    F: Future<Output = Result<bool, ExportError>>,
{
    let (choice, setting) = (rows.choice().clone(), rows.setting().clone());
    let columns = choice.columns(rows.setting());
    let heading = Heading { title: choice.title(), columns: &columns, no_data: choice.no_data() };
    // Without a name in any folder: it goes with the program, whatever happens.
    let file = tempfile::tempfile()?;
    let options = XlsxOptions { made_at: setting.local(setting.at), scratch: None };
    let mut writer = XlsxWriter::begin(file.try_clone()?, &heading, &options)?;
    let mut done = 0;
    let mut page = rows.next().await?;
    while let Some(read) = page {
        let (choice, setting) = (choice.clone(), setting.clone());
        let written = tokio::task::spawn_blocking(move || {
            let written = write(&read, &choice, &setting, &mut writer as &mut dyn RowWriter)?;
            Ok::<_, ExportError>((writer, written))
        });
        // The next page is read while this one is written.
        let (next, written) = tokio::join!(rows.next(), written);
        let written = written.map_err(|_| ExportError::CutOff)??;
        writer = written.0;
        done += written.1;
        page = next?;
        if !progress(done).await? {
            return Err(ExportError::Cancelled);
        }
    }
    let finished = tokio::task::spawn_blocking(move || writer.finish());
    finished.await.map_err(|_| ExportError::CutOff)??;
    Ok((file, done))
}
