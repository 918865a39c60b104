//! What is done with the accounts of customers, whether a page or a file asks for it.
//!
//! Invariants: an account and whose stock it sees are written together; whoever loses a password or their account is out at
//! once on this node, because what was remembered of them is forgotten after the commit; a password is shown or mailed once
//! and never kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::time::{HOUR_US, Moment};
use base_records::mail::{EnqueueError, NewMail};
use base_secret::hash_password;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, TIME};
use base_wing::{CustomerAccounts, CustomerChange, CustomerFault, Doing, GivenPassword, NewCustomer, PasswordRule};
use portal_rules::customer::Customer;
use portal_rules::permission::CUSTOMER_MANAGE;
use portal_rules::scope::{Scope, ScopeFault};
use portal_store::customer::CustomerLine;
use portal_store::{customer, scope};
use serde_json::{Map, Value, json};

use super::mails;
use crate::state::Portal;

/// What a form holds of an account.
#[derive(Clone, Debug)]
pub struct Wanted<'w> {
    /// What pages and mails call the customer.
    pub name: &'w str,
    /// The e-mail, which is the user name.
    pub email: &'w str,
    /// Whose stock it sees.
    pub scope: Scope,
    /// The version that was looked at, of an account that is there.
    pub version: Option<i64>,
}

/// How a customer gets a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'w> {
    /// A random one is mailed.
    Mail,
    /// A random one is shown once to whoever asked for it.
    Show,
    /// This one is given, and told by hand.
    Typed(&'w str),
}

/// A password that was given.
pub struct Given {
    /// The account.
    pub id: AccountId,
    /// What pages call the customer.
    pub called: String,
    /// The e-mail.
    pub email: String,
    /// Until when it opens.
    pub until: Moment,
    /// The password, to be told by hand; `None` where it was mailed, or typed by whoever gave it.
    pub password: Option<String>,
    /// True where it was mailed.
    pub is_mailed: bool,
}

