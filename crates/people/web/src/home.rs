//! What of this wing needs a look, on the home page of those who can settle it.

use async_trait::async_trait;
use axum::http::Uri;
use base_web::error::Problem;
use base_web::home::{Card, HomeCard, Need};
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, grouped};
use people_rules::permission::{ACCOUNT_READ, PROMOTION_DECIDE};
use people_store::{account, promotion};

use crate::state::People;

/// The card: it has nothing but what needs a look.
pub struct PeopleCard(pub People);

#[async_trait]
impl HomeCard for PeopleCard {
    async fn card(&self, caller: &Caller, frame: &Frame, _: &Uri) -> Result<Option<Card>, Problem> {
        let mut needs = Vec::new();
        let mut add = |n: i64, key: &str, address: &str| {
            if n > 0 {
                needs.push(Need { shown: grouped(n), words: frame.count(key, n), address: address.into() });
            }
        };
        let mut reader = self.0.db.read().await?;
        if caller.person.may(PROMOTION_DECIDE) {
            add(promotion::waiting(reader.conn()).await?, "need-promotions", "/admin/promotions");
        }
        if caller.person.may(ACCOUNT_READ) {
            add(account::without_area(reader.conn()).await?, "need-areas", "/admin/users?role=dispatcher");
        }
        drop(reader);
        let nothing = Fragment::default;
        let card = Card { scripts: Vec::new(), top: nothing(), figures: nothing(), body: nothing(), needs };
        Ok((!card.needs.is_empty()).then_some(card))
    }
}
