//! An entry of the earlier portal's audit log.

use base_core::time::Moment;
use serde_json::{Map, Value};

use crate::cells::{Cells, Fault};
use crate::options::{Options, Warning};
use crate::time::local;

/// Before the address in the details of a sign-in.
const ADDRESS: &str = "Login from IP: ";

/// An entry of the earlier portal's audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct OldEntry {
    /// Its number there; there are gaps.
    pub id: i64,
    /// When it happened.
    pub at: Moment,
    /// Who did it; `SYSTEM` for nobody.
    pub actor: String,
    /// What was done, by its name there.
    pub action: String,
    /// To whom, by number.
    pub customer: Option<i64>,
    /// To whom, by the e-mail address at that time.
    pub email: Option<String>,
    /// From where, for a sign-in.
    pub address: Option<String>,
    /// What else was kept.
    pub details: Details,
}

/// What an entry says besides.
#[derive(Clone, Debug, PartialEq)]
pub enum Details {
    /// Nothing.
    None,
    /// A text.
    Text(String),
    /// What was changed, by field.
    Changes(Map<String, Value>),
}

impl OldEntry {
    /// Reads a row of `AuditLog`.
    pub(crate) fn read(cells: &Cells<'_>, options: &Options, warn: &mut dyn FnMut(Warning)) -> Result<Self, Fault> {
        let at = local("timestamp", cells.needed("timestamp")?, &options.zone)?;
        if at.is_ambiguous {
            warn(Warning::Ambiguous);
        }
        let has = |column: &str| cells.text(column).is_some_and(|text| !text.trim().is_empty());
        let details = cells.text("details").unwrap_or_default();
        let address = details.strip_prefix(ADDRESS).map(|address| address.trim().to_owned());
        Ok(Self {
            id: cells.number("log_id")?,
            at: at.moment,
            actor: cells.needed("admin_username")?.to_owned(),
            action: cells.needed("action_type")?.to_owned(),
            customer: has("target_customer_id").then(|| cells.number("target_customer_id")).transpose()?,
            email: has("target_customer_email")
                .then(|| cells.needed("target_customer_email").map(str::to_lowercase))
                .transpose()?,
            address: address.filter(|address| !address.is_empty()),
            details: match serde_json::from_str(details) {
                Ok(changes) => Details::Changes(changes),
                Err(_) if details.is_empty() => Details::None,
                Err(_) => Details::Text(details.to_owned()),
            },
        })
    }
}