/// Why something was not done.
pub enum Failed {
    /// A field is wrong: which one, and the key of what there is to say.
    Field(&'static str, String),
    /// A password is too easy to guess: the key of what there is to say.
    Weak(String),
    /// Somebody else changed it meanwhile.
    Meanwhile,
    /// Anything else.
    Problem(Problem),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<base_db::StoreError> for Failed {
    fn from(error: base_db::StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<CustomerFault> for Failed {
    fn from(fault: CustomerFault) -> Self {
        match fault {
            CustomerFault::Refused { code: "changed_meanwhile", .. } => Self::Meanwhile,
            CustomerFault::Refused { code, field, .. } => {
                Self::Field(if field.is_empty() { "form" } else { field }, format!("problem-{code}"))
            }
            CustomerFault::Weak { code, .. } => Self::Weak(format!("password-{code}")),
            CustomerFault::NotFound => Self::Problem(Problem::not_found("This customer")),
            CustomerFault::Store(error) => Self::Problem(error.into()),
        }
    }
}

impl From<ScopeFault> for Failed {
    fn from(fault: ScopeFault) -> Self {
        let key = match fault {
            ScopeFault::Empty => "customer-scope-empty",
            ScopeFault::TooMany => "customer-scope-many",
            ScopeFault::Nameless => "customer-scope-unknown",
        };
        Self::Field("customers", key.to_owned())
    }
}

impl Failed {
    /// The field, and what there is to say; a problem that concerns no field is given back.
    pub fn words(self, portal: &Portal, frame: &Frame) -> Result<(&'static str, String), Problem> {
        match self {
            Self::Field(field, key) => Ok((field, frame.t(&key))),
            Self::Weak(key) => {
                let min = portal.customers.as_ref().map(|of| portal.stored.number(of.settings().password_min));
                Ok(("password", frame.t1(&key, "min", &min.unwrap_or_default().to_string())))
            }
            Self::Meanwhile => Ok(("form", frame.t("problem-changed_meanwhile"))),
            Self::Problem(problem) => Err(problem),
        }
    }
}

/// True where the site can send mails.
pub fn can_mail(portal: &Portal) -> bool {
    portal.settings.outbox.is_open()
}

fn accounts(portal: &Portal) -> Result<Arc<dyn CustomerAccounts>, Problem> {
    let missing = || Problem::unavailable("no_accounts", "This site has no accounts of customers.");
    portal.customers.clone().ok_or_else(missing)
}

/// The number in an address.
pub fn number(text: &str) -> Result<AccountId, Problem> {
    text.parse().map_err(|_| Problem::not_found("This customer"))
}

/// An account.
pub async fn find(portal: &Portal, id: &str) -> Result<CustomerLine, Problem> {
    let id = number(id)?;
    let mut reader = portal.db.read().await?;
    customer::find(reader.conn(), id).await?.ok_or_else(|| Problem::not_found("This customer"))
}

fn names<'n>(portal: &'n Portal, own: &[&'n str]) -> Vec<&'n str> {
    portal
        .settings
        .areas
        .iter()
        .map(Area::as_str)
        .chain(own.iter().copied())
        .chain([&*portal.settings.look.name])
        .collect()
}

/// A password, its hash, and until when it opens.
pub struct Made {
    text: String,
    hash: String,
    until: Moment,
}

async fn make(portal: &Portal, own: &[&str], way: Way<'_>) -> Result<Made, Failed> {
    let accounts = accounts(portal)?;
    if way == Way::Mail && !can_mail(portal) {
        return Err(Failed::Field("way", "problem-no_mail".to_owned()));
    }
    let settings = accounts.settings();
    let names = names(portal, own);
    let rule = PasswordRule { min: portal.stored.number(settings.password_min), names: &names };
    let text = match way {
        Way::Typed(text) => {
            accounts.check_password(text, rule)?;
            text.to_owned()
        }
        Way::Mail | Way::Show => accounts.random_password(rule, &*portal.entropy),
    };
    let until = portal.clock.now().plus_us(portal.stored.number(settings.temporary_hours) * HOUR_US);
    let hash = hash(portal, &text).await;
    Ok(Made { text, hash, until })
}

/// A hash keeps a core busy for 20 ms: it is made beside the threads that serve.
async fn hash(portal: &Portal, password: &str) -> String {
    let _turn = portal.password_turns.wait().await;
    let (entropy, password) = (portal.entropy.clone(), password.to_owned());
    let made = tokio::task::spawn_blocking(move || hash_password(&password, &*entropy)).await;
    // `!` is the hash of no password: if it cannot be made, nobody gets in by it.
    made.unwrap_or_else(|_| "!".to_owned())
}

/// Creates an account with a password that opens once.
pub async fn create(portal: &Portal, caller: &Caller, wanted: &Wanted<'_>, way: Way<'_>) -> Result<Given, Failed> {
    caller.must(CUSTOMER_MANAGE)?;
    if wanted.name.trim().is_empty() {
        return Err(Failed::Field("display_name", "customer-no-name".to_owned()));
    }
    let made = make(portal, &[wanted.name, wanted.email], way).await?;
    let (accounts, origin) = (accounts(portal)?, caller.origin(None));
    let doing = Doing { at: portal.clock.now(), origin: &origin };
    let also = Map::from_iter([("customers".to_owned(), Value::String(wanted.scope.words()))]);
    let new = NewCustomer { email: wanted.email, display_name: wanted.name, also: &also };
    let mut tx = portal.db.write().await?;
    let id = accounts.create(tx.conn(), &new, doing).await?;
    scope::put(tx.conn(), id, &wanted.scope).await?;
    let given = GivenPassword { hash: &made.hash, until: made.until, is_mailed: way == Way::Mail };
    accounts.give_password(tx.conn(), id, given, doing).await?;
    let line = customer::find(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("This customer"))?;
    if way == Way::Mail {
        send(portal, &mut tx, &line, &made, true).await?;
    }
    tx.commit().await?;
    Ok(told(line, made, way))
}

fn told(line: CustomerLine, made: Made, way: Way<'_>) -> Given {
    Given {
        id: line.id,
        called: line.called,
        email: line.email,
        until: made.until,
        password: (way == Way::Show).then_some(made.text),
        is_mailed: way == Way::Mail,
    }
}

async fn send(
    portal: &Portal,
    tx: &mut base_db::Tx,
    line: &CustomerLine,
    made: &Made,
    is_new: bool,
) -> Result<(), Failed> {
    let base = portal.base_url();
    let address = format!("{base}/portal/login");
    let letter = mails::Letter {
        site: &portal.settings.look.name,
        colour: portal.settings.look.colour,
        email: &line.email,
        called: &line.called,
        locale: &line.locale,
        password: &made.text,
        until: &made.until.display(&portal.settings.zone, TIME),
        link: &address,
    };
    let mail: NewMail = if is_new { mails::welcome(&letter) } else { mails::reset(&letter) };
    portal.settings.outbox.enqueue(tx.conn(), &[mail], portal.clock.now()).await.map_err(|error| match error {
        EnqueueError::Store(error) => Failed::Problem(error.into()),
        EnqueueError::NotConfigured | EnqueueError::Full | EnqueueError::TooLarge => {
            Failed::Field("way", "problem-no_mail".to_owned())
        }
    })
}

/// Gives a customer another password that opens once, and signs them out everywhere.
pub async fn give_password(
    portal: &Portal,
    caller: &Caller,
    line: &CustomerLine,
    way: Way<'_>,
) -> Result<Given, Failed> {
    caller.must(CUSTOMER_MANAGE)?;
    let made = make(portal, &[&line.called, &line.email], way).await?;
    let (accounts, origin) = (accounts(portal)?, caller.origin(None));
    let doing = Doing { at: portal.clock.now(), origin: &origin };
    let given = GivenPassword { hash: &made.hash, until: made.until, is_mailed: way == Way::Mail };
    let mut tx = portal.db.write().await?;
    accounts.give_password(tx.conn(), line.id, given, doing).await?;
    if way == Way::Mail {
        send(portal, &mut tx, line, &made, false).await?;
    }
    tx.commit().await?;
    portal.sessions.forget_all();
    Ok(told(line.clone(), made, way))
}

/// Changes an account. False where nothing was different.
pub async fn edit(portal: &Portal, caller: &Caller, line: &CustomerLine, wanted: &Wanted<'_>) -> Result<bool, Failed> {
    caller.must(CUSTOMER_MANAGE)?;
    if wanted.name.trim().is_empty() {
        return Err(Failed::Field("display_name", "customer-no-name".to_owned()));
    }
    let (accounts, origin) = (accounts(portal)?, caller.origin(None));
    let doing = Doing { at: portal.clock.now(), origin: &origin };
    let mut tx = portal.db.write().await?;
    // Looked at again in the transaction that writes.
    let was = scope::of(tx.conn(), line.id).await?;
    let differs = was != wanted.scope;
    let of = |scope: &Scope| {
        let words = differs.then(|| ("customers".to_owned(), json!(scope.words())));
        Map::from_iter(words)
    };
    let (before, after) = (of(&was), of(&wanted.scope));
    let change = CustomerChange {
        version: wanted.version,
        email: wanted.email,
        display_name: wanted.name,
        before: &before,
        after: &after,
    };
    let changed = accounts.edit(tx.conn(), line.id, &change, doing).await?;
    if differs {
        scope::put(tx.conn(), line.id, &wanted.scope).await?;
    }
    tx.commit().await?;
    portal.sessions.forget_all();
    Ok(changed)
}

/// Lets a customer sign in, or keeps them from it and signs them out. False where it was so before.
pub async fn activate(portal: &Portal, caller: &Caller, id: AccountId, is_active: bool) -> Result<bool, Failed> {
    caller.must(CUSTOMER_MANAGE)?;
    let (accounts, origin) = (accounts(portal)?, caller.origin(None));
    let doing = Doing { at: portal.clock.now(), origin: &origin };
    let mut tx = portal.db.write().await?;
    let changed = accounts.activate(tx.conn(), id, is_active, doing).await?;
    tx.commit().await?;
    portal.sessions.forget_all();
    Ok(changed)
}

/// A password for somebody who is invited. `None` where none can be made.
pub async fn password_for(portal: &Portal, own: &[&str], way: Way<'_>) -> Option<Made> {
    make(portal, own, way).await.ok()
}

/// What became of an invitation.
pub enum Invited {
    /// There is an account now.
    Made(AccountId),
    /// Somebody has the e-mail already; nothing was changed.
    Known,
    /// A rule says no: which, and in words.
    Refused(&'static str, String),
}

/// What a row of a file asks for. Its customers are taken by the ERP's keys where exactly one has the name.
pub fn invitation<'w>(
    name: &'w str,
    email: &'w str,
    customers: &str,
    known: Option<&[Customer]>,
) -> Result<Wanted<'w>, (&'static str, String)> {
    if name.is_empty() {
        return Err(("bad_display_name", "There is no name in this row.".to_owned()));
    }
    let scope = match Scope::of_old_text(customers.trim(), known.unwrap_or_default()) {
        Scope::Nothing => return Err(("customer_scope", "This row names no customer of the ERP.".to_owned())),
        Scope::All => Scope::All,
        Scope::Customers(named) => {
            let known = known.ok_or(("erp_away", "The ERP does not answer now. Try this row later.".to_owned()))?;
            let meant = named.iter().map(|name| only_one(name, known)).collect::<Result<Vec<_>, _>>()?;
            Scope::chosen(false, meant).map_err(|fault| ("customer_scope", fault.to_string()))?
        }
    };
    Ok(Wanted { name, email, scope, version: None })
}

/// True if a cell names customers, so that the ERP has to be asked who they are.
pub fn names_customers(customers: &str) -> bool {
    matches!(Scope::of_old_text(customers.trim(), &[]), Scope::Customers(_))
}

/// The customer that a name means. Nobody is given the stock of a second one that happens to have the name, too.
fn only_one(name: &Customer, known: &[Customer]) -> Result<Customer, (&'static str, String)> {
    let meant: BTreeSet<&Customer> = known.iter().filter(|one| name.means(one)).collect();
    let called = |one: &&Customer| match &one.key {
        Some(key) => format!("{:?} ({key})", one.name),
        None => format!("{:?}", one.name),
    };
    match (meant.first(), meant.len()) {
        (None, _) => Err(("customer_unknown", format!("The ERP has no customer {:?}.", name.name))),
        (Some(one), 1) => Ok((*one).clone()),
        _ => {
            let all: Vec<String> = meant.iter().map(called).collect();
            let words = "Invite this customer in the form, where you can choose.";
            Err(("customer_ambiguous", format!("{:?} means several customers: {}. {words}", name.name, all.join(", "))))
        }
    }
}

/// Creates the account of a row, in the transaction of its step. With a password the customer is written to.
pub async fn invite(
    portal: &Portal,
    tx: &mut base_db::Tx,
    wanted: &Wanted<'_>,
    made: Option<&Made>,
    doing: Doing<'_>,
) -> Result<Invited, base_db::StoreError> {
    let Ok(accounts) = accounts(portal) else { return Ok(Invited::Refused("no_accounts", String::new())) };
    let also = Map::from_iter([("customers".to_owned(), Value::String(wanted.scope.words()))]);
    let new = NewCustomer { email: wanted.email, display_name: wanted.name, also: &also };
    let id = match accounts.create(tx.conn(), &new, doing).await {
        Ok(id) => id,
        Err(CustomerFault::Refused { code: "email_taken", .. }) => return Ok(Invited::Known),
        Err(CustomerFault::Refused { code, text, .. } | CustomerFault::Weak { code, text }) => {
            return Ok(Invited::Refused(code, text));
        }
        Err(CustomerFault::NotFound) => return Err(base_db::StoreError::Conflict),
        Err(CustomerFault::Store(error)) => return Err(error),
    };
    scope::put(tx.conn(), id, &wanted.scope).await?;
    let Some(made) = made else { return Ok(Invited::Made(id)) };
    let given = GivenPassword { hash: &made.hash, until: made.until, is_mailed: true };
    match accounts.give_password(tx.conn(), id, given, doing).await {
        Ok(()) => {}
        Err(CustomerFault::Store(error)) => return Err(error),
        Err(_) => return Err(base_db::StoreError::Conflict),
    }
    let Some(line) = customer::find(tx.conn(), id).await? else { return Err(base_db::StoreError::Conflict) };
    match send(portal, tx, &line, made, true).await {
        Ok(()) => Ok(Invited::Made(id)),
        // The outbox is full: the step is tried again once mails have gone.
        Err(_) => Err(base_db::StoreError::Conflict),
    }
}

/// Keeps an account from signing in, in a transaction of its caller. False where it was so before.
pub async fn switch_off(
    portal: &Portal,
    tx: &mut base_db::Tx,
    id: AccountId,
    doing: Doing<'_>,
) -> Result<bool, base_db::StoreError> {
    let Ok(accounts) = accounts(portal) else { return Ok(false) };
    match accounts.activate(tx.conn(), id, false, doing).await {
        Ok(changed) => Ok(changed),
        Err(CustomerFault::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
