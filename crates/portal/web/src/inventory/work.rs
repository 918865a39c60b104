//! What the pages and calls of the stock share: whose stock it is, as of now.

use std::time::Duration;

use base_core::account::AccountId;
use base_records::preference;
use base_web::error::Problem;
use base_web::report::range::today;
use portal_rules::format::Format;
use portal_rules::scope::Scope;
use portal_rules::setting::{LAST_GOOD_HOURS, SOON_DAYS};
use portal_rules::view::View;
use portal_store::scope;
use portal_work::live::{Answer, Why};
use serde::{Deserialize, Serialize};

use super::packed::{Facts, json_of};
use crate::state::Portal;

/// Under what name a customer's choices are kept.
pub(super) const CHOICES: &str = "portal.choices";

/// What a customer has chosen of their page: it is kept from one sign-in to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Choices {
    /// How they read numbers and dates.
    pub(super) format: Format,
    /// What they last looked at.
    pub(super) view: View,
}

/// Whose stock an account sees now.
pub(crate) async fn scope_of(portal: &Portal, account: AccountId) -> Result<Scope, Problem> {
    let mut reader = portal.db.read().await?;
    Ok(scope::of(reader.conn(), account).await?)
}

/// The stock of a scope.
pub(super) async fn stock(portal: &Portal, scope: &Scope) -> Answer {
    let hours = u64::try_from(portal.stored.number(&LAST_GOOD_HOURS)).unwrap_or_default();
    match &portal.live {
        Some(live) => live.stock(scope, Duration::from_hours(hours)).await,
        None => Answer { read: None, why: Some(Why::Away) },
    }
}

/// The stock of a scope as the page's script reads it.
pub(crate) async fn told(portal: &Portal, scope: &Scope) -> String {
    let answer = stock(portal, scope).await;
    let facts = Facts {
        today: today(portal.as_ref()).to_string(),
        soon_days: portal.stored.number(&SOON_DAYS),
        is_of_several: scope.is_of_several(),
        has_scope: *scope != Scope::Nothing,
    };
    json_of(&answer, &facts)
}

/// What a customer has chosen; what cannot be read any more is as if it was never chosen.
pub(super) async fn choices(portal: &Portal, account: AccountId) -> Result<Choices, Problem> {
    let mut reader = portal.db.read().await?;
    let kept = preference::get(reader.conn(), account, CHOICES).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Refuses a view that no page sends.
pub(super) fn must_be_sound(view: &View) -> Result<(), Problem> {
    if view.is_sound() {
        Ok(())
    } else {
        Err(Problem::field("view", "Search and filters have at most 200 characters."))
    }
}
