//! A SQL Server of another program of ours, read as text: the importer of the earlier portal's database needs one, and only
//! this crate speaks its protocol.

use std::sync::Arc;

use crate::driver::{Driver, Statement, Take, open};
use crate::error::ErpError;
use crate::settings::{Limits, Place, SqlServerPlace};

/// A database of SQL Server that is read.
pub struct TextReader {
    driver: Arc<dyn Driver>,
}

impl TextReader {
    /// Opens one. No connection is made before it is asked something.
    pub fn open(place: SqlServerPlace, limits: Limits) -> Result<Self, ErpError> {
        Ok(Self { driver: open(&Place::SqlServer(place), limits)? })
    }

    /// Runs one statement whose columns are all text, and hands on its rows. It takes no longer than the limit on a query.
    pub async fn rows(&self, text: &str, take: &mut Take<'_>) -> Result<(), ErpError> {
        self.driver.read(&Statement { text: text.to_owned(), parameters: Vec::new() }, take).await
    }
}
