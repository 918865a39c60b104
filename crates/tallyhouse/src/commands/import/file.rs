//! The file of an import: opened, its sheet and columns found, and what is left out of it told.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, anyhow, ensure};
use bags_rules::import::ImportKind;
use base_files::import::{Mapping, Table, TableFault, likely_sheet, settle_header, sheet_named, with_parts};
use base_sheet::SheetFault;
use base_sheet::read::Book;

use super::Rows;

/// A file that can be read, and how.
pub struct Opened {
    /// Its rows.
    pub table: Arc<Table>,
    /// How they are read.
    pub mapping: Mapping,
}

/// Opens the file and finds its rows.
pub async fn open(kind: ImportKind, args: &Rows) -> anyhow::Result<Opened> {
    let headings = headings_of(kind, &args.map)?;
    let (label_text, hidden_rows) = (args.label_text, args.reads_hidden);
    let (make_missing, header_row) = (args.make_missing, args.header_row);
    let (path, shown, wanted) = (args.file.clone(), args.file.display().to_string(), args.sheet.clone());
    let look = move || {
        let mut book = Book::open(&path)?;
        let mut places = Vec::new();
        for sheet in &wanted {
            places.push(sheet_named(&book, sheet)?);
        }
        if places.is_empty() {
            let likely = likely_sheet(&mut book, kind.file(), &headings);
            places = with_parts(&book, likely);
        }
        let said = Mapping { label_text, hidden_rows, make_missing, header_row, ..Mapping::default() };
        settle_header(&mut book, places[0], kind.file(), (&said, &headings))?;
        let columns = Mapping::of_headings(&headings, book.header(places[0])?).columns;
        let mapping = Mapping { columns, ..said }.found_in(&book, places[0]);
        let missing = headings.iter().find(|(name, _)| !mapping.columns.contains_key(*name));
        if let Some((_, heading)) = missing {
            let found = book.header(places[0])?.to_vec();
            return Err(SheetFault::NoColumn { name: heading.clone(), found }.into());
        }
        let table = Table::open_sheets(book, kind.file(), &places, &mapping)?;
        Ok::<_, TableFault>(Opened { table: Arc::new(table), mapping })
    };
    let opened = tokio::task::spawn_blocking(look).await?;
    let opened = opened.map_err(|TableFault { sheet, fault }| {
        let about = fault.about();
        let told = if sheet.is_empty() { anyhow!(about) } else { anyhow!(about).context(format!("sheet {sheet:?}")) };
        told.context(shown)
    })?;
    tell(kind, &opened.table);
    Ok(opened)
}

fn headings_of(kind: ImportKind, pairs: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut headings = BTreeMap::new();
    for pair in pairs {
        let (name, heading) = pair.split_once('=').with_context(|| format!("--map {pair}: write NAME=HEADING"))?;
        ensure!(
            kind.columns().any(|column| column.name == name),
            "--map {pair}: the names are {}",
            kind.columns().map(|column| column.name).collect::<Vec<_>>().join(", ")
        );
        headings.insert(name.to_owned(), heading.to_owned());
    }
    Ok(headings)
}

/// Tells what is left out, and what is read though nobody sees it.
fn tell(kind: ImportKind, table: &Table) {
    let list = |what: &str, names: Vec<&str>| {
        if !names.is_empty() {
            eprintln!("{what}: {}", names.join(", "));
        }
    };
    list("these columns are not read", table.unread());
    if let Some(place) = table.beyond.place(table) {
        eprintln!(
            "cells under no heading are not read: {} rows have such cells, the first is {place}",
            table.beyond.rows
        );
    }
    if table.hidden_rows > 0 {
        eprintln!("{} hidden rows are left out; --hidden-rows reads them, too", table.hidden_rows);
    }
    list("these hidden sheets are left out", table.hidden_sheets());
    list("these sheets are not read; --sheet names another", table.other_sheets());
    list("these columns are hidden in the file, and read", table.hidden_columns());
    if kind == ImportKind::Bills && table.has("expected_weight_kg") {
        eprintln!("expected_weight_kg is not read: a bill weighs what is on it");
    }
}
