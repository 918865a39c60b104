//! The pages of customers, for the staff who look after them.

pub mod form;
pub mod list;
pub mod show;

use base_core::time::Moment;
use base_web::list::Tone;
use base_web::view::{Frame, TIME};
use portal_rules::account::{AccountFacts, AccountState, LastActivity};
use portal_rules::scope::Scope;

use crate::state::Portal;

/// Customers of the ERP that a list names before it counts the rest.
const NAMED_MAX: usize = 3;

/// A time as pages show it.
pub(crate) fn shown(at: Moment, portal: &Portal) -> String {
    at.display(&portal.settings.zone, TIME)
}

/// The name of a state in keys, and its colour.
pub(crate) fn state(facts: &AccountFacts<Moment>) -> (&'static str, Tone) {
    match facts.state() {
        AccountState::Active => ("active", Tone::Ok),
        AccountState::PendingReset => ("pending", Tone::Look),
        AccountState::Inactive => ("inactive", Tone::Plain),
    }
}

/// When the customer was last there, in words.
pub(crate) fn last_activity(facts: AccountFacts<Moment>, frame: &Frame, portal: &Portal) -> String {
    match facts.last_activity() {
        LastActivity::NotApplicable => frame.t("customer-last-none"),
        LastActivity::ResetTriggered => frame.t("customer-last-reset"),
        LastActivity::PendingFirstSignIn => frame.t("customer-last-pending"),
        LastActivity::At(at) => shown(at, portal),
        LastActivity::Never => frame.t("customer-last-never"),
    }
}

/// Whose stock is seen, in words.
pub(crate) fn scope_words(scope: &Scope, frame: &Frame) -> String {
    match scope {
        Scope::Nothing => frame.t("customer-scope-nothing"),
        Scope::All => frame.t("customer-scope-all"),
        Scope::Customers(chosen) => {
            let names: Vec<&str> = chosen.iter().take(NAMED_MAX).map(|customer| customer.name.as_str()).collect();
            let rest = chosen.len().saturating_sub(NAMED_MAX);
            let names = names.join(", ");
            if rest == 0 { names } else { format!("{names} +{rest}") }
        }
    }
}
