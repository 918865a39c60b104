//! Telling of what nobody knows of an earlier database.

use crate::report::Report;
use crate::rules::Finding;
use crate::store::traitortrack::Source;

/// Tells of every table and column that nobody knows and that holds data, and writes it to the archive.
pub(crate) async fn keep_strange(source: &mut Source, report: &mut Report, writes: bool) -> anyhow::Result<()> {
    for strange in source.strange() {
        let mut findings = Vec::new();
        if !strange.columns.is_empty() {
            findings = report.archive.strange(source, &strange, writes).await?;
        }
        for column in &strange.secret {
            let rows = source.filled(&strange.table, column).await?;
            if rows > 0 {
                let done = format!("{rows} rows, left out: the name says that it holds secrets");
                let code = format!("{}.{column}", strange.table);
                findings.push(Finding::new("table", 0, &code, "secret_column", done));
            }
        }
        report.tell(&findings)?;
    }
    Ok(())
}
