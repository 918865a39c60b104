//! One file for each job, and the list of them.

mod eod;
mod mails;
mod search;
mod sessions;

use std::sync::Arc;

use crate::{Job, Worker};

/// Every job of a house. Mail is sent only where there is a way to send it.
pub fn all(worker: &Worker) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> =
        vec![Arc::new(sessions::Sessions), Arc::new(mails::OldMails), Arc::new(search::Search)];
    if worker.post.is_some() {
        jobs.push(Arc::new(mails::Mails));
        jobs.push(Arc::new(eod::Eod));
    }
    jobs
}
