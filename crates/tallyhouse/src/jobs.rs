//! The jobs of imports and exports (the engine of the base with what the wings hand in), and of backups.

pub mod backups;
mod exports;
mod imports;

use std::sync::Arc;

use base_files::export::Exports;
use base_files::import::Runner;
use base_jobs::Job;

/// Every job of imports and exports; `runner` carries imports on, `kinds` are what can be taken out.
pub fn of_files(runner: Runner, kinds: Exports) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(exports::Exports(kinds)),
        Arc::new(exports::OldExports),
        Arc::new(imports::OldFiles),
        Arc::new(imports::Imports(runner)),
    ]
}
