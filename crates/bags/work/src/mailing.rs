//! What the desk of bags writes to people: admins hear of every new bill.
//!
//! Invariant: a mail is in the transaction of what it tells of. A bill never waits for its mail: where the outbox is full
//! the bill is created all the same, and the log says so.

use std::sync::Arc;

use bags_rules::bill::Bill;
use bags_rules::loaded::Loaded;
use base_core::mail::Content;
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::mail::{EnqueueError, NewMail, Outbox};
use base_records::{account, mail};

/// What is written of a new bill: the bill, who created it, and the language of the reader.
pub type NewBillWords = Arc<dyn Fn(&Bill, &str, &str) -> Content + Send + Sync>;

/// How the desk writes to people.
#[derive(Clone)]
pub struct Mailing {
    /// Where mails wait until they are sent.
    pub outbox: Outbox,
    /// The words.
    pub new_bill: NewBillWords,
}

impl Mailing {
    /// Writes to every admin of the bills that are new among the loaded rows.
    pub async fn tell_of_new_bills(&self, mut conn: Conn<'_>, loaded: &Loaded, at: Moment) -> Result<(), StoreError> {
        let new: Vec<&Bill> =
            loaded.bills().filter(|(_, row)| row.was.is_none()).filter_map(|(_, row)| row.now.as_ref()).collect();
        if new.is_empty() || !self.outbox.is_open() {
            return Ok(());
        }
        let admins = mail::recipients(conn.reborrow(), &[Role::Admin]).await?;
        for bill in new {
            let by = match bill.created.by {
                Some(person) => account::name(conn.reborrow(), person).await?.unwrap_or_default(),
                None => String::new(),
            };
            let mails: Vec<NewMail> = admins
                .iter()
                .map(|admin| NewMail::new("new_bill", &admin.email, (self.new_bill)(bill, &by, &admin.locale)))
                .collect();
            match self.outbox.enqueue(conn.reborrow(), &mails, at).await {
                Ok(()) | Err(EnqueueError::NotConfigured) => {}
                Err(EnqueueError::Store(error)) => return Err(error),
                Err(error) => tracing::warn!(%error, "nobody is told of a new bill"),
            }
        }
        Ok(())
    }
}
