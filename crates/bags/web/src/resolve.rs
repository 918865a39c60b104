//! What a code is among bags and bills: a bag, or else a bill.

use async_trait::async_trait;
use bags_rules::bill::BillNumber;
use bags_rules::code::Code;
use bags_rules::permission::{BAG_READ, BILL_READ};
use bags_store::{bag, bill};
use base_core::account::Person;
use base_db::{Conn, StoreError};
use base_web::view::path_part;
use base_wing::{Found, Resolve};

use crate::bags::pages::address;

/// Finds bags and bills.
pub struct BagsAndBills;

#[async_trait]
impl Resolve for BagsAndBills {
    /// Codes of earlier systems may be shorter than today's.
    async fn resolve(&self, mut conn: Conn<'_>, person: &Person, code: &str) -> Result<Option<Found>, StoreError> {
        let scope = person.scope();
        if let Some(code) = Code::kept(code).filter(|_| person.may(BAG_READ))
            && let Some(line) = bag::find(conn.reborrow(), &code, &scope).await?
        {
            let address = address(line.code.as_str());
            return Ok(Some(Found { kind: "bag", code: line.code.to_string(), address }));
        }
        let number = BillNumber::kept(code).filter(|_| person.may(BILL_READ));
        let Some(number) = number else { return Ok(None) };
        let found = bill::find(conn, &number.key(), &scope).await?;
        Ok(found.map(|line| {
            let key = line.key.as_str();
            Found { kind: "bill", code: key.to_owned(), address: format!("/bills/{}", path_part(key)) }
        }))
    }
}
