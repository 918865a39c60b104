//! An account of the earlier portal.

use std::fmt;

use base_core::time::Moment;
use base_secret::is_known_hash;
use portal_rules::customer::Customer;
use portal_rules::scope::{CUSTOMERS_MAX, Scope};

use crate::cells::{Cells, Fault};
use crate::options::{Options, Warning};
use crate::time::local;

/// Longest e-mail address, in characters.
const EMAIL_CHARS_MAX: usize = 255;

/// An account of the earlier portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldCustomer {
    /// Its number there.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name; many have none.
    pub last_name: String,
    /// The name by which it signs in, in small letters.
    pub email: String,
    /// Its password.
    pub password: OldPassword,
    /// Whose stock it sees.
    pub scope: Scope,
    /// True if it may sign in.
    pub is_active: bool,
    /// True if it must choose a password first.
    pub must_change_password: bool,
    /// When it was made.
    pub created: Moment,
    /// When it last signed in.
    pub last_sign_in: Option<Moment>,
}

/// A password as it was kept.
#[derive(Clone, PartialEq, Eq)]
pub enum OldPassword {
    /// A hash against which passwords can be checked; a better one is made at the next sign-in.
    Hash(String),
    /// A hash of a kind that is not believed any more: the account needs a new password.
    ResetNeeded,
}

impl fmt::Debug for OldPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hash(_) => "Hash(***)",
            Self::ResetNeeded => "ResetNeeded",
        })
    }
}

impl OldCustomer {
    /// Reads a row of `Customers`. What is odd but can be read is told to `warn`.
    pub(crate) fn read(cells: &Cells<'_>, options: &Options, warn: &mut dyn FnMut(Warning)) -> Result<Self, Fault> {
        let email = cells.needed("email")?.to_lowercase();
        if !is_email(&email) {
            return Err(Fault::Email);
        }
        let hash = cells.text("password_hash").unwrap_or_default().trim();
        let password = if is_known_hash(hash) { OldPassword::Hash(hash.to_owned()) } else { OldPassword::ResetNeeded };
        if password == OldPassword::ResetNeeded {
            warn(Warning::ResetNeeded);
        }
        let mut moment = |column: &'static str, text: &str| {
            local(column, text, &options.zone).map(|found| {
                if found.is_ambiguous {
                    warn(Warning::Ambiguous);
                }
                found.moment
            })
        };
        let created = moment("created_date", cells.needed("created_date")?)?;
        let last_sign_in = cells.text("last_login_date").filter(|text| !text.trim().is_empty());
        let last_sign_in = last_sign_in.map(|text| moment("last_login_date", text)).transpose()?;
        let must = cells.text("must_reset_password").map(|_| cells.bit("must_reset_password")).transpose()?;
        Ok(Self {
            id: cells.number("customer_id")?,
            first_name: cells.needed("first_name")?.to_owned(),
            last_name: cells.text("last_name").unwrap_or_default().trim().to_owned(),
            email,
            scope: scope(cells.text("erp_customer_name").unwrap_or_default(), &options.known, warn),
            is_active: cells.bit("is_active")?,
            must_change_password: must.unwrap_or(false) || password == OldPassword::ResetNeeded,
            password,
            created,
            last_sign_in,
        })
    }
}

/// Whose stock the account sees. Names that the ERP does not have are kept: whoever mends the account sees them.
fn scope(text: &str, known: &[Customer], warn: &mut dyn FnMut(Warning)) -> Scope {
    let scope = Scope::of_old_text(text, known);
    match &scope {
        Scope::Nothing => warn(Warning::NoScope),
        Scope::Customers(names) => {
            if names.iter().any(|name| name.name == "All") {
                warn(Warning::AllAmongNames);
            }
            if names.len() > CUSTOMERS_MAX {
                warn(Warning::ManyNames);
            }
        }
        Scope::All => {}
    }
    if !known.is_empty() {
        for name in scope.missing(known) {
            warn(Warning::NotInErp(name.name.clone()));
        }
    }
    scope
}

/// True for letters, digits and `._%+-`, an `@`, letters, digits and `.-`, a point and at least two letters.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    let made_of = |part: &str, marks: &str| {
        !part.is_empty() && part.chars().all(|one| one.is_ascii_alphanumeric() || marks.contains(one))
    };
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    text.chars().count() <= EMAIL_CHARS_MAX && made_of(local, "._%+-") && made_of(host, ".-") && is_top
}
