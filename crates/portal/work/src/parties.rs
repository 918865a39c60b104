//! The customers of the ERP, kept as parties of the site, so that a bill may name one while the ERP is away.

use std::time::Duration;

use async_trait::async_trait;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::party;
use base_records::party::Known;
use portal_rules::customer::Customer;

use crate::live::Live;

/// The name of the ERP as a source of parties.
pub const SOURCE: &str = "erp";

/// Keeps them as the ERP has them now. Where it does not answer they stay as they are.
pub struct Parties(pub Live);

/// The customers as parties. One without a key is known by its name.
pub fn known(customers: &[Customer]) -> Vec<Known> {
    let party = |customer: &Customer| Known {
        key: customer.key.clone().unwrap_or_else(|| customer.name.clone()),
        name: customer.name.clone(),
    };
    let mut known: Vec<Known> = customers.iter().map(party).collect();
    known.sort();
    known.dedup_by(|one, other| one.key == other.key);
    known
}

#[async_trait]
impl Job for Parties {
    fn name(&self) -> &'static str {
        "erp_parties"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(15))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let customers = self.0.customers().await?;
        let known = known(&customers);
        let mut tx = worker.db.write().await?;
        party::keep(tx.conn(), SOURCE, &known, worker.clock.now()).await?;
        tx.commit().await?;
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_without_a_key_is_known_by_name_and_each_key_once() {
        let customers = [Customer::keyed("7", "Acme"), Customer::named("Zed"), Customer::keyed("7", "Acme Foods")];
        let keys: Vec<(String, String)> = known(&customers).into_iter().map(|one| (one.key, one.name)).collect();
        assert_eq!(keys, [("7".into(), "Acme".into()), ("Zed".into(), "Zed".into())]);
    }
}
