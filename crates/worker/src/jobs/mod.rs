//! One file for each job, and the list of them.

mod eod;
mod exports;
mod imports;
mod mails;
mod search;
mod sessions;

use std::sync::Arc;

use crate::{Job, Worker};

/// Every job of a house. Mail is sent only where there is a way to send it.
pub fn all(worker: &Worker) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> =
        vec![Arc::new(sessions::Sessions), Arc::new(mails::OldMails), Arc::new(search::Search)];
    let mut jobs: Vec<Arc<dyn Job>> = vec![Arc::new(sessions::Sessions), Arc::new(mails::OldMails)];
    jobs.push(Arc::new(exports::Exports));
    jobs.push(Arc::new(exports::OldExports));
    let mut jobs: Vec<Arc<dyn Job>> =
        vec![Arc::new(sessions::Sessions), Arc::new(mails::OldMails), Arc::new(imports::OldFiles)];
    if let Some(runner) = &worker.imports {
        jobs.push(Arc::new(imports::Imports(runner.clone())));
    }
    if worker.post.is_some() {
        jobs.push(Arc::new(mails::Mails));
        jobs.push(Arc::new(eod::Eod));
    }
    jobs
}
