//! The rows of a list that were picked, and what is done with them.

use serde::Deserialize;

use crate::error::Problem;

/// The most rows that are picked at once: the longest page of a list.
pub const PICKED_MAX: usize = 200;

/// What the form below a list sends: `act` once, and `pick` for each row.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Picked(Vec<(String, String)>);

impl Picked {
    /// What is done with them.
    pub fn act(&self) -> &str {
        self.0.iter().find(|(name, _)| name == "act").map(|(_, act)| act.as_str()).unwrap_or_default()
    }

    /// The rows, as [`super::Row::picked_as`] names them.
    pub fn rows(&self) -> Result<Vec<&str>, Problem> {
        let rows: Vec<&str> = self.0.iter().filter(|(name, _)| name == "pick").map(|(_, row)| row.as_str()).collect();
        if rows.len() > PICKED_MAX {
            return Err(Problem::field("pick", format!("Pick at most {PICKED_MAX} rows at once.")));
        }
        Ok(rows)
    }
}
