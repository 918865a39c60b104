//! What can go wrong with the ERP, sorted by who can mend it.
//!
//! Invariant: no text holds a password. A page for customers says none of these texts, only what kind of fault it is.

use thiserror::Error;

/// Why the ERP gave no answer, or none that can be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ErpError {
    /// There is no connection, or it broke.
    #[error("the ERP cannot be reached: {0}")]
    Unreachable(String),
    /// The server does not know this login.
    #[error("the ERP refuses the user name or the password")]
    SignIn,
    /// All connections are in use.
    #[error("all connections to the ERP are in use")]
    Busy,
    /// It takes longer than it may.
    #[error("the ERP did not answer in time")]
    Slow,
    /// The server does not accept the statement: a table or a column is not there, or may not be read.
    #[error("the ERP refuses the query: {0}")]
    Refused(String),
    /// What came cannot be what was asked for.
    #[error("the ERP answered something that cannot be read: {0}")]
    Nonsense(String),
    /// A row of somebody else came. None is given to anybody.
    #[error("the ERP answered a row that was not asked for")]
    Foreign,
    /// The login could write to these tables, a few of them by name.
    #[error("the login of the ERP can write to {}: give it the right to read only", .0.join(", "))]
    CanWrite(Vec<String>),
    /// The configuration cannot be right.
    #[error("{0}")]
    Settings(String),
}

impl ErpError {
    /// True for what passes by itself: asking again later may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy | Self::Slow)
    }

    /// A name for logs and the status page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "erp_unreachable",
            Self::SignIn => "erp_sign_in",
            Self::Busy => "erp_busy",
            Self::Slow => "erp_slow",
            Self::Refused(_) => "erp_refused",
            Self::Nonsense(_) => "erp_nonsense",
            Self::Foreign => "erp_foreign",
            Self::CanWrite(_) => "erp_can_write",
            Self::Settings(_) => "erp_settings",
        }
    }
}
