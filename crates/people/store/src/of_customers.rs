//! The accounts of customers for whoever looks after customers: what `base-seams` asks for, answered by this wing.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_core::entropy::Entropy;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::Conn;
use base_seams::{
    CustomerAccounts, CustomerChange, CustomerFault, CustomerSettings, Doing, GivenPassword, KnownCustomer,
    NewCustomer, PasswordRule,
};
use people_rules::account::Refusal;
use people_rules::password::Rule;
use people_rules::setting::{PASSWORD_MIN, TEMPORARY_HOURS};

use crate::customer::{self, Change};
use crate::failed::{By, Failed};
use crate::password::{self, Given};

/// The hash of no password.
const NO_PASSWORD: &str = "!";

/// See the module's head.
pub struct OfCustomers;

impl From<Failed> for CustomerFault {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(refusal) => refused(refusal),
            Failed::NotFound => Self::NotFound,
            Failed::Store(error) => Self::Store(error),
        }
    }
}

fn refused(refusal: Refusal) -> CustomerFault {
    CustomerFault::Refused { code: refusal.code(), field: refusal.field(), text: refusal.to_string() }
}

fn by(doing: Doing<'_>) -> By<'_> {
    By { at: doing.at, origin: doing.origin }
}

fn rule(rule: PasswordRule<'_>) -> Rule {
    let min = usize::try_from(rule.min).unwrap_or_default();
    Rule::default().with_min(min).with_names(rule.names.iter().copied())
}

#[async_trait]
impl CustomerAccounts for OfCustomers {
    fn settings(&self) -> CustomerSettings {
        CustomerSettings { temporary_hours: &TEMPORARY_HOURS, password_min: &PASSWORD_MIN }
    }

    fn check_password(&self, password: &str, asked: PasswordRule<'_>) -> Result<(), CustomerFault> {
        let weak = rule(asked).check(password);
        weak.map_err(|fault| CustomerFault::Weak { code: fault.code(), text: fault.to_string() })
    }

    fn random_password(&self, asked: PasswordRule<'_>, entropy: &dyn Entropy) -> String {
        let rule = rule(asked);
        loop {
            let password = base_secret::random_password(entropy);
            if rule.check(&password).is_ok() {
                return password;
            }
        }
    }

    async fn create(
        &self,
        conn: Conn<'_>,
        new: &NewCustomer<'_>,
        doing: Doing<'_>,
    ) -> Result<AccountId, CustomerFault> {
        let checked = customer::check(new.email, new.display_name).map_err(refused)?;
        Ok(customer::create(conn, &checked, (NO_PASSWORD, true), new.also, by(doing)).await?)
    }

    async fn bring(
        &self,
        mut conn: Conn<'_>,
        known: &KnownCustomer<'_>,
        doing: Doing<'_>,
    ) -> Result<AccountId, CustomerFault> {
        let KnownCustomer { new, hash, is_active, must_change_password, created_at, signed_in_at } = known;
        let checked = customer::check(new.email, new.display_name).map_err(refused)?;
        let own = (*hash, *must_change_password);
        let id = customer::create(conn.reborrow(), &checked, own, new.also, by(doing)).await?;
        let as_it_was = customer::AsItWas {
            is_active: *is_active,
            created_at: *created_at,
            signed_in_at: signed_in_at.as_ref().copied().filter(|at: &Moment| *at <= doing.at),
        };
        customer::put_as_it_was(conn, id, as_it_was).await?;
        Ok(id)
    }

    async fn give_password(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        given: GivenPassword<'_>,
        doing: Doing<'_>,
    ) -> Result<(), CustomerFault> {
        let given = Given { hash: given.hash, until: given.until, is_mailed: given.is_mailed };
        password::give_temporary(conn, (Realm::Customer, id), given, by(doing)).await?;
        Ok(())
    }

    async fn edit(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        change: &CustomerChange<'_>,
        doing: Doing<'_>,
    ) -> Result<bool, CustomerFault> {
        let becomes = customer::check(change.email, change.display_name).map_err(refused)?;
        let also = [change.before, change.after];
        let change = Change { version: change.version, becomes: &becomes, also };
        Ok(customer::edit(conn, id, change, by(doing)).await?)
    }

    async fn activate(
        &self,
        conn: Conn<'_>,
        id: AccountId,
        is_active: bool,
        doing: Doing<'_>,
    ) -> Result<bool, CustomerFault> {
        Ok(customer::activate(conn, id, is_active, by(doing)).await?)
    }
}
