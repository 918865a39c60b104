//! What a database holds beyond what is read here: tables and columns that nobody knows, and single rows as they stand
//! there. All of it is read as text.
//!
//! Invariant: secrets are left out by the names of their columns, here as in the trail.

use std::fmt::Write;

use base_db::StoreError;
use sqlx::{AssertSqlSafe, Executor};

use super::Source;
use crate::rules::is_secret;
use crate::store::rows::Kind;

/// The tables that are read, and their columns: those that come over, and those that are counted anew or worthless here.
const KNOWN: [(&str, &str, &str); 9] = [
    (
        "user",
        "id username email password_hash role dispatch_area verified created_at failed_login_attempts locked_until \
         totp_secret two_fa_enabled",
        "verification_token last_failed_login password_reset_token password_reset_token_expires",
    ),
    ("bag", "id qr_id type name user_id dispatch_area created_at updated_at", "child_count parent_id status weight_kg"),
    ("link", "id parent_bag_id child_bag_id created_at", ""),
    (
        "bill",
        "id bill_id description parent_bag_count status created_by_id created_at updated_at destination vehicle_number",
        "total_weight_kg expected_weight_kg total_child_bags",
    ),
    ("bill_bag", "id bill_id bag_id created_at", ""),
    ("scan", "id timestamp parent_bag_id child_bag_id user_id bag_id", ""),
    ("promotionrequest", "id user_id reason status admin_id admin_notes requested_at processed_at", ""),
    ("notification", "id user_id title message notification_type priority is_read link created_at read_at", ""),
    (
        "audit_log",
        "id timestamp user_id action entity_type entity_id details before_state after_state ip_address request_id",
        "",
    ),
];
/// Tables without a fact of their own: cached counts, and how far the earlier program had changed its tables.
const EMPTY_OF_FACTS: [&str; 2] = ["statistics_cache", "alembic_version"];

/// Something with data that has no place here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// The table.
    pub table: String,
    /// Its columns that nobody knows; all of them for a table that nobody knows.
    pub columns: Vec<String>,
    /// Whether the table is known.
    pub is_known_table: bool,
    /// Columns that are left out because their names say that they hold secrets.
    pub secret: Vec<String>,
}

/// A row as text, each column null or not.
pub type TextRow = Vec<Option<String>>;

impl Source {
    /// The tables and columns that nobody knows, whether they hold data or not.
    pub fn strange(&self) -> Vec<Strange> {
        let mut found = Vec::new();
        for (table, columns) in &self.columns {
            let known = KNOWN.iter().find(|(name, ..)| name == table);
            if EMPTY_OF_FACTS.contains(&table.as_str()) {
                continue;
            }
            let is_known = |column: &str| {
                known.is_some_and(|(_, read, counted)| {
                    read.split(' ').chain(counted.split(' ')).any(|known| known == column)
                })
            };
            let strange = columns.iter().filter(|column| !is_known(column)).cloned();
            let (secret, columns): (Vec<String>, Vec<String>) = strange.partition(|column| is_secret(column));
            if !columns.is_empty() || !secret.is_empty() {
                found.push(Strange { table: table.clone(), columns, is_known_table: known.is_some(), secret });
            }
        }
        found
    }

    /// Begins to walk the rows that hold something in these columns, all with their number in tables that are known.
    pub async fn walk_strange(&mut self, strange: &Strange) -> Result<(), StoreError> {
        let mut values = if strange.is_known_table { text_of("id") } else { String::new() };
        let mut holds = String::new();
        for column in &strange.columns {
            let (comma, or) = (if values.is_empty() { "" } else { ", " }, if holds.is_empty() { "" } else { " or " });
            let value = text_of(column);
            let _fits = write!(values, "{comma}{value}");
            let _fits = write!(holds, "{or}coalesce({value}, '') <> ''");
        }
        let (table, order) = (quoted(&strange.table), if strange.is_known_table { " order by id" } else { "" });
        let condition = if strange.is_known_table { format!(" where {holds}") } else { String::new() };
        self.begin(&format!("select array[{values}] from {table}{condition}{order}")).await
    }

    /// The next rows of the walk; none at its end.
    pub async fn next_strange(&mut self) -> Result<Vec<TextRow>, StoreError> {
        let rows: Vec<(TextRow,)> = self.fetch().await?;
        Ok(rows.into_iter().map(|(row,)| row).collect())
    }

    /// How many rows hold something in a column.
    pub async fn filled(&mut self, table: &str, column: &str) -> Result<i64, StoreError> {
        let (value, table) = (text_of(column), quoted(table));
        let text = format!("select count(*) from {table} where coalesce({value}, '') <> ''");
        Ok(sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(&mut self.connection).await?)
    }

    /// Columns of a table that are no secret, in order.
    pub fn plain_columns(&self, kind: Kind) -> Vec<String> {
        let columns = self.columns.get(kind.table()).into_iter().flatten();
        columns.filter(|column| !is_secret(column)).cloned().collect()
    }

    /// These rows as they stand there, in these columns.
    pub async fn rows_as_text(
        &mut self,
        kind: Kind,
        columns: &[String],
        ids: &[i64],
    ) -> Result<Vec<TextRow>, StoreError> {
        let values = columns.iter().map(|column| text_of(column)).collect::<Vec<_>>().join(", ");
        let text = format!("select array[{values}] from {} where id = any($1) order by id", quoted(kind.table()));
        let query = sqlx::query_scalar(AssertSqlSafe(text)).bind(ids);
        Ok(query.fetch_all(&mut self.connection).await?)
    }

    pub(super) async fn begin(&mut self, text: &str) -> Result<(), StoreError> {
        if self.is_walking {
            self.connection.execute("close earlier_rows").await?;
        }
        let declare = format!("declare earlier_rows no scroll cursor for {text}");
        self.connection.execute(AssertSqlSafe(declare)).await?;
        self.is_walking = true;
        self.walked = None;
        Ok(())
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text_of(column: &str) -> String {
    format!("cast({} as text)", quoted(column))
}
