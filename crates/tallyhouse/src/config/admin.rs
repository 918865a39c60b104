//! `[admin]`: the first account of an empty site. Used on creation only.

use base_core::account::username_is_valid;

use super::reader::Reader;
use super::secret::Secret;

/// The section.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The user name.
    pub username: String,
    /// The password, in the clear.
    pub password: Option<Secret>,
    /// The password, hashed.
    pub password_hash: Option<Secret>,
}

impl Admin {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let username = reader.parsed("admin.username", "admin".to_owned(), |name| {
            let valid = username_is_valid(name).then(|| name.to_owned());
            valid.ok_or_else(|| format!("{name:?} must be 3 to 64 of A-Z a-z 0-9 _ . -"))
        });
        let password = reader.secret("admin.password");
        let password_hash = reader.secret("admin.password_hash");
        if password.is_some() && password_hash.is_some() {
            reader.fault("admin.password_hash", "admin.password is set too; keep one of them");
        }
        if password_hash.as_ref().is_some_and(|hash| !base_secret::is_known_hash(hash.expose())) {
            let kinds = "argon2, bcrypt, or werkzeug's scrypt or pbkdf2:sha256";
            reader.fault("admin.password_hash", format!("is no password hash known here: {kinds}"));
        }
        Self { username, password, password_hash }
    }
}
