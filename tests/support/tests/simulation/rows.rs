//! The rows of a database by the names of their columns, as the sweep at the end of a run reads them.

use std::collections::BTreeMap;

use base_db::{Db, scratch};
use serde_json::Value;

pub type Row = BTreeMap<String, Value>;

pub struct Tables(BTreeMap<String, Vec<Row>>);

impl Tables {
    pub async fn of(db: &Db) -> Self {
        let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in db.columns().await.expect("the columns") {
            let (table, column) = column.trim_end_matches('?').split_once('.').expect("a table and a column");
            columns.entry(table.to_owned()).or_default().push(column.to_owned());
        }
        let contents = scratch::contents(db).await.expect("the rows");
        let named = |(table, rows): (String, Vec<String>)| {
            let names = &columns[&table];
            let row = |text: &String| match serde_json::from_str(text).expect("JSON") {
                Value::Array(cells) => names.iter().cloned().zip(cells).collect(),
                Value::Object(cells) => cells.into_iter().collect(),
                other => panic!("{other} is no row"),
            };
            (table.clone(), rows.iter().map(row).collect())
        };
        Self(contents.into_iter().map(named).collect())
    }

    pub fn of_table(&self, name: &str) -> &[Row] {
        self.0.get(name).unwrap_or_else(|| panic!("there is no table {name}"))
    }

    /// The same in the order of a column of numbers.
    pub fn in_order(&self, name: &str, column: &str) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.of_table(name).iter().collect();
        rows.sort_by_key(|row| number(row, column));
        rows
    }
}

pub fn text<'r>(row: &'r Row, column: &str) -> &'r str {
    row[column].as_str().unwrap_or_default()
}

pub fn number(row: &Row, column: &str) -> i64 {
    row[column].as_i64().unwrap_or_default()
}
