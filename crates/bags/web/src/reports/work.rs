//! What the pages and the API of reports share.

use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use bags_work::eod::Sender;

use crate::state::Bags;

/// The words of one reader of this wing's reports.
pub type Words<'w> = base_web::report::Words<'w, Bags>;

/// What mails the report of a day, with the settings of this site.
pub fn sender(app: &Bags) -> Sender {
    Sender {
        db: app.db.clone(),
        outbox: app.settings.outbox,
        zone: app.settings.zone.clone(),
        base_url: app.settings.base_url.clone(),
    }
}

/// The stable codes of outcomes that are not refusals.
pub fn accepted_codes() -> Vec<&'static str> {
    Outcome::ALL.iter().filter(|outcome| !outcome.is_refusal()).map(|outcome| outcome.code()).collect()
}

/// The stable codes of outcomes that are about a bag and not refusals.
pub fn bag_codes() -> Vec<&'static str> {
    let is_about_a_bag = |outcome: &Outcome| Counter::of_scan(*outcome).is_some_and(|of| of != Counter::ScansRefused);
    Outcome::ALL.iter().copied().filter(is_about_a_bag).map(Outcome::code).collect()
}
