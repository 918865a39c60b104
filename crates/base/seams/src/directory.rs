//! What a directory, such as Active Directory, says of the people of a site.
//!
//! Invariants: a password is never empty, because a directory takes an empty one as no sign-in and calls it a success;
//! whoever is in none of the named groups has no rights and is never asked for a password.

use async_trait::async_trait;
use base_core::area::Area;
use base_core::permission::Role;

use crate::Finding;

/// A password that is not empty. It prints as nothing.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The password; `None` for an empty one.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text, for the directory alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What the directory says about whether somebody may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They may.
    Well,
    /// The account is switched off.
    Disabled,
    /// The account has come to its end.
    Expired,
    /// The account is locked for a while.
    Locked,
}

/// A role that a group gives, with the area where the role works in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// The role.
    pub role: Role,
    /// The area.
    pub area: Option<Area>,
}

/// Somebody whom the directory knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What stays the same when they are renamed: the object's GUID, as 32 hexadecimal digits.
    pub guid: String,
    /// How the directory names the object now.
    pub dn: String,
    /// The short name by which they sign in.
    pub username: String,
    /// What people call them.
    pub display_name: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// Whether they may sign in.
    pub standing: Standing,
    /// What their groups give them, in the order of the configuration; nothing for somebody who has no business here.
    pub rights: Vec<Right>,
    /// Wrong passwords that the domain has counted and not yet forgotten.
    pub wrong_binds: i64,
}

/// When the domain locks an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOutPolicy {
    /// Wrong passwords that lock an account.
    pub threshold: i64,
    /// How long a wrong password is remembered after the last one, in minutes.
    pub window_minutes: i64,
}

/// Why the directory did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// No server could be reached, or none may be asked now. No password was sent.
    #[error("no server of the directory can be reached: {0}")]
    Unreachable(String),
    /// A server was reached and gave no answer that can be used.
    #[error("the directory gave no answer that can be used: {0}")]
    Unclear(String),
}

/// A connection that waits for one password.
#[async_trait]
pub trait Bind: Send {
    /// True if the password is that of the object with this name. It is sent to one server, once.
    async fn bind(self: Box<Self>, dn: &str, password: &Password) -> Result<bool, DirectoryError>;
}

/// A directory.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// The person whom somebody means who types this name; `None` where there is none, or it is not clear who.
    async fn by_name(&self, typed: &str) -> Result<Option<Listed>, DirectoryError>;

    /// The people with these GUIDs. Who is not in the answer is not in the directory any more.
    async fn by_guids(&self, guids: &[String]) -> Result<Vec<Listed>, DirectoryError>;

    /// A connection over which one password can be tried.
    async fn connect(&self) -> Result<Box<dyn Bind>, DirectoryError>;

    /// When the domain locks accounts, as it is configured.
    fn lock_out(&self) -> LockOutPolicy;

    /// Tries every server and everything that is configured, and tells what it found.
    async fn look(&self) -> Vec<Finding>;

    /// Where it is, in few words and without a secret.
    fn describe(&self) -> String;
}
