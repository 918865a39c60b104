//! The cells of one row of the earlier portal, by the names of its columns.

use thiserror::Error;

/// A table that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `Customers`.
    Customers,
    /// `AuditLog`.
    AuditLog,
}

/// Why a row is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// A cell that may not be empty is.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A cell is not what its column has.
    #[error("`{0}` is not {1}")]
    Unreadable(&'static str, &'static str),
    /// The e-mail address is none.
    #[error("`email` is not an e-mail address")]
    Email,
    /// Another account has the same e-mail address, regardless of case.
    #[error("another row has the same e-mail address")]
    SameEmail,
    /// Another row has the same number.
    #[error("another row has the same number")]
    SameId,
}

impl Table {
    /// Its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customers => "Customers",
            Self::AuditLog => "AuditLog",
        }
    }

    /// Its columns. The oldest installations lack `must_reset_password`.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Customers => &[
                "customer_id",
                "first_name",
                "last_name",
                "email",
                "password_hash",
                "erp_customer_name",
                "is_active",
                "created_date",
                "last_login_date",
                "must_reset_password",
            ],
            Self::AuditLog => &[
                "log_id",
                "timestamp",
                "admin_username",
                "action_type",
                "target_customer_id",
                "target_customer_email",
                "details",
            ],
        }
    }
}

/// One row.
pub(crate) struct Cells<'c> {
    pub table: Table,
    /// One for each of [`Table::columns`].
    pub cells: &'c [Option<&'c str>],
}

impl<'c> Cells<'c> {
    /// A cell; nothing for null.
    pub(crate) fn text(&self, column: &str) -> Option<&'c str> {
        let at = self.table.columns().iter().position(|name| *name == column)?;
        self.cells.get(at).copied().flatten()
    }

    /// All cells, without that of a password.
    pub(crate) fn kept(&self) -> Vec<Option<String>> {
        let named = self.table.columns().iter().zip(self.cells);
        named.map(|(name, cell)| cell.filter(|_| *name != "password_hash").map(str::to_owned)).collect()
    }

    /// A cell that has a text besides blanks, without those around it.
    pub(crate) fn needed(&self, column: &'static str) -> Result<&'c str, Fault> {
        self.text(column).map(str::trim).filter(|text| !text.is_empty()).ok_or(Fault::Empty(column))
    }

    /// A whole number.
    pub(crate) fn number(&self, column: &'static str) -> Result<i64, Fault> {
        self.needed(column)?.parse().map_err(|_| Fault::Unreadable(column, "a whole number"))
    }

    /// A bit: `1` or `0`, or `True` or `False`.
    pub(crate) fn bit(&self, column: &'static str) -> Result<bool, Fault> {
        match self.needed(column)?.to_ascii_lowercase().as_str() {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(Fault::Unreadable(column, "1 or 0")),
        }
    }
}
