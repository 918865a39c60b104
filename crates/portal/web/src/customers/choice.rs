//! The customers of the ERP as a form offers them, read when it is opened.
//!
//! Invariants: what is saved is on the list of the ERP, or was chosen before; where the ERP does not answer, what was chosen
//! stays, and nothing can be added.

use std::collections::BTreeSet;
use std::time::Duration;

use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use tokio::time::timeout;

use crate::state::Portal;

/// How long a form waits for the ERP.
const WAITS: Duration = Duration::from_secs(3);
/// Most customers that a form shows besides those that are chosen; the rest is found by searching.
pub const SHOWN_MAX: usize = 1_000;

/// One box of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the ERP calls the customer.
    pub name: String,
    /// True if it is chosen.
    pub is_chosen: bool,
    /// True if the ERP does not have the customer any more.
    pub is_gone: bool,
}

/// The boxes of the form.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Those that are chosen, then the others, each by name.
    pub rows: Vec<Choice>,
    /// How many more fit the search.
    pub more: usize,
    /// False where the ERP did not answer.
    pub is_known: bool,
}

/// All customers of the ERP; `None` where it does not answer in time, or there is none.
pub async fn known(portal: &Portal) -> Option<Vec<Customer>> {
    let live = portal.live.as_ref()?;
    timeout(WAITS, live.customers()).await.ok()?.ok()
}

/// What a form sends for a customer.
pub fn value_of(customer: &Customer) -> String {
    match &customer.key {
        Some(key) => format!("k:{key}"),
        None => format!("n:{}", customer.name),
    }
}

/// The boxes for a scope. `find` is a piece of a name; those that are chosen are always there.
pub fn choices(scope: &Scope, known: Option<&[Customer]>, find: &str) -> Choices {
    let empty = Vec::new();
    let chosen = if let Scope::Customers(chosen) = scope { chosen } else { &BTreeSet::new() };
    let row = |customer: &Customer, is_chosen, is_gone| Choice {
        value: value_of(customer),
        name: customer.name.clone(),
        is_chosen,
        is_gone,
    };
    let Some(known) = known else {
        let rows = chosen.iter().map(|customer| row(customer, true, false)).collect();
        return Choices { rows, ..Choices::default() };
    };
    let is_chosen = |customer: &&Customer| chosen.iter().any(|one| one.means(customer));
    let gone = if chosen.is_empty() { empty } else { scope.missing(known) };
    let mut rows: Vec<Choice> = gone.into_iter().map(|customer| row(customer, true, true)).collect();
    rows.extend(known.iter().filter(is_chosen).map(|customer| row(customer, true, false)));
    let wanted = find.trim().to_lowercase();
    let fits = |customer: &&Customer| !is_chosen(customer) && customer.name.to_lowercase().contains(&wanted);
    let others: Vec<&Customer> = known.iter().filter(fits).collect();
    let more = others.len().saturating_sub(SHOWN_MAX);
    rows.extend(others.into_iter().take(SHOWN_MAX).map(|customer| row(customer, false, false)));
    Choices { rows, more, is_known: true }
}

/// The customers that a form sent. `None` where one of them is neither on the list of the ERP nor was chosen before.
pub fn chosen(values: &[String], known: Option<&[Customer]>, before: &Scope) -> Option<BTreeSet<Customer>> {
    let before = if let Scope::Customers(before) = before { before.iter().collect() } else { Vec::new() };
    let find = |value: &String| {
        let on_list = known.unwrap_or_default().iter().find(|customer| value_of(customer) == *value);
        on_list.or_else(|| before.iter().copied().find(|customer| value_of(customer) == *value)).cloned()
    };
    values.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_chosen_becomes_the_key_of_today_and_what_is_gone_can_be_kept() {
        let known = [Customer::keyed("7", "Acme"), Customer::keyed("8", "Nut|House"), Customer::named("Zed")];
        let before = Scope::Customers([Customer::named("acme"), Customer::named("Gone")].into());
        let choices = choices(&before, Some(&known), "");
        let told: Vec<(&str, bool, bool)> =
            choices.rows.iter().map(|row| (row.value.as_str(), row.is_chosen, row.is_gone)).collect();
        assert_eq!(
            told,
            [("n:Gone", true, true), ("k:7", true, false), ("k:8", false, false), ("n:Zed", false, false)]
        );
        let sent: Vec<String> = ["n:Gone", "k:7", "k:8"].map(str::to_owned).into();
        let now = chosen(&sent, Some(&known), &before).expect("all of them are known");
        assert_eq!(now, [Customer::named("Gone"), known[0].clone(), known[1].clone()].into());
        assert_eq!(chosen(&["k:9".to_owned()], Some(&known), &before), None);
        assert_eq!(chosen(&["n:Gone".to_owned()], None, &before), Some([Customer::named("Gone")].into()));
        assert_eq!(chosen(&["k:7".to_owned()], None, &before), None, "nothing is added while the ERP is away");
    }

    #[test]
    fn a_search_hides_nothing_that_is_chosen() {
        let known = [Customer::keyed("7", "Acme"), Customer::keyed("8", "Beta")];
        let scope = Scope::Customers([known[0].clone()].into());
        let names = |find| -> Vec<String> {
            choices(&scope, Some(&known), find).rows.into_iter().map(|row| row.name).collect()
        };
        assert_eq!(names("bet"), ["Acme", "Beta"]);
        assert_eq!(names("zzz"), ["Acme"]);
    }
}
