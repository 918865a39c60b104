//! Accounts of customers, as the wing that looks after customers asks for them of the wing that has the accounts.
//!
//! Invariant: every change writes its entry of the trail in the transaction of its caller, and whoever loses a password or
//! their account by it loses their sessions in that transaction, too.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_core::audit::Origin;
use base_core::entropy::Entropy;
use base_core::setting::Declared;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use serde_json::{Map, Value};

/// In whose name something is changed, and when.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'o> {
    /// When.
    pub at: Moment,
    /// Who, and from where.
    pub origin: &'o Origin,
}

/// A new customer.
#[derive(Clone, Copy, Debug)]
pub struct NewCustomer<'n> {
    /// The e-mail, which is the user name.
    pub email: &'n str,
    /// What pages and mails call them; empty for the e-mail.
    pub display_name: &'n str,
    /// What the caller's wing keeps of them besides, for the trail.
    pub also: &'n Map<String, Value>,
}

/// What is changed of a customer.
#[derive(Clone, Copy, Debug)]
pub struct CustomerChange<'c> {
    /// The version that was looked at; without one nothing is compared.
    pub version: Option<i64>,
    /// The e-mail, which is the user name.
    pub email: &'c str,
    /// What pages and mails call them; empty for the e-mail.
    pub display_name: &'c str,
    /// What changes of what the caller's wing keeps: before.
    pub before: &'c Map<String, Value>,
    /// And after.
    pub after: &'c Map<String, Value>,
}

/// A password that somebody gets from somebody else. It opens once; then they choose their own.
#[derive(Clone, Copy, Debug)]
pub struct GivenPassword<'g> {
    /// Its hash.
    pub hash: &'g str,
    /// Until when it opens.
    pub until: Moment,
    /// True if a mail takes it to them, false if somebody tells it.
    pub is_mailed: bool,
}

/// A customer who comes from elsewhere as they are, with a password of their own.
#[derive(Clone, Copy, Debug)]
pub struct KnownCustomer<'k> {
    /// Who they are.
    pub new: NewCustomer<'k>,
    /// The hash of their password; `!` is that of none.
    pub hash: &'k str,
    /// True if they may sign in.
    pub is_active: bool,
    /// True if they must choose a password first.
    pub must_change_password: bool,
    /// When the account was made.
    pub created_at: Moment,
    /// When they last signed in.
    pub signed_in_at: Option<Moment>,
}

/// Why something is not done.
#[derive(Debug, thiserror::Error)]
pub enum CustomerFault {
    /// A rule says no.
    #[error("{text}")]
    Refused {
        /// The stable code: `problem-` and this is the key of its words.
        code: &'static str,
        /// The field that it is about; empty where it is about none.
        field: &'static str,
        /// In English.
        text: String,
    },
    /// A password that may not be used.
    #[error("{text}")]
    Weak {
        /// The stable code: `password-` and this is the key of its words.
        code: &'static str,
        /// In English.
        text: String,
    },
    /// There is no such customer.
    #[error("there is no such customer")]
    NotFound,
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The settings by which customers get passwords.
#[derive(Clone, Copy, Debug)]
pub struct CustomerSettings {
    /// How long a password opens that somebody gave, in hours.
    pub temporary_hours: &'static Declared,
    /// Fewest characters of a password.
    pub password_min: &'static Declared,
}

/// What a password is measured against.
#[derive(Clone, Copy, Debug)]
pub struct PasswordRule<'r> {
    /// Fewest characters.
    pub min: i64,
    /// Names that are no secret: no password is made of them.
    pub names: &'r [&'r str],
}

/// See the module's head.
#[async_trait]
pub trait CustomerAccounts: Send + Sync + 'static {
    /// The settings by which customers get passwords.
    fn settings(&self) -> CustomerSettings;

    /// Refuses a password that is easily guessed.
    fn check_password(&self, password: &str, rule: PasswordRule<'_>) -> Result<(), CustomerFault>;

    /// A random password that passes the rule.
    fn random_password(&self, rule: PasswordRule<'_>, entropy: &dyn Entropy) -> String;

    /// Creates an account that nobody can sign in to yet.
    async fn create(&self, conn: Conn<'_>, new: &NewCustomer<'_>, doing: Doing<'_>)
    -> Result<AccountId, CustomerFault>;

    /// Creates an account as it was elsewhere.
    async fn bring(
        &self,
        conn: Conn<'_>,
        known: &KnownCustomer<'_>,
        doing: Doing<'_>,
    ) -> Result<AccountId, CustomerFault>;

    /// Gives a password that opens once, and ends all sessions.
    async fn give_password(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        given: GivenPassword<'_>,
        doing: Doing<'_>,
    ) -> Result<(), CustomerFault>;

    /// Changes name and e-mail, and notes what the caller's wing changes. False where nothing was different.
    async fn edit(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        change: &CustomerChange<'_>,
        doing: Doing<'_>,
    ) -> Result<bool, CustomerFault>;

    /// Lets a customer sign in, or keeps them from it and ends all sessions. False where it was so before.
    async fn activate(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        is_active: bool,
        doing: Doing<'_>,
    ) -> Result<bool, CustomerFault>;
}
