//! What bags bring to the desk, besides their rows: the settings of their rules, and their words.

use std::sync::Arc;

use bags_rules::outcome::Answer;
use bags_rules::rules::Rules;

use crate::mailing::Mailing;

/// Gives the words for people that go with an answer.
pub type Phrase = Arc<dyn Fn(&Answer) -> Option<String> + Send + Sync>;

/// What bags bring to the desk.
#[derive(Clone)]
pub struct Bags {
    /// The site's settings for the rules.
    pub rules: Arc<Rules>,
    /// The words of refusals.
    pub phrase: Phrase,
    /// How the desk writes to people; `None` where the site has no mail.
    pub mailing: Option<Mailing>,
}
